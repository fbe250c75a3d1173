"""Tests runs on a virtual clock: they repeat exactly, do not wait, and can kill the controller."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest

from kuscia_conformance.environment.controllers import control
from kuscia_conformance.environment.virtual import virtual_environment
from kuscia_conformance.environment.virtual_clock import BEGINNING
from kuscia_conformance.errors import UsageError
from kuscia_conformance.kube.kuscia import KUSCIA_TASKS
from kuscia_conformance.kube.objects import NODES
from tests.given import settings_of

RUN = [sys.executable, "-P", "-m", "kuscia_conformance", "run", "--clock", "virtual"]
#: Scenarios that kill the controller, that wait, and that have generated names.
SOME = "run-restart-pending,view-lifecycle-over,schedule-hold-released"


@pytest.fixture
def environment(tmp_path):
    settings = settings_of({"clock": "virtual", "nodes": "2", "out": str(tmp_path)})
    with virtual_environment(settings, print) as made:
        yield made


def passes(out, only, *options, seed_of_hashes="1"):
    """Runs these checks, asserts that they pass, and returns the output."""
    command = [*RUN, "--only", only, "--out", str(out), *options]
    environment = {**os.environ, "PYTHONHASHSEED": seed_of_hashes}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def run(out, *options, seed_of_hashes="1"):
    passes(out, SOME, *options, seed_of_hashes=seed_of_hashes)
    found = sorted(out.rglob("events.ndjson"))
    assert len(found) == 3
    return {file.parent.name: file.read_bytes() for file in found}


def test_a_virtual_run_repeats_exactly_and_changes_with_the_seed(tmp_path):
    first = run(tmp_path / "a")
    assert run(tmp_path / "b", seed_of_hashes="2") == first
    assert run(tmp_path / "c", "--seed", "7") != first


def test_each_worker_of_a_virtual_run_has_its_own_cluster(tmp_path):
    assert run(tmp_path / "one").keys() == run(tmp_path / "two", "-n", "2").keys()


def test_timeout_scale_does_not_change_the_schedules_of_tasks(tmp_path):
    only = "schedule-room-in-pause,schedule-hold-again"
    assert "4 pass" in passes(tmp_path / "out", only, "--timeout-scale", "3")


def test_virtual_time_moves_only_when_a_wait_needs_it(environment):
    journal = environment.virtual.connection.journal
    before = journal.now()
    assert before > BEGINNING
    assert journal.now() == before
    journal.wait_beyond(len(journal.versions) + 10**6, 3600)
    assert journal.now() == before + timedelta(hours=1)


def test_events_of_the_cluster_arrive_during_a_wait(environment):
    connection = environment.virtual.connection
    nodes, _ = connection.run(connection.api.list(NODES))
    patch = {"metadata": {"labels": {"a": "b"}}}
    connection.run(connection.api.patch(NODES, nodes[0]["metadata"]["name"], None, patch))
    seen = len(connection.journal.versions)
    assert connection.journal.wait_beyond(seen - 1, 1)
    assert connection.journal.versions[-1].object["metadata"]["labels"]["a"] == "b"


def test_a_killed_controller_does_nothing_until_it_is_started(environment):
    environment.ask(control.KILL)
    environment.ask(control.LOOK)
    connection = environment.virtual.connection
    task = {
        "apiVersion": KUSCIA_TASKS.api_version,
        "kind": "KusciaTask",
        "metadata": {"name": "t", "namespace": "cross-domain"},
        "spec": {
            "initiator": "alice",
            "taskInputConfig": "{}",
            "parties": [{"domainID": "alice", "appImageRef": "none"}],
        },
    }
    connection.run(connection.api.create(KUSCIA_TASKS, task))
    connection.journal.wait_beyond(10**6, 60)
    assert "status" not in connection.run(connection.api.get(KUSCIA_TASKS, "t", "cross-domain"))
    environment.ask(control.START)
    connection.journal.wait_beyond(10**6, 1)
    assert "status" in connection.run(connection.api.get(KUSCIA_TASKS, "t", "cross-domain"))


def test_a_controller_that_has_ended_on_its_own_is_reported(environment):
    controller = environment.virtual.controller
    controller._work.cancel()
    environment.virtual.connection.journal.wait_beyond(10**6, 1)
    assert environment.ask(control.LOOK) == "the controller has ended"


@pytest.mark.parametrize(
    ("chosen", "virtual"),
    [
        ({}, True),
        ({"controller": ["cmd:true"]}, False),
        ({"cluster": "kind"}, False),
        ({"pause_on_failure": True}, False),
        ({"reuse": True}, False),
        ({"clock": "real"}, False),
    ],
)
def test_the_clock_is_virtual_if_cluster_and_controller_are_built_in(chosen, virtual):
    assert settings_of(chosen).virtual is virtual


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"clock": "wrong"}, "expected real or virtual"),
        ({"cluster": "kind"}, "the clock of kind cannot be set"),
        ({"controller": ["cmd:true"]}, "--controller cmd:true uses the real clock"),
        ({"controller": ["none"]}, "--controller none uses the real clock"),
        ({"pause_on_failure": True}, "the cluster stands still while the run waits"),
        ({"seed": "x"}, "--seed x: expected a number"),
        ({"pace": "-1"}, "--pace -1: expected a number from 0 to 10000"),
    ],
)
def test_options_that_exclude_a_virtual_clock_are_refused(chosen, said):
    with pytest.raises(UsageError, match=said):
        settings_of({"clock": "virtual", **chosen})
