"""Tests the transitions of a simulated container."""

from dataclasses import replace

import pytest

from kuscia_conformance.kube.objects import CONFIG_MAPS
from kuscia_conformance.simulated_nodes.containers import (
    TRANSITIONS,
    Container,
    Running,
    Seen,
    Terminated,
    Waiting,
    deadlines,
    growing,
    restarts,
    step,
)
from kuscia_conformance.simulated_nodes.exit_order import Order
from kuscia_conformance.simulated_nodes.references import Reference
from tests.simulated_nodes.pods import at, container

FAILED = Terminated(1, "Error", "", at(0), at(10), run=1)
DONE = Terminated(0, "Completed", "", at(0), at(10), run=1)
RUNS = Container("app", Running(at(0)), runs=1)
WAITS = Container("app", due=at(0))
CRASHED = Container("app", FAILED, due=at(10.05), runs=1, ends=1)
CRASHED_AGAIN = replace(CRASHED, runs=2, ends=2)


def seen(state, now=20, command=("sleep", "600"), told=None, **fields):
    spec = container(command=command, **fields.pop("spec", {}))
    kill_at = at(told + 30) if told is not None else None
    told_at = at(told) if told is not None else None
    default = {"pod": "psi-0_alice(u-1)", "restart_policy": "Always"}
    return Seen(state, spec, now=at(now), told_at=told_at, kill_at=kill_at, **default | fields)


def looping(seconds):
    message = f"back-off {seconds}s restarting failed container=app pod=psi-0_alice(u-1)"
    return Waiting("CrashLoopBackOff", message)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(seen(WAITS), replace(RUNS, state=Running(at(20)), due=at(620)), id="starts"),
        pytest.param(seen(replace(WAITS, due=at(21))), None, id="is not due"),
        pytest.param(
            seen(WAITS, told=1), replace(WAITS, due=None), id="is stopped before it starts"
        ),
        pytest.param(seen(RUNS), None, id="keeps running"),
        pytest.param(
            seen(replace(RUNS, due=at(20)), command=["false"], restart_policy="Never"),
            replace(RUNS, state=Terminated(1, "Error", "", at(0), at(20), 1), due=None, ends=1),
            id="ends",
        ),
        pytest.param(
            seen(replace(RUNS, due=at(20)), command=["true"]),
            replace(
                RUNS, state=Terminated(0, "Completed", "", at(0), at(20), 1), due=at(20.05), ends=1
            ),
            id="ends and will be restarted",
        ),
        pytest.param(
            seen(RUNS, order=Order(3, "boom"), restart_policy="Never"),
            replace(
                RUNS,
                state=Terminated(3, "Error", "boom", at(0), at(20), 1),
                ends=1,
                obeyed=Order(3, "boom"),
            ),
            id="ends as ordered",
        ),
        pytest.param(
            seen(replace(RUNS, obeyed=Order(3)), order=Order(3)),
            None,
            id="obeys an order only once",
        ),
        pytest.param(
            seen(RUNS, command=["./app"], told=19, restart_policy="Never"),
            replace(RUNS, state=Terminated(143, "Error", "", at(0), at(20), 1), ends=1),
            id="ends on TERM",
        ),
        pytest.param(seen(RUNS, told=19), None, id="ignores TERM"),
        pytest.param(
            seen(RUNS, now=49, told=19, restart_policy="Never"),
            replace(RUNS, state=Terminated(137, "Error", "", at(0), at(49), 1), ends=1),
            id="is killed",
        ),
        pytest.param(
            seen(CRASHED),
            replace(CRASHED, state=Running(at(20)), last=FAILED, due=at(620), runs=2),
            id="is restarted at once after its first end",
        ),
        pytest.param(
            seen(CRASHED_AGAIN),
            replace(CRASHED_AGAIN, state=looping(10), last=FAILED, due=at(20)),
            id="backs off after its second end",
        ),
        pytest.param(
            seen(replace(CRASHED, ends=4)),
            replace(CRASHED, ends=4, state=looping(40), last=FAILED, due=at(50)),
            id="backs off for longer and longer",
        ),
        pytest.param(seen(CRASHED, told=19), None, id="is not restarted in a terminating pod"),
        pytest.param(
            seen(replace(CRASHED_AGAIN, state=looping(10), last=FAILED, due=at(99)), told=19),
            replace(CRASHED_AGAIN, due=None),
            id="is stopped while it backs off",
        ),
        pytest.param(
            seen(replace(RUNS, due=at(700)), now=700, command=["false"]),
            replace(
                RUNS, state=Terminated(1, "Error", "", at(0), at(700), 1), due=at(700.05), ends=1
            ),
            id="has run long enough to reset its back-off",
        ),
    ],
)
def test_each_state_of_a_container_leads_to_the_next(before, after):
    assert step(before) == after


NOWHERE = {"image": "no-such-image:1"}


@pytest.mark.parametrize(
    ("before", "reason", "due"),
    [
        (seen(WAITS, spec=NOWHERE), "ErrImagePull", 21),
        (seen(WAITS, spec={**NOWHERE, "imagePullPolicy": "Never"}), "ErrImageNeverPull", None),
        (seen(WAITS, spec={"image": "No Image"}), "InvalidImageName", None),
        (
            seen(replace(WAITS, state=Waiting("ErrImagePull"), pulls=1), spec=NOWHERE),
            "ImagePullBackOff",
            30,
        ),
        (
            seen(replace(WAITS, state=Waiting("ErrImagePull"), pulls=3), spec=NOWHERE),
            "ImagePullBackOff",
            60,
        ),
        (
            seen(replace(WAITS, state=Waiting("ImagePullBackOff")), spec=NOWHERE),
            "ErrImagePull",
            21,
        ),
        (
            seen(
                WAITS,
                spec={"envFrom": [{"configMapRef": {"name": "a"}}]},
                absent={Reference(CONFIG_MAPS, "a"): 'configmap "a" not found'},
            ),
            "CreateContainerConfigError",
            21,
        ),
        (seen(WAITS, command=["/no/such/program"]), "RunContainerError", 20.05),
    ],
)
def test_a_container_that_cannot_start_waits_with_a_reason(before, reason, due):
    after = step(before)
    assert after is not None
    assert isinstance(after.state, Waiting)
    assert after.state.reason == reason
    assert after.due == (None if due is None else at(due))


def test_a_container_that_cannot_start_and_is_not_restarted_has_ended():
    after = step(seen(WAITS, command=["/no/such/program"], restart_policy="Never"))
    assert after is not None
    assert isinstance(after.state, Terminated)
    assert (after.state.exit_code, after.state.reason, after.due) == (128, "StartError", None)


@pytest.mark.parametrize("policy", ["Always", "OnFailure", "Never"])
@pytest.mark.parametrize("end", [FAILED, DONE])
def test_the_restart_policy_determines_whether_a_container_is_restarted(policy, end):
    assert restarts(policy, end) == (
        policy == "Always" or (policy == "OnFailure" and end is FAILED)
    )


def test_back_off_pauses_grow_to_five_minutes():
    first = at(10) - at(0)
    pauses = [growing(first, times).total_seconds() for times in (1, 2, 3, 5, 6, 99)]
    assert pauses == [10, 20, 40, 160, 300, 300]


def test_the_initial_delays_of_probes_are_deadlines():
    probes = {
        "startupProbe": {"initialDelaySeconds": 2},
        "readinessProbe": {"initialDelaySeconds": 5},
    }
    assert set(deadlines(seen(RUNS, spec=probes))) == {at(2), at(5)}


@pytest.mark.parametrize("situation", sorted(TRANSITIONS.keys() - {"Running", "Terminated"}))
def test_a_waiting_container_of_a_terminating_pod_is_not_started(situation):
    before = seen(replace(WAITS, state=Waiting(situation, "why")), told=19)
    assert step(before) == replace(WAITS, due=None)
