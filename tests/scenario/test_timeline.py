"""The timeline in the text of a failure: what happened, when, and who did it."""

from datetime import timedelta

from kuscia_conformance.clusters.borrowed_nodes import SLOT
from kuscia_conformance.environment.journal import Journal
from kuscia_conformance.kube.kuscia import DOMAIN_LABEL
from kuscia_conformance.scenario.history import Act, History
from kuscia_conformance.scenario.names import Names
from kuscia_conformance.scenario.timeline import FLOOD, floods, timeline
from tests.scenario.made import T, node, pod, service, task


def told(*versions, acts=()):
    history = History(Journal(now=lambda: T), Names("bcdfgh"))
    history.versions = [*versions]
    history.acts = [Act(T + timedelta(seconds=at), text) for at, text in acts]
    return timeline(history)


def condition(kind, status):
    return {"type": kind, "status": status}


def test_what_the_suite_does_is_marked_and_comes_before_what_follows_from_it():
    lines = told(
        task(0),
        pod(1, "psi-0", phase="Running"),
        pod(2, "psi-0", event="DELETED", phase="Running"),
        acts=[
            (0, 'the task "psi" is created'),
            (2, 'the pod "alice/psi-0" is deleted by somebody'),
        ],
    )
    assert lines == [
        '  +0.00  [suite] the task "psi" is created',
        "  +0.00  task psi created",
        "  +1.00  pod alice/psi-0 created, Running",
        '  +2.00  [suite] the pod "alice/psi-0" is deleted by somebody',
        "  +2.00  pod alice/psi-0 deleted",
    ]


def test_a_new_task_is_told_with_its_parties_and_how_it_is_scheduled():
    parties = [{"domainID": "alice", "role": "host"}, {"domainID": "bob"}]
    new = task(0)
    new.object["spec"] = {"parties": parties, "scheduleConfig": {"minReservedMembers": 2}}
    assert told(new) == [
        "  +0.00  task psi created for alice as host, bob (minReservedMembers 2)",
    ]


def test_one_line_tells_what_a_version_has_changed_in_a_status():
    created, running = condition("ResourceCreated", "True"), condition("Running", "True")
    lines = told(
        task(0),
        task(1, phase="Pending", startTime="a", conditions=[created]),
        task(2, phase="Running", startTime="b", conditions=[created, running]),
        task(3, phase="Running", startTime="b", conditions=[{**created, "status": "False"}]),
        task(4, phase="Failed", reason="Why", message="said", startTime="b", conditions=[]),
    )
    assert lines == [
        "  +0.00  task psi created",
        "  +1.00  task psi Pending; ResourceCreated True",
        "  +2.00  task psi Running; Running True; startTime a → b",
        "  +3.00  task psi ResourceCreated False; Running removed",
        "  +4.00  task psi Failed: Why said; ResourceCreated removed",
    ]


def test_a_write_that_changes_neither_phase_nor_conditions_is_told_by_its_fields():
    lines = told(task(0), task(1, podStatuses={"a": {}}), task(2, podStatuses={"a": {}}))
    assert lines[1:] == [
        "  +1.00  task psi written: podStatuses",
        "  +2.00  task psi written: nothing in its status",
    ]


def test_a_text_that_comes_often_stands_once_with_its_count():
    flapping = [task(0.1 * n, phase=("Running", "Pending")[n % 2]) for n in range(1, 9)]
    assert told(task(0), *flapping) == [
        "  +0.00  task psi created",
        "  +0.10  task psi Pending  (×4, the last at +0.70)",
        "  +0.20  task psi Running  (×4, the last at +0.80)",
    ]


def test_the_life_of_a_pod():
    ended = {"terminated": {"exitCode": 3, "message": "boom"}}
    ready = [condition("Ready", "True")]
    lines = told(
        task(0),
        pod(1, "psi-0", phase="Pending"),
        pod(2, "psi-0", phase="Pending", node="n1"),
        pod(3, "psi-0", phase="Running", node="n1", conditions=ready),
        pod(4, "psi-0", phase="Running", node="n1", conditions=[]),
        pod(5, "psi-0", phase="Running", node="n1", deleted=True),
        pod(6, "psi-0", phase="Failed", node="n1", containerStatuses=[{"state": ended}]),
        pod(7, "psi-0", event="DELETED", phase="Failed"),
        pod(8, "psi-0", phase="Pending"),
    )
    assert lines[1:] == [
        "  +1.00  pod alice/psi-0 created, Pending",
        "  +2.00  pod alice/psi-0 bound to n1",
        "  +3.00  pod alice/psi-0 Running; ready",
        "  +4.00  pod alice/psi-0 no longer ready",
        "  +5.00  pod alice/psi-0 told to end",
        "  +6.00  pod alice/psi-0 Failed: exit code 3, boom",
        "  +7.00  pod alice/psi-0 deleted",
        "  +8.00  pod alice/psi-0 created again, Pending",
    ]


def test_objects_of_which_the_same_is_told_at_a_time_share_a_line():
    services = [service(0.001 * n, f"s{n}") for n in range(8)]
    six = "alice/s0, alice/s1, alice/s2, alice/s3, alice/s4, alice/s5"
    assert told(task(0), *services, service(1, "late")) == [
        "  +0.00  task psi created",
        f"  +0.00  services {six}, 2 more created",
        "  +1.00  service alice/late created",
    ]


def test_what_becomes_of_a_node():
    serving = {DOMAIN_LABEL: "bob"}
    first = {"conditions": [condition("Ready", "True")], "allocatable": {SLOT: "1", "cpu": "4"}}
    lines = told(
        node(0, labels=serving, **first),
        node(1, labels=serving, **{**first, "allocatable": {SLOT: "0", "cpu": "2"}}),
        node(2, labels=serving, cordoned=True, taints=[{"key": "x"}]),
        node(3),
        node(4, event="DELETED"),
        node(5),
    )
    assert lines == [
        "  +1.00  node n1 room: 1 → 0",
        "  +1.00  node n1 cpu: 4 → 2",
        "  +2.00  node n1 cpu: 2 → none",
        "  +2.00  node n1 ready: yes → no",
        "  +2.00  node n1 cordoned: no → yes",
        "  +2.00  node n1 taints: none → x",
        "  +3.00  node n1 cordoned: yes → no",
        "  +3.00  node n1 taints: x → none",
        "  +3.00  node n1 domain: bob → none",
        "  +4.00  node n1 deleted",
        "  +5.00  node n1 created again",
    ]


def test_a_flood_of_writes_is_called_so():
    writes = [task(0.05 * n) for n in range(FLOOD)]
    flood = f"a flood of writes: task psi was written {FLOOD} times in {0.05 * (FLOOD - 1):.1f} s"
    assert floods(writes) == [flood]
    assert floods(writes[1:]) == []
    assert floods([task(n) for n in range(FLOOD)]) == []
    assert floods([node(0.05 * n) for n in range(FLOOD)]) == []
