"""Tests `up` and `down`.

Only one environment may stand at a time, and nothing of it is left, however it ends.
"""

import fcntl
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import orjson
import pytest

from kuscia_conformance.clusters.run_folder import made_folder
from kuscia_conformance.environment import background
from kuscia_conformance.environment.model import Environment
from kuscia_conformance.environment.remains import sweep
from kuscia_conformance.errors import UsageError
from tests.given import settings_of

AT = "made at 2026-11-30T12:00:00Z"
UP = [sys.executable, "-P", "-m", "kuscia_conformance", "up", "--cluster", "embedded"]


@pytest.fixture
def works(monkeypatch):
    """Yields the folder for environments; its path is short because it will contain sockets."""
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setenv("TMPDIR", folder)
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)


@pytest.fixture
def state(tmp_path, works, monkeypatch):
    """Yields the state folder of a user; ends a standing environment after the test."""
    folder = tmp_path / "state"
    folder.mkdir()
    monkeypatch.setenv("KUSCIA_CONFORMANCE_STATE", str(folder))
    monkeypatch.chdir(tmp_path)
    yield folder
    background.take_down(print)


def processes(folder):
    """Returns the ids of processes that name the folder: etcd, API server, nodes, controller."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if str(folder).encode() in file.read_bytes():
                found.append(int(file.parent.name))
    return found


def write_down(state, work, checkout=""):
    environment = Environment(
        cluster="embedded",
        kubeconfig=str(work / "kubeconfig"),
        context=None,
        can=(),
        nodes=("one",),
        outlives=False,
        controller="none",
        controller_log=None,
        run="abcd",
        work=str(work),
    )
    made = {
        "environment": environment.to_dict(),
        "checkout": checkout or background.this_checkout(),
        "at": "2026-11-30T12:00:00Z",
    }
    (state / "environment.json").write_bytes(orjson.dumps(made))


FEATURE = """
@core
Feature: Mine

  @id:mine
  Scenario: The task fails
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob
    When the task "psi" is created
    And the pods of bob finish with exit code 3 and message "boom"
    Then the status of "psi" matches "mine.status.yaml"
    And the phases of "psi" were Succeeded
"""


def run(*arguments):
    command = [
        sys.executable,
        "-P",
        "-m",
        "kuscia_conformance",
        "run",
        "--reuse",
        "mine.feature",
        *arguments,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert "Traceback" not in done.stdout + done.stderr
    return done.returncode, done.stdout + done.stderr


def update_and_keep(folder):
    """Runs the feature so that it writes its document, then fails, and keeps the failure."""
    (folder / "mine.feature").write_text(FEATURE)
    code, text = run("--update", "--keep-on-failure")
    assert (code, "expected: the phases Succeeded" in text) == (1, True), text
    assert "kept until the cluster ends:\n" in text
    assert "phase: Failed" in (folder / "mine.status.yaml").read_text()
    code, text = run()
    assert (code, "failures are kept on simulated-1, simulated-2" in text) == (4, True), text


def test_of_two_concurrent_ups_one_makes_an_environment_and_one_is_refused(state, works, tmp_path):
    command = [*UP, "--nodes", "2"]
    both = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = ["".join(process.communicate(timeout=120)) for process in both]
    assert sorted(process.returncode for process in both) == [0, 2], said
    assert "there is an environment already, or one is being started" in "".join(said)
    assert background.running().environment.nodes == ("simulated-1", "simulated-2")
    assert len(processes(works)) >= 2

    update_and_keep(tmp_path)
    assert background.take_down(print)
    assert (processes(works), list(works.iterdir())) == ([], [])
    assert not background.take_down(print)


def test_ctrl_c_during_up_leaves_no_processes_or_files(state, works):
    with subprocess.Popen(UP, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as up:
        assert up.stdout is not None
        assert "starting the embedded cluster" in up.stdout.readline()
        up.send_signal(signal.SIGINT)
        assert up.wait(timeout=120) == 3
    assert (processes(works), list(works.iterdir())) == ([], [])
    assert not background.take_down(print)


def test_an_environment_that_cannot_be_made_is_reported_and_undone(state):
    with pytest.raises(UsageError, match="/nowhere has no etcd"):
        background.bring_up(settings_of({"cluster": "controlplane", "assets": "/nowhere"}), print)
    assert not background.take_down(print)


def test_a_controller_that_ends_at_once_is_told_with_its_last_lines_and_all_is_undone(state, works):
    command = [*UP, "--controller", "cmd:sh -c 'echo no room; exit 3'"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 4
    log = state / "logs" / "controller.log"
    said = f"the controller exited with code 3\n  its last lines ({log}):\n  no room"
    assert said in done.stderr
    assert "run --reuse" not in done.stdout
    assert (processes(works), list(works.iterdir())) == ([], [])
    assert not background.take_down(print)


def test_an_unforeseen_error_of_the_background_process_is_told_without_a_traceback(
    state, monkeypatch
):
    def broken(*_):
        raise RuntimeError("a bug")

    monkeypatch.setattr(background, "environment_for", broken)
    monkeypatch.setattr(background, "end_on_signals", lambda: None)
    assert background.main(settings_of({})) == 4
    text = (state / "failure").read_text()
    assert text.startswith("4 the suite itself has failed: RuntimeError('a bug')")


def test_an_environment_whose_process_was_killed_is_reported_and_removed(state):
    with made_folder() as work:  # a run that ends without removing its folder
        write_down(state, work)
    with pytest.raises(UsageError, match="process has died"):
        background.running()
    assert background.take_down(print)
    assert sweep(print) == []
    assert not work.exists()
    with pytest.raises(UsageError, match="there is no environment"):
        background.running()


def test_an_environment_of_another_checkout_is_named_and_refused(state, tmp_path):
    write_down(state, tmp_path / "work", checkout="/another/checkout")
    with (state / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(UsageError, match="another checkout has made") as refused:
            background.reused_environment(print)
    assert f"{AT} by /another/checkout" in refused.value.message
    assert "KUSCIA_CONFORMANCE_STATE" in refused.value.hint


def test_reuse_says_which_environment_it_uses(state, tmp_path):
    said: list[str] = []
    checkout = background.this_checkout()
    write_down(state, tmp_path / "work")
    with (state / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert background.reused_environment(said.append).run == "abcd"
    assert said == [
        f"using the environment of `up`: embedded with the controller none, {AT} by {checkout}"
    ]


def test_a_process_that_reuses_the_recorded_pid_is_not_killed(state, tmp_path):
    with subprocess.Popen(["sleep", "60"]) as other:
        (state / "pid").write_text(str(other.pid))
        write_down(state, tmp_path / "work")
        assert background.take_down(print)
        assert other.poll() is None
        other.kill()


def test_an_environment_that_is_still_being_made_is_not_used(state):
    with (state / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(UsageError, match="still starting"):
            background.running()


def test_a_state_folder_that_cannot_be_created_is_refused(state, monkeypatch):
    monkeypatch.setenv("KUSCIA_CONFORMANCE_STATE", os.devnull)
    with pytest.raises(UsageError, match="cannot write to /dev/null: File exists"):
        background.bring_up(settings_of({"clock": "real"}), print)
    with pytest.raises(UsageError, match="there is no environment"):
        background.running()
    assert not background.take_down(print)


@pytest.mark.parametrize("text", ["", "[]", '{"cluster": "kind"}', '{"can": [], "nodes": []}'])
def test_a_state_file_with_unknown_content_is_not_an_environment(state, text):
    (state / "environment.json").write_text(text)
    with pytest.raises(UsageError, match="there is no environment"):
        background.running()


def test_a_mistake_in_the_kubeconfig_is_a_usage_error_of_up(state):
    command = [*UP[:-1], "kubeconfig:nowhere"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "kubeconfig nowhere: there is no such file" in done.stderr
