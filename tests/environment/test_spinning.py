"""Tests the bounds on the requests that a controller sends on the virtual clock."""

from datetime import timedelta

import pytest

from kuscia_conformance.environment.spinning import (
    MOST_ALIKE,
    MOST_REQUESTS,
    SHOWN,
    ControllerSpins,
    Requests,
)
from kuscia_conformance.environment.virtual_clock import BEGINNING
from kuscia_conformance.kube.transport import Call

PODS = "/api/v1/namespaces/alice/pods"


class Clock:
    """A clock that moves on by `step` seconds with each look."""

    def __init__(self, step):
        self.step, self.seconds = step, 0.0

    def __call__(self):
        self.seconds += self.step
        return BEGINNING + timedelta(seconds=self.seconds)


def deleted(_):
    return Call("DELETE", f"{PODS}/psi-0")


def noted(count, step=0.0, call=deleted):
    """Notes so many requests, and returns what the controller is told to end for."""
    reasons: list[str] = []
    requests = Requests(Clock(step), reasons.append)
    for number in range(count):
        requests.note(call(number))
    return reasons


def created(number):
    return Call("POST", PODS, body=b'{"metadata":{"name":"psi-%d"}}' % number)


def test_the_same_request_may_be_sent_so_often_within_a_minute():
    assert noted(MOST_ALIKE) == []
    assert noted(MOST_ALIKE + 1) == [
        f"it sent DELETE {PODS}/psi-0 {MOST_ALIKE} times within a minute of the clock"
    ]


def test_requests_for_many_objects_have_a_larger_bound():
    assert noted(MOST_REQUESTS, call=created) == []
    assert noted(MOST_REQUESTS + 1, call=created) == [
        f"it sent {MOST_REQUESTS:,} requests within a minute of the clock"
    ]


@pytest.mark.parametrize(("step", "spins"), [(0.05, True), (0.2, False)])
def test_the_count_begins_again_with_each_minute(step, spins):
    assert bool(noted(3_000, step)) == spins


def test_a_controller_that_spins_is_told_of_with_its_last_requests():
    requests = Requests(Clock(1.5), lambda _: None)
    for number in range(2 * SHOWN):
        requests.note(created(number))
    lines = str(ControllerSpins("so it does", requests)).splitlines()
    assert lines[:2] == ["it spins: so it does", "  its last requests:"]
    assert lines[2] == f"    00:00:13.500000 POST {PODS}/psi-{SHOWN}"
    assert len(lines) == 2 + SHOWN


def test_a_controller_that_spins_without_requests_is_told_of():
    said = str(ControllerSpins("so it does", Requests(Clock(0), lambda _: None)))
    assert said == "it spins: so it does\n  it has sent no request"
