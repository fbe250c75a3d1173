"""Tests the decisions about a TaskResource."""

import json
from typing import Any

import pytest

from kuscia_conformance.kube.kuscia import TASK_RESOURCES
from kuscia_conformance.kube.objects import condition_of
from reference_controller.cache import Cache
from reference_controller.task_resource import changes
from reference_controller.task_resource.controller import TaskResources
from reference_controller.task_resource.seen import Phase, Seen, reservation_of
from reference_controller.task_resource.transitions import MACHINE, TRANSITIONS
from tests.reference_controller.scheduling import P, S, T, group, resource, statuses

#: Typed as Any, because the actions of a decision have several types and each test knows its own.
machine: Any = MACHINE

HELD = json.dumps({"psi-0": "node-1"})


@pytest.mark.parametrize(
    ("phase", "group_phase", "age", "decision"),
    [
        ("Reserving", "Reserving", 99, None),
        ("Reserving", "Reserved", 0, ("schedule", "Schedulable")),
        ("Reserving", "ReserveFailed", 0, ("fail", "Failed")),
        ("Reserved", "Reserving", 2, None),
        ("Reserved", "Reserving", 3, ("release", "Failed")),
        ("Reserved", "Reserved", 3, ("schedule", "Schedulable")),
        ("Reserved", "ReserveFailed", 0, ("fail", "Failed")),
        ("Reserved", "Failed", 0, ("fail", "Failed")),
        ("Failed", "Reserving", 99, None),
        ("Failed", "ReserveFailed", 99, None),
        ("Failed", "Reserved", 0, ("schedule", "Schedulable")),
        ("Schedulable", "Reserved", 99, None),
        ("Schedulable", "Failed", 99, None),
    ],
)
def test_each_phase_of_resource_and_group_leads_to_its_transition(
    phase, group_phase, age, decision
):
    seen = Seen(T + age * S, resource(phase=phase, held=HELD), group(group_phase))
    found = machine.decide(seen)
    assert (found and (found[0], statuses(found[1])[0][1])) == decision


def test_a_task_resource_without_its_group_only_releases():
    assert machine.decide(Seen(T, resource(phase="Reserving"))) is None
    assert machine.decide(Seen(T + 3 * S, resource(phase="Reserved", held=HELD)))[0] == "release"


def test_every_phase_is_in_the_table_of_transitions():
    assert set(TRANSITIONS) == set(Phase)


@pytest.mark.parametrize("age", [0, 2, 3, 4])
def test_the_next_wake_up_is_the_end_of_the_reservation(age):
    seen = Seen(T + age * S, resource(phase="Reserved", held=HELD), group("Reserving"))
    due = machine.wake_at(seen)
    assert machine.decide(seen) is not None or due > seen.now
    assert due == T + 3 * S


@pytest.mark.parametrize("seconds", [0, -1, None])
def test_the_default_reservation_lasts_thirty_seconds(seconds):
    held = resource(phase="Reserved", held=HELD, resourceReservedSeconds=seconds)
    assert Seen(T, held).held_until == T + 30 * S


def test_only_phases_reserved_and_schedulable_hold_a_reservation():
    assert reservation_of(resource(phase="Reserved", held=HELD)) == {"psi-0": "node-1"}
    assert reservation_of(resource(phase="Schedulable", held=HELD)) == {"psi-0": "node-1"}
    assert reservation_of(resource(phase="Failed", held=HELD)) == {}


@pytest.mark.parametrize("nonsense", ["{", "[1]", "3"])
def test_an_unreadable_reservation_holds_nothing(nonsense):
    assert reservation_of(resource(phase="Reserved", held=nonsense)) == {}


def test_phase_and_reservation_change_in_one_patch():
    patch = changes.reserve(resource(), {"psi-0": "node-1"}, T).patch
    assert patch["status"]["phase"] == "Reserved"
    assert patch["metadata"]["annotations"] == {P + "reservation": HELD}
    patch = changes.fail(resource(phase="Reserved", held=HELD), "why", T).patch
    assert patch["metadata"]["annotations"] == {P + "reservation": None}


def test_a_retry_records_that_the_party_had_reserved():
    before = resource(phase="Failed")
    before["status"]["conditions"] = [{"type": "Reserved", "status": "True"}]
    status = changes.retry(before, T).patch["status"]
    reserved = condition_of({"status": status}, "Reserved") or {}
    assert (reserved["status"], reserved["reason"]) == ("False", changes.RETRY_AFTER_RESERVED)
    status = changes.retry(resource(phase="Failed"), T).patch["status"]
    assert "reason" not in (
        condition_of({"status": status}, "Reserved") or {"reason": "there is none"}
    )


def test_a_task_resource_without_a_group_is_observed_too():
    """A user may create one by hand; its reservation must be released in time as well."""
    alone = resource()
    alone["metadata"]["annotations"] = {}
    [key] = TaskResources().keys(TASK_RESOURCES, alone, Cache())
    cache = Cache()
    cache.put(TASK_RESOURCES, alone)
    assert TaskResources().observe(cache, key, T) == Seen(T, alone)
