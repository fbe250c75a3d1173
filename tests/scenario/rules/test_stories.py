"""Each rule of a table passes one history and finds what is wrong in another."""

from datetime import timedelta

import pytest

from kuscia_conformance.environment.journal import Version
from kuscia_conformance.features.rules import rules
from kuscia_conformance.kube.kuscia import KUSCIA_TASKS, TASK_NAMESPACE, TASK_RESOURCE_GROUPS
from kuscia_conformance.kube.objects import PODS, time_text
from kuscia_conformance.scenario.rules import JUDGES, judge
from kuscia_conformance.scenario.rules.story import Story
from tests.scenario.made import T

PARTIES = [{"domainID": "alice"}]


def clock(seconds):
    return time_text(T + timedelta(seconds=seconds))


def status(phase, now, **more):
    """Returns a status that was written at a second, with what every status has."""
    return {"phase": phase, "startTime": clock(1), "lastReconcileTime": clock(now), **more}


def story(*statuses, seen=None, virtual=True):
    """Returns the story of a task with statuses of their lastReconcileTime; `seen` is later."""
    found = [_task(0, 1, {})]
    for number, each in enumerate(statuses, start=2):
        at = (seen or {}).get(number - 2)
        found.append(_task(at, number, each))
    return Story(found, [], T, T + timedelta(seconds=30), virtual=virtual)


def _task(at, number, given):
    reconciled = given.get("lastReconcileTime", clock(0))
    written = next(T + timedelta(seconds=s) for s in range(60) if clock(s) == reconciled)
    metadata = {
        "name": "psi",
        "namespace": TASK_NAMESPACE,
        "uid": "1",
        "creationTimestamp": clock(0),
        "resourceVersion": str(number),
        "managedFields": [{"manager": "c", "time": reconciled, "fieldsV1": {"f:status": {}}}],
    }
    obj = {"metadata": metadata, "spec": {"parties": PARTIES}, "status": given}
    event = "ADDED" if number == 1 else "MODIFIED"
    moment = written if at is None else T + timedelta(seconds=at)
    return Version(moment, event, KUSCIA_TASKS, obj, obj)


PENDING, RUNNING = status("Pending", 1), status("Running", 4)
SUCCEEDED = status("Succeeded", 8, completionTime=clock(8))
TRUE = {"type": "Running", "status": "True", "lastTransitionTime": clock(4)}
FALSE = {**TRUE, "status": "False", "lastTransitionTime": clock(8)}
DATED_ANEW = {**TRUE, "lastTransitionTime": clock(8)}
WITH_CONDITION = status("Running", 4, conditions=[TRUE])
ENTRIES = [{"domainID": "alice", "phase": "Running"}]
DONE = [{"domainID": "alice", "phase": "Succeeded"}]
ALL = [{**TRUE, "type": kind} for kind in ("ResourceCreated", "Running", "Success")]
LATE = [{**ALL[0], "lastTransitionTime": clock(8)}]
ALL_TRUE = status("Succeeded", 8, conditions=ALL, completionTime=clock(8))
POD = {"alice/psi-0": {"podPhase": "Pending"}}
STORIES = [
    ("phase goes forward", [PENDING, RUNNING], [RUNNING, status("Pending", 8)]),
    ("final phase stays", [SUCCEEDED, SUCCEEDED], [SUCCEEDED, status("Failed", 9)]),
    ("startTime stays", [PENDING, RUNNING], [PENDING, {**RUNNING, "startTime": clock(4)}]),
    (
        "startTime is when the task was first handled",
        [PENDING],
        [{**RUNNING, "startTime": clock(0)}],
    ),
    (
        "completionTime only with a final phase",
        [RUNNING],
        [status("Running", 4, completionTime=clock(4))],
    ),
    ("completionTime follows the final phase", [SUCCEEDED], [status("Succeeded", 8)]),
    (
        "completionTime stays",
        [SUCCEEDED, status("Succeeded", 9, completionTime=clock(8))],
        [SUCCEEDED, status("Succeeded", 9, completionTime=clock(9))],
    ),
    (
        "each party has one entry",
        [status("Running", 4, partyTaskStatus=ENTRIES)],
        [status("Running", 4, partyTaskStatus=ENTRIES * 2)],
    ),
    (
        "conditions have one form",
        [WITH_CONDITION],
        [status("Running", 4, conditions=[TRUE, TRUE])],
    ),
    (
        "conditions stay True",
        [WITH_CONDITION, status("Running", 8, conditions=[TRUE])],
        [WITH_CONDITION, status("Running", 8, conditions=[FALSE])],
    ),
    (
        "conditions are dated by their change",
        [WITH_CONDITION, status("Running", 8, conditions=[FALSE])],
        [WITH_CONDITION, status("Running", 8, conditions=[DATED_ANEW])],
    ),
    (
        "entries of pods stay",
        [status("Pending", 1, podStatuses=POD), status("Running", 4, podStatuses=POD)],
        [status("Pending", 1, podStatuses=POD), status("Running", 4, podStatuses={})],
    ),
    (
        "entries of services stay",
        [status("Pending", 1, serviceStatuses=POD), status("Running", 4, serviceStatuses=POD)],
        [status("Pending", 1, serviceStatuses=POD), status("Running", 4)],
    ),
    ("conditions of a Succeeded task", [ALL_TRUE], [status("Succeeded", 8, conditions=[TRUE])]),
    ("order of conditions", [ALL_TRUE], [status("Succeeded", 8, conditions=ALL[::-1][:2] + LATE)]),
    ("Success only when Succeeded", [WITH_CONDITION], [status("Running", 8, conditions=ALL)]),
    (
        "parties of a Succeeded task",
        [status("Succeeded", 8, partyTaskStatus=DONE)],
        [status("Succeeded", 8, partyTaskStatus=ENTRIES)],
    ),
]


def found(name, told):
    [rule] = [each for each in rules().values() if each.name == name]
    return judge(told)[rule.id]


@pytest.mark.parametrize(("name", "right", "wrong"), STORIES, ids=[name for name, *_ in STORIES])
def test_a_rule_passes_what_keeps_it_and_finds_what_breaks_it(name, right, wrong):
    assert found(name, story(*right)).breaches == []
    assert len(found(name, story(*wrong)).breaches) == 1


def _group(at):
    metadata = {"name": "psi", "uid": "g", "resourceVersion": str(100 + at)}
    obj = {"metadata": metadata, "spec": {}, "status": {"lastTransitionTime": clock(at)}}
    return Version(T + timedelta(seconds=at), "MODIFIED", TASK_RESOURCE_GROUPS, obj, obj)


@pytest.mark.parametrize(("written", "breaches"), [(6, 0), (20, 1)])
def test_a_group_that_is_written_though_nothing_changes_is_not_at_rest(written, breaches):
    seen = [*story(PENDING, RUNNING).seen, _group(5), _group(written)]
    looks = judge(Story(seen, [], T, T + timedelta(seconds=30), virtual=True))
    assert len(looks["rule-quiet-at-rest"].breaches) == breaches


def test_a_suspended_rule_looks_at_nothing():
    told = story(SUCCEEDED, status("Failed", 9))
    assert "rule-final-phase-stays" in judge(told)
    assert "rule-final-phase-stays" not in judge(told, {"rule-final-phase-stays": "why"})


def test_every_rule_has_a_function():
    assert set(JUDGES) == {rule.name for rule in rules().values()}


NOW = "lastReconcileTime moves with the status"


def test_a_watch_that_is_late_on_a_real_clock_is_not_the_controllers_fault():
    late = story(PENDING, RUNNING, SUCCEEDED, seen={1: 20, 2: 20}, virtual=False)
    assert found(NOW, late).breaches == []


def test_a_time_that_is_older_than_the_write_before_is_wrong_on_a_real_clock():
    old = {**SUCCEEDED, "lastReconcileTime": clock(2)}
    told = story(PENDING, RUNNING, old, seen={2: 8}, virtual=False)
    assert len(found(NOW, told).breaches) == 1


def test_versions_of_kinds_whose_watches_differ_are_in_the_order_of_their_writes():
    metadata = {"name": "psi-0", "namespace": "alice", "uid": "2", "resourceVersion": "2"}
    pod = {"metadata": metadata, "spec": {"nodeName": "n"}}
    seen = Version(T + timedelta(seconds=20), "ADDED", PODS, pod, pod)
    told = Story([_task(None, 3, RUNNING), seen], [], T, T + timedelta(seconds=30))
    assert [(each.resource, each.at) for each in told.versions] == [
        (PODS, T + timedelta(seconds=4)),
        (KUSCIA_TASKS, T + timedelta(seconds=4)),
    ]
