"""Tests the command line: help, version, and the messages for mistakes."""

import os
import subprocess
import sys

import pytest
import yaml

COMMAND = [sys.executable, "-P", "-m", "kuscia_conformance"]


def call(folder, *arguments, **environment):
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("command", [["run"], ["lint"], ["list"], ["explain"], ["controller"], []])
def test_each_command_has_a_help_text_with_an_example(tmp_path, command):
    done = call(tmp_path, *command, "--help")
    assert done.returncode == 0
    assert "Usage:" in done.stdout
    assert not command or "Example: kuscia-conformance" in done.stdout


def test_the_version_option_prints_the_version(tmp_path):
    assert "kuscia-conformance, version" in call(tmp_path, "--version").stdout


@pytest.fixture
def kubeconfig(tmp_path):
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:1"}}],
        "users": [{"name": "u", "user": {"token": "x"}}],
        "contexts": [{"name": "mine", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "mine",
    }
    path = tmp_path / "kubeconfig"
    path.write_text(yaml.safe_dump(content))
    return path


def test_a_wrong_number_of_workers_in_the_environment_is_named_as_it_was_set(tmp_path):
    done = call(tmp_path, "run", KUSCIA_CONFORMANCE_WORKERS="many")
    assert done.returncode == 2
    assert "KUSCIA_CONFORMANCE_WORKERS=many: expected a number from 0 to 64, or auto" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["frobnicate"], 2, "No such command"),
        (["run", "--frobnicate"], 2, "No such option"),
        (["run", "--cluster", "nonsense"], 2, "valid: controlplane, embedded, kind, kubeconfig"),
        (["run", "--cluster", "controlplane:x"], 2, "controlplane takes no name"),
        (["run", "--nodes", "x"], 2, "--nodes x: expected a number from 2 to 1000"),
        (["run", "--controller", "x"], 2, "valid: reference, none"),
        (["run", "--timeout-scale", "0"], 2, "--timeout-scale 0"),
        (["run", "-n", "x"], 2, "no verdict: -n x: expected a number from 0 to 64, or auto"),
        (["run", "-n", "-1"], 2, "no verdict: -n -1: expected a number from 0 to 64, or auto"),
        (["replay"], 2, "results"),
        (
            ["run", "--only", "nothing", "--cluster", "kind"],
            2,
            "--only nothing: no check has this name",
        ),
        (["run", "nowhere.feature"], 2, "nowhere.feature: there is no such feature"),
        (["run", "."], 2, "there is no feature in this folder"),
        (["run", "kubeconfig"], 2, "kubeconfig: this is not a feature"),
        (
            ["run", "--cluster", "kind", "--update", "-n", "2"],
            2,
            "works only with one scenario at a time",
        ),
        (["new", "My"], 2, "'My' cannot be a feature's name"),
        (["new", "my", "--folder", "kubeconfig"], 2, "cannot write to kubeconfig"),
        (["down", "--cluster", "kind"], 2, "only a cluster of your own can be cleaned"),
        (["run", "--out", "kubeconfig"], 2, "--out kubeconfig: this is a file"),
        (["run", "--out", "."], 2, "holds 'kubeconfig', which is not from a conformance run"),
        (["run", "--cluster", "controlplane", "--assets", "/nowhere"], 2, "/nowhere has no etcd"),
        (["run", "--cluster", "kubeconfig:nowhere"], 2, "nowhere: there is no such file"),
        (["run", "--cluster", "kubeconfig:kubeconfig#yours"], 2, "it has no context 'yours'"),
        (["run", "--cluster", "kubeconfig:kubeconfig"], 4, "http://127.0.0.1:1 does not answer"),
        (["list", "run-pod-fals"], 2, "did you mean run-pod-fails"),
        (["list", "--requirements", "SC-99"], 2, "SC-99: no requirement has this name"),
        (["list", "--requirements", "nope"], 2, "`kuscia-conformance list --requirements` shows"),
        (["list", ""], 2, "'': no check has this name"),
        (["list", "--requirements", " "], 2, "' ': no requirement has this name"),
        (["explain", ""], 2, "'': there is no check, requirement or step of this name"),
        (["explain", "run-pod-fals"], 2, "did you mean run-pod-fails"),
        (["explain", "the pod of bob finishes"], 2, "When the pods of bob finish with exit code 3"),
        (["explain"], 2, "Missing argument 'ID'"),
        (["lint", "nowhere.feature"], 2, "nowhere.feature: there is no such file or folder"),
        (["controller", "--kubeconfig", "nowhere"], 2, "there is no such file"),
        (["controller", "--kubeconfig", "kubeconfig", "--context", "x"], 2, "no context 'x'"),
        (["controller", "--log-level", "loud"], 2, "Invalid value for '--log-level'"),
    ],
)
def test_a_mistake_is_answered_with_a_message_and_no_traceback(
    tmp_path, kubeconfig, arguments, code, message
):
    done = call(tmp_path, *arguments)
    said = done.stdout + done.stderr
    assert message in said
    assert "Traceback" not in said
    assert done.returncode == code


def test_a_damaged_installation_is_told_in_one_sentence(tmp_path):
    start = "import runpy, sys; sys.modules['yaml'] = None; "
    start += "runpy.run_module('kuscia_conformance', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", start], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.startswith("error: kuscia-conformance cannot be loaded: ModuleNotFoundError")
    assert "Traceback" not in done.stderr


def test_a_run_on_kind_without_docker_exits_with_4(tmp_path):
    done = call(tmp_path, "run", "--cluster", "kind", PATH="/nowhere")
    assert done.returncode == 4
    assert "there is no docker on the PATH" in done.stdout


def test_lint_reports_each_problem_with_file_and_line(tmp_path):
    (tmp_path / "mine.feature").write_text("Feature: Mine\n")
    done = call(tmp_path, "lint", "mine.feature")
    assert done.stdout.splitlines()[0] == "mine.feature:1: there is no scenario in it"
    assert done.stdout.splitlines()[-1] == "1 mistake in 1 feature, 0 checks, 0 documents"
    assert done.returncode == 1


def test_lint_prints_counts_if_there_are_no_problems(tmp_path):
    (tmp_path / "mine.status.yaml").write_text("phase: Running\n")
    done = call(tmp_path, "lint", "mine.status.yaml")
    assert (done.stdout, done.returncode) == ("0 features, 0 checks, 1 document\n", 0)


def test_the_list_of_requirements_has_their_texts(tmp_path):
    [line] = call(tmp_path, "list", "--requirements", "VW-06").stdout.splitlines()
    assert "A Failed task says why, in reason or message." in line
    assert line.startswith("VW-06  MUST  page")


def test_a_requirement_is_explained_with_the_meaning_of_its_source(tmp_path):
    text = call(tmp_path, "explain", "VW-06").stdout
    assert "VW-06 (MUST, source: page (Kuscia's page on KusciaTask))" in text
