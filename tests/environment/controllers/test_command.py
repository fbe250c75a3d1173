"""Tests the programs that a choice of controller starts, and their kubeconfig and logs."""

import sys
from pathlib import Path

import pytest
import yaml

from kuscia_conformance.clusters import Cluster
from kuscia_conformance.environment.controllers import programs, require_programs, start
from kuscia_conformance.environment.controllers.control import LOOK, ask, last_words, listening
from kuscia_conformance.errors import UsageError


@pytest.fixture
def cluster(tmp_path):
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    content = {
        "clusters": [{"name": "c", "cluster": {"certificate-authority": "ca.crt"}}],
        "users": [{"name": "u", "user": {"client-key": "/etc/key"}}],
        "contexts": [{"name": "mine", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "another",
    }
    (theirs / "config").write_text(yaml.safe_dump(content))
    return Cluster("c", theirs / "config", "mine", frozenset(), ())


def test_a_controller_command_is_split_as_by_a_shell():
    [program] = programs(["cmd:./mine --name 'a b' {kubeconfig}"])
    assert program.words == ("./mine", "--name", "a b", "{kubeconfig}")


def test_several_commands_start_several_programs_and_none_starts_no_program():
    assert [program.name for program in programs(["cmd:a", "cmd:b"])] == ["a", "b"]
    assert programs(["none"]) == []


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        (["refrence"], "there is no such controller"),
        (["reference", "cmd:x"], "it has to be the only --controller"),
        (["none", "none"], "it has to be the only --controller"),
        (["cmd:"], "there is no command"),
        (["cmd:x 'y"], "No closing quotation"),
        (["cmd:''"], "there is no command"),
        (["cmd:x {kubecfg}"], r"unknown placeholder \{kubecfg\}"),
        (["cmd:x {Kubeconfig}"], r"unknown placeholder \{Kubeconfig\}"),
        (["cmd:x { kubeconfig }"], r"unknown placeholder \{ kubeconfig \}"),
        (["cmd:x {kubeconfig"], "a placeholder lacks a brace"),
        (["cmd:x --config={kubeconfig -v"], "a placeholder lacks a brace"),
        (["cmd:x kubeconfig}"], "a placeholder lacks a brace"),
    ],
)
def test_an_invalid_choice_of_controller_is_refused(chosen, said):
    with pytest.raises(UsageError, match=said):
        programs(chosen)


@pytest.mark.parametrize(
    "command",
    [
        "sh -c 'x ${KUBECONFIG}'",
        "sh -c '{ x; y; }'",
        "x '{\"kubeconfig\": 1}'",
        "x {a,b} kubeconfig",
    ],
)
def test_braces_of_other_languages_are_left_alone(command):
    [program] = programs([f"cmd:{command}"])
    assert program.words


SHOW = "import os, sys; print(sys.argv[1], os.environ['KUBECONFIG'], flush=True); input()"


def test_a_controller_gets_its_own_kubeconfig_with_absolute_paths(cluster, tmp_path):
    command = f'cmd:{sys.executable} -c "{SHOW}" {{kubeconfig}}'
    with start([command], cluster, tmp_path, tmp_path / "out") as controller:
        [process] = controller.processes
        process._child.wait(20)
        given, variable, *_ = process.read().split()
    assert given == variable == str(tmp_path / "controller.kubeconfig")
    content = yaml.safe_load(Path(given).read_text())
    assert content["current-context"] == "mine"
    [entry] = content["clusters"]
    assert entry["cluster"]["certificate-authority"] == str(cluster.kubeconfig.parent / "ca.crt")
    assert content["users"][0]["user"]["client-key"] == "/etc/key"
    assert yaml.safe_load(cluster.kubeconfig.read_text())["current-context"] == "another"


def test_several_controllers_write_separate_logs(cluster, tmp_path):
    chosen = ["cmd:echo one", "cmd:echo two"]
    with start(chosen, cluster, tmp_path, tmp_path) as controller:
        for process in controller.processes:
            process._child.wait(20)
    assert (tmp_path / "controller.log").read_text() == "one\n"
    assert (tmp_path / "controller-2.log").read_text() == "two\n"


def test_a_controller_that_has_ended_is_reported_with_its_output(cluster, tmp_path):
    with start(["cmd:sh -c 'echo why; exit 7'"], cluster, tmp_path, tmp_path) as controller:
        controller.processes[0]._child.wait(20)
        with listening(tmp_path, controller.processes):
            said = ask(tmp_path, LOOK)
    log = tmp_path / "controller.log"
    assert said == f"the controller exited with code 7\n  its last lines ({log}):\n  why"


IN_THE_BACKGROUND = (
    "a process that it has started still runs: the controller has to stay in the foreground"
)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 0", "the controller exited with code 0\n  its log is empty"),
        ("kill -9 $$", "the controller was ended by SIGKILL\n  its log is empty"),
        ("kill -40 $$", "the controller was ended by signal 40\n  its log is empty"),
        (
            "sleep 60 & exit 0",
            f"the controller exited with code 0\n  {IN_THE_BACKGROUND}\n  its log is empty",
        ),
    ],
    ids=["code-0", "signal", "signal-without-a-name", "daemon"],
)
def test_how_a_controller_has_ended_is_told(script, said, cluster, tmp_path):
    with start([f"cmd:sh -c '{script}'"], cluster, tmp_path, tmp_path) as controller:
        controller.processes[0].wait()
        assert last_words(controller.processes) == said


def test_the_program_of_several_that_has_ended_is_named(cluster, tmp_path):
    with start(["cmd:sleep 60", "cmd:false"], cluster, tmp_path, tmp_path) as controller:
        controller.processes[1].wait()
        first = last_words(controller.processes).splitlines()[0]
    assert first == "the controller (its program false) exited with code 1"


def test_a_controller_program_that_does_not_exist_is_reported(cluster, tmp_path):
    with (
        pytest.raises(UsageError, match="--controller: cannot start /no/such: No such file"),
        start(["cmd:/no/such"], cluster, tmp_path, tmp_path),
    ):
        pass


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("#!/no/such/interpreter\n", "its interpreter does not exist\n  see its first line"),
        ("exit 0\n", "it is no program\n  a script begins with a line such as #!/bin/sh"),
    ],
    ids=["interpreter", "no-first-line"],
)
def test_a_script_that_the_kernel_cannot_run_is_refused(content, said, cluster, tmp_path):
    script = tmp_path / "mine"
    script.write_text(content)
    script.chmod(0o755)
    with pytest.raises(UsageError) as error, start([f"cmd:{script}"], cluster, tmp_path, tmp_path):
        pass
    assert str(error.value) == f"--controller: cannot start {script}: {said}"


NO_SHELL = "the command runs without a shell, which would understand ~, aliases and NAME=value"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("/no/such -x", f"there is no program /no/such\n  {NO_SHELL}"),
        ("no-such", f"there is no program no-such on the PATH\n  {NO_SHELL}"),
        ("./no-such", f"there is no program ./no-such in {{here}}\n  {NO_SHELL}"),
        ("X=1 sh", f"there is no program X=1 on the PATH\n  {NO_SHELL}"),
        ("./folder", "./folder is a folder\n  name a program"),
        ("./text", "./text is not executable\n  run `chmod +x ./text`"),
    ],
)
def test_a_program_that_cannot_be_run_is_refused_before_anything_starts(
    command, said, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "text").touch()
    with pytest.raises(UsageError) as error:
        require_programs([f"cmd:{command}"])
    assert str(error.value) == f"--controller: {said.format(here=tmp_path)}"


def test_programs_that_can_be_run_are_accepted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("mine").symlink_to(sys.executable)
    require_programs(["cmd:./mine -V", "cmd:sh -c x", f"cmd:{sys.executable}"])
    require_programs(["reference"])
