"""Tests whole runs against a control plane: their output, reports and exit codes."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading

import pytest
import yaml

from kuscia_conformance.features.folders import (
    suite_folder,
)
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import read_access
from kuscia_conformance.kube.kuscia import KUSCIA_TASKS
from kuscia_conformance.kube.objects import NODES

COMMAND = [sys.executable, "-P", "-m", "kuscia_conformance", "run"]

WRONG = """
@core
Feature: Wrong on purpose
  @id:mine-wrong @req:RN-01c @req:VW-14
  Scenario: The status of a task that nobody makes
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob
    When the task "psi" is created
    Then the status of "psi" matches "wrong.status.yaml" within 2 s
"""
DOCUMENT = """
phase: Running
podStatuses: {alice/psi-0: {nodeName: !node-of bob, podPhase: Running}}
conditions: [{type: Success, status: "True"}]
"""


@pytest.fixture
def environment(control_plane):
    return {**os.environ, "KUSCIA_CONFORMANCE_CLUSTER": f"kubeconfig:{control_plane}"}


def test_a_partial_run_writes_a_report_and_certifies_nothing(environment, tmp_path):
    command = [*COMMAND, "--only", "view-running,create-required", "--out", "out", "-n", "2"]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "partial: 6 of 6 checks pass, no certificate: 6 pass" in done.stdout
    assert "\x1b" not in done.stdout
    report = yaml.safe_load((tmp_path / "out" / "report.yaml").read_text())
    assert report["verdict"] == "partial: 6 of 6 checks pass, no certificate"
    assert report["counts"] == {"pass": 6}
    assert report["requirements"]["CR-02a"]["strength"] == "MUST"
    assert (
        '<property name="requirement" value="CR-02a"'
        in (tmp_path / "out" / "junit.xml").read_text()
    )
    events = tmp_path / "out" / "checks" / "view" / "view-running" / "events.ndjson"
    lines = [json.loads(line) for line in events.read_text().splitlines()]
    assert {"KusciaTask", "Pod", "Node"} <= {line["kind"] for line in lines}
    assert all("managedFields" not in line["object"]["metadata"] for line in lines)
    assert any(line["key"] == "cross-domain/psi" for line in lines)


def fails(environment, folder, document, *options):
    """Runs WRONG with this document under pytest, asserts that it fails, and returns the output."""
    (folder / "wrong.feature").write_text(WRONG)
    (folder / "wrong.status.yaml").write_text(document)
    command = [sys.executable, "-m", "pytest", "wrong.feature", "--kuscia-out", "out", *options]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1
    return done.stdout


def test_a_failed_check_prints_the_step_the_mismatches_and_the_timeline(environment, tmp_path):
    said = fails(environment, tmp_path, DOCUMENT)
    for part in (
        "wrong.feature:9  mine-wrong   RN-01c (MUST) · VW-14 (SHOULD)",
        "The status of a task that nobody makes",
        'Then the status of "psi" matches "wrong.status.yaml" within 2 s',
        "waited 2 s on the machine's clock",
        "podStatuses[alice/psi-0].nodeName  a node of bob",
        "reference-controller, +",
        "conditions[type=Success]           present        absent",
        "2 of 5 fields are right",
        '[suite] the task "psi" is created',
        "what happened, in seconds since the task was created",
        "task psi created",
        "pod alice/psi-0 bound to",
        "controller, last lines",
    ):
        assert part in said
    assert "Traceback" not in said
    report = yaml.safe_load((tmp_path / "out" / "report.yaml").read_text())
    [check] = report["checks"]
    assert (check["outcome"], check["strength"]) == ("fail", "MUST")
    assert check["text"].startswith("wrong.feature:9  mine-wrong")
    junit = (tmp_path / "out" / "junit.xml").read_text()
    assert 'message="wrong.feature:9  mine-wrong   RN-01c (MUST)' in junit


@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda n: n.name
)
def test_an_interrupted_run_cleans_up(environment, control_plane, tmp_path, number):
    command = [*COMMAND, "--only", "view,run,clean", "--out", "out"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        for line in run.stdout:
            if " pass " in line:
                run.send_signal(number)
                break
        rest = run.stdout.read()
        assert run.wait(60) == 3
    assert "incomplete" in rest
    report = yaml.safe_load((tmp_path / "out" / "report.yaml").read_text())
    assert (report["verdict"], report["counts"]["not run"] > 0) == ("incomplete", True)
    assert report["reasons"][0] == f"the run was interrupted by {number.name}"
    for node in _listed(control_plane, NODES):
        assert "kuscia.secretflow/namespace" not in node["metadata"]["labels"]
        assert "conformance.kuscia.secretflow/slot" not in node["status"]["allocatable"]
    assert _listed(control_plane, KUSCIA_TASKS) == []


def test_a_run_without_a_controller_shows_no_writer_of_missing_fields(environment, tmp_path):
    said = fails(environment, tmp_path, "phase: Running\n", "--kuscia-controller=none")
    assert "phase  Running   absent  –" in said


def test_a_run_whose_cluster_dies_ends_with_exit_code_4(tmp_path):
    command = [*COMMAND, "--clock", "real", "--only", "view,run,clean", "--out", "out"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as run:
        assert run.stdout is not None
        for line in run.stdout:
            if " pass " in line:
                _kill_server_of(run.pid)
                break
        watchdog = threading.Timer(150, run.kill)
        watchdog.start()
        rest = run.stdout.read()
        assert run.wait() == 4, rest
        watchdog.cancel()
    assert "Traceback" not in rest
    assert "does not answer" in rest


def _kill_server_of(pid):
    children = subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True
    )
    for line in children.stdout.splitlines():
        child, name = line.split(None, 1)
        if "kuscia_conformance.clusters.embedded" in name:
            os.kill(int(child), signal.SIGKILL)


def _listed(kubeconfig, resource):
    async def look():
        async with Api(read_access(kubeconfig), "test") as api:
            return (await api.list(resource))[0]

    return asyncio.run(look())


def test_every_feature_of_the_suite_names_its_requirements():
    for feature in sorted(suite_folder("features").rglob("*.feature")):
        assert "@req:" in feature.read_text(), feature
