"""Tests the decisions about a TaskResourceGroup."""

from dataclasses import replace
from typing import Any

import pytest

from kuscia_conformance.kube.objects import condition_of
from reference_controller.actions import Create, Patch, PatchStatus
from reference_controller.task_resource_group.seen import Phase, Seen
from reference_controller.task_resource_group.transitions import DEADLINES, MACHINE, TRANSITIONS
from tests.reference_controller.scheduling import S, T, group, pod, resource, statuses

#: Typed as Any, because the actions of a decision have several types and each test knows its own.
machine: Any = MACHINE

PODS = {"alice/psi-0": pod(), "bob/psi-0": pod("bob", resource="psi-b1")}
CLOSED = {"type": "TaskResourceGroupFailed", "status": "True"}


def both(alice="Reserving", bob="Reserving"):
    return (resource("alice", alice), resource("bob", bob, name="psi-b1"))


#: Pods as a task creates them: they are not assigned to a TaskResource yet.
UNCALLED = {key: pod(key.partition("/")[0], resource="") for key in PODS}
NEW = Seen(T, group(), pods=UNCALLED)
RESERVING = Seen(T, group("Reserving"), both(), PODS)
FAILED_ROUND = Seen(T, group("ReserveFailed"), both("Failed", "Failed"), PODS)


def taken(seen):
    found = machine.decide(seen)
    return (found[0], statuses(found[1])) if found else None


@pytest.mark.parametrize(
    ("seen", "decision"),
    [
        pytest.param(NEW, ("create", [("psi-a1", "Reserving"), ("psi-b1", "Reserving")]), id="new"),
        pytest.param(replace(NEW, pods={}), None, id="waits for pods"),
        pytest.param(
            replace(NEW, now=T + 22 * S),
            ("expire", [("psi", "Failed")]),
            id="expired before it was created",
        ),
        pytest.param(
            replace(NEW, group=group(minReservedMembers=3)),
            ("refuse", [("psi", "Failed")]),
            id="more members needed than parties",
        ),
        pytest.param(
            replace(NEW, group=group(initiator="")),
            ("refuse", [("psi", "Failed")]),
            id="an empty initiator",
        ),
        pytest.param(
            replace(NEW, resources=both()),
            ("begin", [("psi-0", None), ("psi-0", None), ("psi", "Reserving")]),
            id="all task resources exist",
        ),
        pytest.param(RESERVING, None, id="both parties are reserving"),
        pytest.param(
            replace(RESERVING, resources=both("Reserved")),
            None,
            id="one of two parties has reserved",
        ),
        pytest.param(
            replace(RESERVING, group=group("Reserving", since=T + S)),
            ("call", [("psi-0", None), ("psi-0", None)]),
            id="another round",
        ),
        pytest.param(
            replace(RESERVING, resources=both("Reserved", "Reserved")),
            ("reserve", [("psi", "Reserved")]),
            id="both parties have reserved",
        ),
        pytest.param(
            replace(
                RESERVING,
                group=group("Reserving", minReservedMembers=1),
                resources=both("Reserved"),
            ),
            ("reserve", [("psi", "Reserved")]),
            id="one party has reserved and one is enough",
        ),
        pytest.param(
            replace(RESERVING, resources=both("Failed", "Reserved")),
            ("give_up", [("psi-b1", "Failed"), ("psi", "ReserveFailed")]),
            id="one party has failed",
        ),
        pytest.param(
            replace(
                RESERVING, group=group("Reserving", minReservedMembers=1), resources=both("Failed")
            ),
            None,
            id="one party has failed and one is enough",
        ),
        pytest.param(
            replace(RESERVING, resources=both()[:1]),
            ("lose", [("psi", "Failed")]),
            id="one task resource is gone",
        ),
        pytest.param(
            replace(RESERVING, now=T + 22 * S, resources=both("Reserved", "Reserved")),
            ("expire", [("psi", "Failed")]),
            id="expiry before reservation",
        ),
        pytest.param(replace(FAILED_ROUND, now=T + 4 * S), None, id="retry is not due"),
        pytest.param(
            replace(FAILED_ROUND, now=T + 5.5 * S),
            ("retry", [("psi-a1", "Reserving"), ("psi-b1", "Reserving"), ("psi", "Reserving")]),
            id="retry is due",
        ),
        pytest.param(
            replace(FAILED_ROUND, now=T + 22 * S),
            ("expire", [("psi", "Failed")]),
            id="expired between rounds",
        ),
        pytest.param(
            Seen(T, group("Failed"), both("Reserved", "Failed")),
            ("close", [("psi-a1", "Failed"), ("psi", "Failed")]),
            id="failed with open task resources",
        ),
        pytest.param(
            Seen(T, group("Failed", conditions=[CLOSED]), both()),
            None,
            id="failed and closed",
        ),
        pytest.param(
            Seen(T + 99 * S, group("Reserved"), both()), None, id="reserved never expires"
        ),
        pytest.param(
            Seen(T + 99 * S, group("Reserved"), both()[:1], PODS),
            ("make_again", [("psi-b1", "Reserving")]),
            id="reserved, a task resource is lost and its pod is unbound",
        ),
        pytest.param(
            Seen(T, group("Reserved"), both()[:1], {**PODS, "bob/psi-0": pod("bob", node="node")}),
            None,
            id="reserved, a task resource is lost and its pod is bound",
        ),
    ],
)
def test_each_state_of_a_group_leads_to_its_transition(seen, decision):
    assert taken(seen) == decision


def test_every_phase_is_in_the_table_of_transitions():
    assert set(TRANSITIONS) == set(Phase)


@pytest.mark.parametrize("age", [0, 4, 5, 21, 22, 99])
@pytest.mark.parametrize("seen", [NEW, RESERVING, FAILED_ROUND, replace(NEW, pods={})])
def test_without_a_decision_the_next_wake_up_of_a_group_is_later(seen, age):
    later = replace(seen, now=T + age * S)
    due = machine.wake_at(later)
    assert machine.decide(later) is not None or (due is not None and due > later.now)


def test_finished_groups_have_no_deadline():
    assert Phase.RESERVED not in DEADLINES
    assert Phase.FAILED not in DEADLINES


def test_phase_reserved_and_its_conditions_are_written_together():
    _, decision = machine.decide(replace(RESERVING, resources=both("Reserved", "Reserved")))
    [[write]] = decision.stages
    assert isinstance(write, PatchStatus)
    assert write.status["completionTime"] == "2024-01-01T00:00:00Z"
    for kind in ("TaskResourcesReserved", "TaskResourcesScheduled"):
        assert (condition_of({"status": write.status}, kind) or {}).get("status") == "True"


def test_pods_get_the_reserving_timestamp_once_per_round():
    later = group("Reserving", since=T + 7 * S)
    called = {key: pod(called=T + 7 * S) for key in PODS}
    assert machine.decide(replace(RESERVING, group=later, pods=called)) is None
    uncalled = pod()
    uncalled["metadata"]["annotations"]["kuscia.secretflow/taskresource-reserving-timestamp"] = "?"
    _, decision = machine.decide(replace(RESERVING, pods={**PODS, "alice/psi-0": uncalled}))
    [[patch]] = decision.stages
    assert patch.patch["metadata"]["annotations"] == {
        "kuscia.secretflow/taskresource-reserving-timestamp": "2024-01-01T00:00:00Z"
    }


def test_groups_that_failed_together_retry_at_different_moments():
    groups = [group("ReserveFailed") for _ in range(20)]
    for number, each in enumerate(groups):
        each["metadata"]["uid"] = f"uid-{number}"
    moments = {Seen(T, each).retry_at for each in groups}
    assert len(moments) > 15
    assert all(T + 5 * S <= moment < T + 5.5 * S for moment in moments)


def test_the_moment_of_a_retry_depends_on_the_retry_count():
    groups = [group("ReserveFailed"), group("ReserveFailed")]
    for count, each in enumerate(groups):
        each["status"]["retryCount"] = count
    first, second = (Seen(T, each).retry_at for each in groups)
    assert first != second


def test_a_retry_is_counted_and_removes_the_reservations():
    seen = replace(FAILED_ROUND, now=T + 5.5 * S, group=group("ReserveFailed"))
    seen.group["status"]["retryCount"] = 1
    _, decision = machine.decide(seen)
    resources, [write] = decision.stages
    assert write.status["retryCount"] == 2
    for patch in resources:
        assert patch.patch["metadata"]["annotations"]["kuscia.secretflow/reservation"] is None


def test_a_group_without_task_resource_names_gets_them_first():
    seen = replace(
        NEW, group=group(parties=[{"domainID": "alice", "pods": []}], minReservedMembers=1)
    )
    name, decision = machine.decide(seen)
    [[patch]] = decision.stages
    assert name == "name_resources"
    assert isinstance(patch, Patch)
    [party] = patch.patch["spec"]["parties"]
    assert party["taskResourceName"].startswith("psi-")
    assert len(party["taskResourceName"]) == len("psi-") + 12
    assert machine.decide(seen)[1] == decision


def test_a_task_resource_contains_the_requests_of_its_pods():
    _, decision = machine.decide(NEW)
    create = decision.stages[0][0]
    assert isinstance(create, Create)
    assert create.object["spec"]["pods"] == [
        {"name": "psi-0", "resources": {"requests": {"conformance.kuscia.secretflow/slot": "1"}}}
    ]
    assert create.object["spec"]["minReservedPods"] == 1
    assert create.object["metadata"]["ownerReferences"][0]["uid"] == "uid-psi"


def test_task_resources_of_one_name_are_distinguished_by_namespace():
    """A user may give the task resources of two domains the same name."""
    parties = [
        {"domainID": domain, "taskResourceName": "mine", "pods": [{"name": "psi-0"}]}
        for domain in ("alice", "bob")
    ]
    seen = replace(NEW, group=group(parties=parties), resources=(resource("alice", name="mine"),))
    assert taken(seen) == ("create", [("mine", "Reserving")])
    seen = replace(seen, resources=(*seen.resources, resource("bob", name="mine")))
    _, decision = machine.decide(seen)
    uids = [
        patch.patch["metadata"]["labels"]["kuscia.secretflow/task-resource-uid"]
        for patch in decision.stages[0]
    ]
    assert uids == ["uid-alice-mine", "uid-bob-mine"]
