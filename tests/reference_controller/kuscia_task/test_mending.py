"""Statuses that somebody else has written into: mended once and for all, whatever it was."""

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


def test_what_nobody_has_touched_stays():
    for seen in (given.accepted(), given.pending(), given.running()):
        assert mended(seen.stored, CREATED) == seen.stored


def test_a_task_that_is_not_handled_yet_has_no_status():
    assert mended({}, CREATED) == {}
    assert mended({"podStatuses": {}, "message": "hello"}, CREATED) == {}


def test_the_phase_is_the_furthest_that_the_conditions_show():
    for phase in ("Pending", "", "Nonsense"):
        assert mended({**RUNNING, "phase": phase}, CREATED) == RUNNING
    ended = {**RUNNING, "conditions": [*RUNNING["conditions"], condition("Success", "False")]}
    assert mended(ended, CREATED)["phase"] == "Failed"


def test_what_somebody_else_has_ended_has_ended():
    assert mended({**RUNNING, "phase": "Failed"}, CREATED)["phase"] == "Failed"


def test_what_had_ended_shows_in_its_parties_if_in_nothing_else():
    ended = {**without(RUNNING, "conditions"), "partyTaskStatus": PARTIES, "completionTime": FIRST}
    assert mended(ended, CREATED)["phase"] == "Succeeded"
    assert mended({**ended, "reason": "PartiesFailed"}, CREATED)["phase"] == "Failed"


def test_a_running_task_has_not_been_completed():
    assert mended({**RUNNING, "completionTime": FIRST}, CREATED) == RUNNING


def test_a_lost_start_is_that_of_the_first_condition_else_of_the_task():
    assert mended(without(RUNNING, "startTime"), CREATED) == RUNNING
    bare = without(RUNNING, "startTime", "conditions")
    assert mended(bare, CREATED)["startTime"] == CREATED
    assert mended({**bare, "startTime": "2024-01-01T00:00:60Z"}, CREATED)["startTime"] == CREATED


def test_a_running_task_has_the_conditions_that_made_it_run():
    status = mended(without(RUNNING, "conditions"), CREATED)
    assert status["conditions"] == [condition("ResourceCreated"), condition("Running")]


def test_each_condition_stands_once_and_has_a_time():
    untimed = {"type": "Running", "status": "True"}
    other = {"type": "Other", "status": "Odd"}
    doubled = [condition("ResourceCreated"), untimed, other, condition("Running", "False")]
    assert mended({**RUNNING, "conditions": doubled}, CREATED)["conditions"] == [
        condition("ResourceCreated"),
        condition("Running"),
        other,
    ]


@having(task_statuses())
def test_what_is_mended_needs_no_mending(status):
    once = mended(status, CREATED)
    assert mended(once, CREATED) == once


@having(task_statuses())
def test_what_is_mended_fits_together(status):
    once = mended(status, CREATED)
    if not once:
        return
    assert moment(once["startTime"])
    assert once["phase"] in ("Pending", "Running", "Succeeded", "Failed")
    assert "completionTime" not in once or once["phase"] in ("Succeeded", "Failed")
    if once["phase"] == "Running":
        assert (condition_of({"status": once}, "Running") or {})["status"] == "True"


@having(st.sampled_from([*RUNNING]))
def test_any_field_but_what_is_looked_up_anew_comes_back(field):
    looked_up = ("podStatuses", "serviceStatuses", "partyTaskStatus", "allocatedPorts")
    back = mended(without(RUNNING, field), CREATED)
    assert set(back) >= set(RUNNING) - set(looked_up)
    if field != "conditions":
        assert without(back, *looked_up) == without(RUNNING, *looked_up)
