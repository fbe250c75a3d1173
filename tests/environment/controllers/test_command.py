"""Tests the programs that a choice of controller starts, and their kubeconfig and logs."""

import sys
from pathlib import Path

import pytest
import yaml

from kuscia_conformance.clusters import Cluster
from kuscia_conformance.clusters.process import ProcessError
from kuscia_conformance.environment.controllers import programs, start
from kuscia_conformance.environment.controllers.control import LOOK, ask, listening
from kuscia_conformance.errors import ControllerError, UsageError


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
        (["cmd:x {kubecfg}"], r"unknown placeholder \{kubecfg\}"),
    ],
)
def test_an_invalid_choice_of_controller_is_refused(chosen, said):
    with pytest.raises(UsageError, match=said):
        programs(chosen)


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
        with (
            listening(tmp_path, controller.processes),
            pytest.raises(ControllerError, match="has ended with code 7") as error,
        ):
            ask(tmp_path, LOOK)
    assert "why" in str(error.value)


def test_a_controller_program_that_does_not_exist_is_reported(cluster, tmp_path):
    with (
        pytest.raises(ProcessError, match="cannot start /no/such"),
        start(["cmd:/no/such"], cluster, tmp_path, tmp_path),
    ):
        pass
