"""Tests the repair of task statuses that another client has changed."""

from hypothesis import given as having
from hypothesis import strategies as st

from kuscia_conformance.kube.objects import condition_of, time_text
from reference_controller.kuscia_task.mending import mended
from reference_controller.times import moment
from tests.reference_controller.kuscia_task import given
from tests.reference_controller.kuscia_task.given import S, T
from tests.reference_controller.tampering import task_statuses

CREATED = time_text(T - 5 * S)
FIRST = time_text(T)


def condition(kind, status="True", at=FIRST):
    return {"type": kind, "status": status, "lastTransitionTime": at}


RUNNING = given.running().status
PARTIES = [{"domainID": "alice", "phase": "Succeeded"}, {"domainID": "bob", "phase": "Succeeded"}]


def without(status, *fields):
    return {name: value for name, value in status.items() if name not in fields}


def test_an_unchanged_status_is_not_mended():
    for seen in (given.accepted(), given.pending(), given.running()):
        assert mended(seen.stored, CREATED) == seen.stored


def test_a_task_that_is_not_handled_yet_has_no_status():
    assert mended({}, CREATED) == {}
    assert mended({"podStatuses": {}, "message": "hello"}, CREATED) == {}


def test_the_mended_phase_is_the_latest_that_the_conditions_show():
    for phase in ("Pending", "", "Nonsense"):
        assert mended({**RUNNING, "phase": phase}, CREATED) == RUNNING
    ended = {**RUNNING, "conditions": [*RUNNING["conditions"], condition("Success", "False")]}
    assert mended(ended, CREATED)["phase"] == "Failed"


def test_a_phase_failed_that_another_client_wrote_stays():
    assert mended({**RUNNING, "phase": "Failed"}, CREATED)["phase"] == "Failed"


def test_without_conditions_the_parties_show_how_a_task_ended():
    ended = {**without(RUNNING, "conditions"), "partyTaskStatus": PARTIES, "completionTime": FIRST}
    assert mended(ended, CREATED)["phase"] == "Succeeded"
    assert mended({**ended, "reason": "PartiesFailed"}, CREATED)["phase"] == "Failed"


def test_the_completion_time_of_a_running_task_is_removed():
    assert mended({**RUNNING, "completionTime": FIRST}, CREATED) == RUNNING


def test_a_lost_start_time_is_that_of_the_first_condition_or_of_the_task():
    assert mended(without(RUNNING, "startTime"), CREATED) == RUNNING
    bare = without(RUNNING, "startTime", "conditions")
    assert mended(bare, CREATED)["startTime"] == CREATED
    assert mended({**bare, "startTime": "2024-01-01T00:00:60Z"}, CREATED)["startTime"] == CREATED


def test_lost_conditions_of_a_running_task_are_restored():
    status = mended(without(RUNNING, "conditions"), CREATED)
    assert status["conditions"] == [condition("ResourceCreated"), condition("Running")]


def test_duplicate_conditions_are_removed_and_missing_times_added():
    untimed = {"type": "Running", "status": "True"}
    other = {"type": "Other", "status": "Odd"}
    doubled = [condition("ResourceCreated"), untimed, other, condition("Running", "False")]
    assert mended({**RUNNING, "conditions": doubled}, CREATED)["conditions"] == [
        condition("ResourceCreated"),
        condition("Running"),
        other,
    ]


@having(task_statuses())
def test_mending_a_mended_status_changes_nothing(status):
    once = mended(status, CREATED)
    assert mended(once, CREATED) == once


@having(task_statuses())
def test_a_mended_status_is_consistent(status):
    once = mended(status, CREATED)
    if not once:
        return
    assert moment(once["startTime"])
    assert once["phase"] in ("Pending", "Running", "Succeeded", "Failed")
    assert "completionTime" not in once or once["phase"] in ("Succeeded", "Failed")
    if once["phase"] == "Running":
        assert (condition_of({"status": once}, "Running") or {})["status"] == "True"


@having(st.sampled_from([*RUNNING]))
def test_every_removed_field_is_restored_unless_it_is_read_from_objects(field):
    looked_up = ("podStatuses", "serviceStatuses", "partyTaskStatus", "allocatedPorts")
    back = mended(without(RUNNING, field), CREATED)
    assert set(back) >= set(RUNNING) - set(looked_up)
    if field != "conditions":
        assert without(back, *looked_up) == without(RUNNING, *looked_up)
