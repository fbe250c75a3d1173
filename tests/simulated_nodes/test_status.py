"""Tests the status that a simulated kubelet writes."""

from dataclasses import replace

import pytest

from kuscia_conformance.simulated_nodes.containers import Container, Running, Terminated, Waiting
from kuscia_conformance.simulated_nodes.lifecycle import Life, Seen, Stage
from kuscia_conformance.simulated_nodes.status import Addresses, render
from tests.simulated_nodes.pods import at, container, node, pod

ADDRESSES = Addresses("10.244.0.1", "192.0.2.1")
RUNNING = Container("a", Running(at(0)), runs=1)
WAITING = Container("a")
LOOPING = Container(
    "a", Waiting("CrashLoopBackOff", "back-off"), Terminated(1, "Error", "", at(0), at(0)), runs=2
)
GOOD = Container("a", Terminated(0, "Completed", "", at(0), at(1), 1), runs=1)
BAD = Container("a", Terminated(3, "Error", "boom", at(0), at(1), 1), runs=1)


def seen(*containers, stage=Stage.UP, of=None, now=2, policy="Never", sandbox=True):
    named = tuple(replace(each, name=name) for each, name in zip(containers, "abc", strict=False))
    life = Life(stage, None, named, sandbox=sandbox, started_at=at(0))
    made = of or pod(*(container(each.name) for each in named), restartPolicy=policy)
    return Seen(made, life, at(now), node())


@pytest.mark.parametrize(
    ("view", "phase"),
    [
        (seen(WAITING), "Pending"),
        (seen(RUNNING, WAITING), "Pending"),
        (seen(RUNNING), "Running"),
        (seen(RUNNING, BAD), "Running"),
        (seen(LOOPING, policy="Always"), "Running"),
        (seen(BAD, policy="OnFailure"), "Running"),
        (seen(GOOD, BAD, stage=Stage.FINISHED), "Failed"),
        (seen(GOOD, GOOD, stage=Stage.FINISHED), "Succeeded"),
        (seen(GOOD, policy="Always", stage=Stage.STOPPED), "Succeeded"),
        (seen(BAD, WAITING, stage=Stage.STOPPED), "Pending"),
        (seen(BAD, WAITING, stage=Stage.GONE), "Failed"),
    ],
)
def test_the_phase_of_a_pod_follows_from_its_containers(view, phase):
    assert render(view, ADDRESSES)["phase"] == phase


@pytest.mark.parametrize("before", ["Pending", "Running"])
def test_the_final_phase_is_written_after_the_sandbox_is_gone(before):
    of = {**pod(container("a")), "status": {"phase": before}}
    assert render(seen(GOOD, stage=Stage.ENDED, of=of), ADDRESSES)["phase"] == before


def conditions(view):
    return {
        one["type"]: (one["status"], one["reason"], one["message"])
        for one in render(view, ADDRESSES)["conditions"]
    }


@pytest.mark.parametrize(
    ("view", "ready"),
    [
        (seen(RUNNING), ("True", None, None)),
        (
            seen(RUNNING, WAITING, BAD),
            ("False", "ContainersNotReady", "containers with unready status: [b c]"),
        ),
        (seen(GOOD, stage=Stage.FINISHED), ("False", "PodCompleted", None)),
        (seen(BAD, stage=Stage.FINISHED), ("False", "PodFailed", None)),
    ],
)
def test_the_ready_conditions_follow_from_the_containers(view, ready):
    found = conditions(view)
    assert found["Ready"] == found["ContainersReady"] == ready


def test_a_condition_keeps_its_time_while_it_stays_the_same():
    time = "2025-01-01T00:00:00Z"
    before = [{"type": "Ready", "status": "True", "lastTransitionTime": time}]
    of = {**pod(container("a")), "status": {"phase": "Running", "conditions": before}}
    found = {one["type"]: one for one in render(seen(RUNNING, of=of), ADDRESSES)["conditions"]}
    assert found["Ready"]["lastTransitionTime"] == time
    assert found["Initialized"]["lastTransitionTime"] == "2026-01-01T00:00:02Z"


def test_a_container_is_started_and_ready_after_its_probes():
    probes = {
        "startupProbe": {"initialDelaySeconds": 2},
        "readinessProbe": {"initialDelaySeconds": 5},
    }
    of = pod(container("a", **probes))
    shown = [
        render(seen(RUNNING, of=of, now=now), ADDRESSES)["containerStatuses"][0]
        for now in (1, 2, 5)
    ]
    assert [(one["started"], one["ready"]) for one in shown] == [
        (False, False),
        (True, False),
        (True, True),
    ]


def test_a_terminated_container_reports_exit_code_reason_and_message():
    end = render(seen(BAD), ADDRESSES)["containerStatuses"][0]["state"]["terminated"]
    assert end.pop("containerID").startswith("containerd://")
    assert end == {
        "exitCode": 3,
        "reason": "Error",
        "message": "boom",
        "startedAt": "2026-01-01T00:00:00Z",
        "finishedAt": "2026-01-01T00:00:01Z",
    }


def test_each_restart_has_a_new_container_id():
    last = Terminated(1, "Error", "", at(0), at(0), run=1)
    again = render(seen(replace(RUNNING, runs=2, last=last)), ADDRESSES)["containerStatuses"][0]
    assert again["restartCount"] == 1
    assert again["containerID"] != again["lastState"]["terminated"]["containerID"]


def test_container_statuses_are_sorted_by_name():
    of = pod(container("b"), container("a"))
    life = Life(Stage.UP, None, (replace(RUNNING, name="b"), RUNNING), sandbox=True)
    shown = render(Seen(of, life, at(2), node()), ADDRESSES)["containerStatuses"]
    assert [one["name"] for one in shown] == ["a", "b"]


@pytest.mark.parametrize(("sandbox", "address"), [(None, None), (True, "10.244.0.1")])
def test_a_pod_has_an_address_once_it_has_a_sandbox(sandbox, address):
    assert render(seen(WAITING, sandbox=sandbox), ADDRESSES).get("podIP") == address


def test_a_pod_that_is_not_handled_yet_has_an_empty_status():
    assert render(Seen(pod(), Life(), at(0), node()), ADDRESSES) == {}
