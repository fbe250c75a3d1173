"""Tests what is removed of a dead run, and what is said of the rest."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from signal import SIGINT, Signals

import psutil
import pytest

from kuscia_conformance.clusters import run_folder
from kuscia_conformance.clusters.process import Process, run
from kuscia_conformance.clusters.strays import end_strays
from kuscia_conformance.environment import remains
from kuscia_conformance.errors import ClusterError, UsageError
from tests.breaking.given import MOMENTS, in_check, in_hook
from tests.ends.given import SIGNALS, ended, file, place

DOCKER = """
case "$*" in
  ps*) for file in "$CONTAINERS"/*; do test -e "$file" && basename "$file"; done ;;
  rm*) test -z "$BROKEN" || { echo "no answer from the daemon" >&2; exit 1; }
       rm "$CONTAINERS"/* ;;
esac
exit 0
"""


@pytest.fixture(autouse=True)
def tmp(monkeypatch):
    """Gives each test an empty temporary folder with a short path."""
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


@pytest.fixture
def containers(tmp_path, monkeypatch):
    """Puts a fake docker on the PATH, and returns the folder that has its containers."""
    there = tmp_path / "containers"
    there.mkdir()
    (there / "abc").touch()
    program = tmp_path / "bin" / "docker"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{DOCKER}")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("CONTAINERS", str(there))
    return there


def dead(prepare):
    """Returns the folder of a run that has prepared it and died."""
    with run_folder.made_folder() as folder:
        prepare(folder)
    return folder


def test_the_folder_of_a_living_run_is_left_alone(tmp):
    with run_folder.made_folder() as folder:
        assert remains.sweep(print) == []
        assert folder.is_dir()


def test_the_folders_of_dead_runs_are_deleted_and_that_is_said_once(tmp):
    said: list[str] = []
    for _ in range(2):
        dead(lambda folder: (folder / "data").write_text("much"))
    assert remains.sweep(said.append) == []
    assert (said, list(tmp.iterdir())) == (["removing what a killed run has left"], [])


@pytest.mark.parametrize("variable", ["TMPDIR", "TEMP", "TMP"])
def test_a_temporary_folder_that_does_not_exist_is_refused(monkeypatch, tmp_path, variable):
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, str(tmp_path / "nope"))
    with pytest.raises(UsageError, match=f"cannot write to {tmp_path}/nope: No such file or") as no:
        run_folder.root()
    assert no.value.hint == "TMPDIR can name another folder"


def test_a_folder_that_the_user_deletes_during_a_sweep_is_passed_over(tmp, monkeypatch):
    folder, iterdir = dead(lambda _: None), Path.iterdir

    def and_deleted(above):
        found = [*iterdir(above)]
        if folder in found:
            folder.rmdir()
        return found

    (folder / "tmp").rmdir()
    monkeypatch.setattr(Path, "iterdir", and_deleted)
    assert remains.sweep(print) == []


def test_two_sweeps_do_not_remove_the_same_folder_at_once():
    folder = dead(run_folder.expect_containers)
    with run_folder.dead_folders() as first, run_folder.dead_folders() as second:
        assert (first, second) == ([folder], [])


def test_a_run_leaves_no_folder_behind(tmp):
    with remains.run_folder(print) as folder:
        assert folder.stat().st_mode & 0o077 == 0
        assert folder.parent.stat().st_mode & 0o077 == 0
    assert list(tmp.iterdir()) == []


def test_a_folder_that_others_can_read_is_refused(tmp):
    (tmp / f"kuscia-conformance-{os.getuid()}").mkdir(mode=0o755)
    with pytest.raises(UsageError, match="other users can read or change") as refused:
        run_folder.root()
    assert "TMPDIR" in refused.value.hint


def test_children_have_their_temporary_files_in_the_folder_of_the_run():
    with remains.run_folder(print) as folder:
        made = Path(run("mktemp"))
        assert made.parent == folder / "tmp"
    assert not made.exists()


def test_a_program_that_a_controller_has_started_in_its_own_session_is_ended(tmp_path):
    script = "trap '' TERM; setsid sleep 600 & echo $! >pid; exec sleep 600"
    with remains.run_folder(print) as folder:
        command = ["sh", "-c", f"cd {tmp_path}; {script}"]
        child = Process("controller", command, log=folder / "log", ready=(tmp_path / "pid").exists)
        with child:
            pass
        [stray] = [int(text) for text in (tmp_path / "pid").read_text().split()]
        assert psutil.Process(stray).is_running()
    assert not psutil.pid_exists(stray) or psutil.Process(stray).status() == "zombie"


def test_only_processes_with_the_mark_of_the_run_are_ended():
    with run_folder.made_folder() as one:
        mine = subprocess.Popen(["sleep", "600"], env=run_folder.environment_of_children())
        other = subprocess.Popen(["sleep", "600"])
        try:
            assert [each.pid for each in end_strays(one)] == [mine.pid]
            assert (mine.wait(5), other.poll()) == (-9, None)
        finally:
            other.kill()
            other.wait()
            mine.kill()


def test_the_containers_of_a_dead_run_are_removed(containers):
    dead(run_folder.expect_containers)
    assert remains.sweep(print) == []
    assert list(containers.iterdir()) == []


def test_containers_that_are_to_stay_are_not_looked_for(containers):
    def kept(folder):
        run_folder.expect_containers(folder)
        run_folder.expect_containers(folder, stay=True)

    dead(kept)
    assert remains.sweep(print) == []
    assert len(list(containers.iterdir())) == 1


def test_containers_that_cannot_be_removed_are_told_with_the_command(containers, monkeypatch):
    monkeypatch.setenv("BROKEN", "1")
    folder = dead(run_folder.expect_containers)
    [text] = remains.sweep(print)
    assert "no answer from the daemon" in text
    assert f"docker rm -f -v $(docker ps -aq --filter label={run_folder.LABEL}={folder})" in text
    monkeypatch.delenv("BROKEN")
    assert remains.sweep(print) == []
    assert not folder.exists()


def test_a_run_whose_containers_stay_ends_with_an_error_of_the_cluster(containers, monkeypatch):
    monkeypatch.setenv("BROKEN", "1")
    with pytest.raises(ClusterError, match="docker rm -f -v"), remains.run_folder(print) as folder:
        run_folder.expect_containers(folder)
    monkeypatch.delenv("BROKEN")
    remains.sweep(print)


def test_what_cannot_be_removed_is_tried_and_told_once_by_a_run_within_a_run(
    containers, monkeypatch
):
    monkeypatch.setenv("BROKEN", "1")
    said: list[str] = []
    folder = dead(run_folder.expect_containers)
    with remains.run_folder(said.append), remains.run_folder(said.append):
        pass
    assert said[0] == "removing what a killed run has left"
    assert [str(folder) in text for text in said[1:]] == [True]
    monkeypatch.delenv("BROKEN")
    assert remains.sweep(print) == []


KUBECONFIG = """
clusters: [{name: c, cluster: {server: "http://127.0.0.1:1"}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
users: [{name: u, user: {}}]
current-context: x
"""


def test_objects_in_a_cluster_that_does_not_answer_are_told_and_tried_again(tmp_path):
    file = tmp_path / "config"
    file.write_text(KUBECONFIG)
    objects = run_folder.Objects("kubeconfig:mine", str(file), None, "abcd")
    folder = dead(lambda folder: run_folder.expect_objects(folder, objects))
    for _ in range(2):
        [text] = remains.sweep(print)
        assert text.startswith("kubeconfig:mine: objects of the run abcd are left: ")
        assert "when the cluster answers again: kuscia-conformance down" in text
        assert f"if that cluster is gone: rm -r {folder}" in text


def test_down_ends_with_4_if_something_is_left_and_tells_it_once(tmp, tmp_path):
    file = tmp_path / "config"
    file.write_text(KUBECONFIG)
    objects = run_folder.Objects("kubeconfig:mine", str(file), None, "abcd")
    folder = dead(lambda folder: run_folder.expect_objects(folder, objects))
    state = {"KUSCIA_CONFORMANCE_STATE": str(tmp_path / "state"), "TMPDIR": str(tmp)}
    command = [sys.executable, "-m", "kuscia_conformance", "down"]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **state})
    assert done.returncode == 4, done.stderr
    assert done.stdout.count(f"rm -r {folder}") == 1


@pytest.mark.parametrize(("content", "stays"), [("the kubeconfig", False), ("changed", True)])
def test_the_users_copy_of_a_kubeconfig_is_deleted_unless_it_was_changed(content, stays, tmp_path):
    copy = tmp_path / "copy"
    copy.write_text(content)

    def served(folder):
        (folder / "kubeconfig").write_text("the kubeconfig")
        run_folder.expect_file(folder, copy)

    dead(served)
    assert remains.sweep(print) == []
    assert copy.exists() == stays


CONTROLLER = """
import os, signal, subprocess, sys, tempfile
signal.signal(signal.SIGTERM, signal.SIG_IGN)
tempfile.mkstemp("cacert.pem")
subprocess.Popen(["sleep", "600"], start_new_session=True)
sys.exit(subprocess.call(sys.argv[1:]))
"""
OF_A_USER = ("--clock", "real", "--timeout-scale", "0.2")


@pytest.mark.parametrize(
    "name", [pytest.param(each, marks=pytest.mark.only_full) for each in SIGNALS]
)
def test_nothing_is_left_of_a_controller_that_does_not_end_and_has_children(name, tmp_path):
    (tmp_path / "mine.py").write_text(CONTROLLER)
    inner = f"{sys.executable} -P -m kuscia_conformance controller --kubeconfig {{kubeconfig}}"
    with place(tmp_path) as here:
        before = here.inventory()
        moment = file("as-its-file-is-there", "tmp/*cacert.pem")
        controller = f"cmd:{sys.executable} mine.py {inner}"
        code, said = ended(here, moment, name, (*OF_A_USER, "--controller", controller))
        assert code == (-9 if name == "SIGKILL" else 3), said
        if name == "SIGKILL":
            assert "removing what a killed run has left" in here.command("down")
        assert here.inventory() == before


def test_later_signals_do_not_disturb_the_end_and_are_answered(tmp_path):
    later = "[send(name) for name in ('SIGINT', 'SIGTERM', 'SIGHUP')]"
    with place(tmp_path) as here:
        before = here.inventory()
        moment = in_check("small-first", "send('SIGINT')")
        (tmp_path / "conftest.py").write_text(
            f"{MOMENTS}\n{moment}\n{in_hook('keyboard_interrupt()', later)}"
        )
        with here.start("run", "small.feature", "--clock", "real") as run:
            said = run.communicate(timeout=120)[0]
        assert run.returncode == 3, said
        assert "Traceback" not in said, said
        assert here.inventory() == before


def test_a_second_call_keeps_the_signal_that_came(tmp_path):
    script = (
        "import os, signal\n"
        "from kuscia_conformance.environment.signals import *\n"
        "end_on_signals()\n"
        "try: os.kill(os.getpid(), signal.SIGINT)\n"
        "except KeyboardInterrupt: pass\n"
        "os.kill(os.getpid(), signal.SIGTERM)\n"
        "end_on_signals()\n"
        "try: raise_if_interrupted()\n"
        "except KeyboardInterrupt: print('noted')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("noted\n", 0), done.stderr
    assert done.stderr.startswith("ending already: what was made is being undone")


@pytest.mark.only_full
@pytest.mark.parametrize("name", SIGNALS)
def test_nothing_is_left_of_a_served_cluster(name, tmp_path):
    with place(tmp_path) as here:
        before = here.inventory()
        with here.start("serve", "--kubeconfig", str(here.home / "config")) as served:
            assert served.stdout is not None
            assert any("kubectl get nodes" in each for each in served.stdout)
            served.send_signal(Signals[name])
            said = served.communicate(timeout=60)[0]
        assert "Traceback" not in said
        if name == "SIGKILL":
            here.command("down")
        assert here.inventory() == before


def test_a_signal_while_python_loads_the_command_shows_no_traceback(tmp_path):
    """The moment is the import of click, which the command needs and `__main__` does not."""
    (tmp_path / "click.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    command = [sys.executable, "-m", "kuscia_conformance", "list"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stdout, done.stderr) == (-SIGINT, "", "")
