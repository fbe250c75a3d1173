"""Tests for every transition when it applies and what it writes."""

from dataclasses import replace

import pytest
from hypothesis import given as having
from hypothesis import strategies as st

from kuscia_conformance.kube.kuscia import KUSCIA_TASKS, TASK_RESOURCE_GROUPS
from kuscia_conformance.kube.objects import (
    CONFIG_MAPS,
    PODS,
    SERVICES,
    condition_of,
    key_of,
    time_text,
)
from reference_controller.actions import Create, Delete, PatchStatus
from reference_controller.kuscia_task.seen import Phase
from reference_controller.kuscia_task.transitions import DEADLINES, MACHINE, TRANSITIONS
from reference_controller.task_resource.changes import RETRY_AFTER_RESERVED
from tests.reference_controller.kuscia_task import given
from tests.reference_controller.kuscia_task.given import S, T, pod_status, with_group, with_pods

NOW = time_text(T)
LIFE = {"scheduleConfig": {"lifecycleSeconds": 22}}
CONFIGURED = given.app_image(
    templates=[
        {
            "spec": {
                "containers": [
                    given.container(configVolumeMounts=[{"mountPath": "/c", "subPath": "c"}])
                ]
            }
        }
    ],
    configTemplates={"c": "{{.TASK_ID}}"},
)
FAILED = pod_status("Failed", containerStatuses=[given.ended(3, "boom")])
DONE = pod_status("Succeeded", containerStatuses=[given.ended(0)])
EXPIRED = {"conditions": [{"type": "TaskResourceGroupExpired", "status": "True"}]}


def condition(status, kind):
    return (condition_of({"status": status}, kind) or {}).get("status")


def taken(seen):
    """Returns the name of the decided transition, and the actions of its only stage."""
    decision = MACHINE.decide(seen)
    assert decision is not None
    name, [actions] = decision[0], decision[1].stages
    return name, list(actions)


def decided(seen):
    decision = MACHINE.decide(seen)
    return decision[0] if decision else None


def written(seen):
    """Returns the name of the decided transition, and the status that it writes."""
    name, [action] = taken(seen)
    assert isinstance(action, PatchStatus)
    return name, action.status


def at(seen, second):
    return replace(seen, now=T + second * S)


def without(seen, *kinds):
    return replace(seen, **dict.fromkeys(kinds, ()))


@pytest.mark.parametrize(
    ("seen", "transition"),
    [
        pytest.param(given.new(), "accept", id="new"),
        pytest.param(given.new(image=given.app_image("other")), "accept", id="new, image missing"),
        pytest.param(
            given.accepted(scheduleConfig={"minReservedMembers": 3}), "refuse", id="contradiction"
        ),
        pytest.param(
            given.accepted(image=given.app_image("other")), "await_missing", id="image missing"
        ),
        pytest.param(
            at(given.accepted(image=given.app_image("other"), **LIFE), 22),
            "expire_waiting",
            id="image missing for too long",
        ),
        pytest.param(given.accepted(), "create_pods", id="accepted"),
        pytest.param(
            replace(given.accepted(), predecessor=True), None, id="a predecessor's pods still end"
        ),
        pytest.param(
            replace(without(given.made(), "services"), group=None),
            "create_what_pods_own",
            id="pods created",
        ),
        pytest.param(replace(given.made(), group=None), "create_group", id="services created"),
        pytest.param(given.made(), "record", id="everything created"),
        pytest.param(given.pending(), None, id="waits for its pods"),
        pytest.param(with_group(given.pending(), "Reserved"), None, id="reserved"),
        pytest.param(
            with_pods(given.pending(), pod_status("Running"), {}), "start", id="one pod runs"
        ),
        pytest.param(with_pods(given.pending(), DONE, DONE), "start", id="all pods are done"),
        pytest.param(replace(given.pending(), group=None), "fail_without_group", id="group gone"),
        pytest.param(with_group(given.pending(), "Failed"), "fail_with_group", id="group failed"),
        pytest.param(with_pods(given.pending(), None, {}), "fail", id="an unbound pod is deleted"),
        pytest.param(
            with_pods(given.pending(), {}, pod_status("Pending")), "refresh", id="a pod is bound"
        ),
        pytest.param(given.running(), None, id="pods run"),
        pytest.param(given.running(phases=("Running", "Pending")), "refresh", id="one still waits"),
        pytest.param(given.running(phases=("Running", "Failed")), "fail", id="a pod failed"),
        pytest.param(given.running(phases=("Succeeded", "Succeeded")), "succeed", id="all done"),
        pytest.param(
            with_group(given.running(), "Failed"), "fail_with_group", id="group failed late"
        ),
        pytest.param(
            replace(given.running(), group=None), "fail_without_group", id="group deleted"
        ),
        pytest.param(
            replace(given.pending(), leftovers=((PODS, given.pending().pods[0]),)),
            "clear",
            id="leftovers of a predecessor",
        ),
        pytest.param(
            replace(given.new(), task=None, leftovers=((PODS, given.pending().pods[0]),)),
            "clear",
            id="leftovers of a deleted task",
        ),
    ],
)
def test_each_state_leads_to_its_transition(seen, transition):
    assert decided(seen) == transition


def test_every_phase_is_in_the_table_of_transitions():
    assert set(TRANSITIONS) == set(Phase)
    assert set(DEADLINES) <= set(Phase)


def test_an_unknown_phase_is_restored():
    seen = given.pending()
    odd = replace(seen, task={**seen.task, "status": {**seen.status, "phase": "Odd"}})
    assert decided(odd) == "restore"
    assert written(odd)[1] == seen.status


def test_a_task_is_accepted_with_its_ports():
    _, status = written(given.new(given.party("alice", "host")))
    [ports] = status["allocatedPorts"]
    assert (ports["domainID"], ports["role"]) == ("alice", "host")
    assert ports["namedPort"]["psi-host-0/fed"] == 8080
    assert status == {
        "phase": "Pending",
        "startTime": NOW,
        "lastReconcileTime": NOW,
        "allocatedPorts": [ports],
        "conditions": [{"type": "PortsAllocated", "status": "True", "lastTransitionTime": NOW}],
    }


def test_a_missing_app_image_is_reported_and_later_used():
    waits = given.accepted(image=given.app_image("other"))
    _, status = written(waits)
    [condition] = status["conditions"]
    assert condition["type"] == "ResourceCreated"
    assert condition["status"] == "False"
    assert condition["reason"] == "AppImageNotFound"
    assert condition["message"] == 'AppImage "image" of party alice not found'
    told = replace(waits, task={**waits.task, "status": status})
    assert decided(told) is None
    assert decided(replace(told, app_images={"image": given.app_image()})) == "allocate_ports"


def test_a_task_that_expires_names_the_missing_app_image():
    seen = given.accepted(image=given.app_image("other"), **LIFE)
    _, status = written(at(seen, 22))
    assert status["phase"] == "Failed"
    assert status["reason"] == "AppImageNotFound"
    assert status["message"] == (
        "The task was not scheduled within 22 seconds of its entire lifecycle:"
        ' AppImage "image" of party alice not found'
    )
    assert status["completionTime"] == time_text(T + 22 * S)
    assert {entry["phase"] for entry in status["partyTaskStatus"]} == {"Failed"}


def test_a_contradictory_spec_fails_the_task():
    _, status = written(given.accepted(scheduleConfig={"minReservedMembers": 3}))
    assert status["reason"] == "InvalidSpec"
    assert status["message"] == "minReservedMembers is 3, but the task has 2 parties"
    assert condition(status, "Success") == "False"


def created(seen):
    _, actions = taken(seen)
    creates = [action for action in actions if isinstance(action, Create)]
    assert creates == actions
    return [(action.resource, key_of(action.object)) for action in creates]


def test_pods_are_created_first():
    assert created(given.accepted(image=CONFIGURED)) == [
        (PODS, "alice/psi-0"),
        (PODS, "bob/psi-0"),
    ]


def test_services_and_config_maps_are_created_after_the_pods():
    made = given.made(image=CONFIGURED)
    assert created(replace(made, services=(), config_maps=(), group=None)) == [
        (SERVICES, "alice/psi-0-fed"),
        (SERVICES, "alice/psi-0-global"),
        (SERVICES, "bob/psi-0-fed"),
        (SERVICES, "bob/psi-0-global"),
        (CONFIG_MAPS, "alice/psi-0-config"),
        (CONFIG_MAPS, "bob/psi-0-config"),
    ]


def test_the_group_is_created_last():
    assert created(replace(given.made(), group=None)) == [(TASK_RESOURCE_GROUPS, "psi")]


def test_only_missing_objects_are_created():
    made = given.made()
    rest = replace(made, pods=made.pods[:1], services=(), group=None)
    assert created(rest) == [(PODS, "bob/psi-0")]


def test_created_objects_are_recorded_in_the_status():
    _, status = written(given.made())
    assert [c["type"] for c in status["conditions"]] == ["PortsAllocated", "ResourceCreated"]
    assert status["podStatuses"]["bob/psi-0"] == {
        "podName": "psi-0",
        "namespace": "bob",
        "podPhase": "Pending",
        "createTime": NOW,
    }
    assert set(status["serviceStatuses"]) == {
        f"{domain}/psi-0-{port}" for domain in ("alice", "bob") for port in ("fed", "global")
    }
    assert status["partyTaskStatus"] == [
        {"domainID": "alice", "phase": "Pending"},
        {"domainID": "bob", "phase": "Pending"},
    ]


def test_phase_running_and_its_condition_are_written_together():
    _, status = written(with_pods(given.pending(), pod_status("Running"), {}))
    assert status["phase"] == "Running"
    assert condition(status, "Running") == "True"
    assert [entry["phase"] for entry in status["partyTaskStatus"]] == ["Running", "Pending"]


def test_a_succeeded_task_has_its_times_and_conditions():
    _, status = written(at(given.running(phases=("Succeeded", "Succeeded")), 9))
    assert status["phase"] == "Succeeded"
    assert status["completionTime"] == status["lastReconcileTime"] == time_text(T + 9 * S)
    assert condition(status, "Success") == "True"
    assert "message" not in status
    assert {entry["podPhase"] for entry in status["podStatuses"].values()} == {"Succeeded"}


def test_a_failed_pod_fails_its_party_and_the_task():
    seen = with_pods(given.running(), pod_status("Running"), FAILED)
    _, status = written(seen)
    assert status["phase"] == "Failed"
    assert status["reason"] == "PartiesFailed"
    assert status["message"] == (
        "The remaining no-failed party task counts 1 are less than the task success threshold 2."
        " pending party[], running party[alice], successful party[], failed party[bob]"
        "; bob: pod psi-0 failed: Error, exit code 3, "
        'container[app] terminated state reason "Error", message: "boom"'
    )
    assert status["partyTaskStatus"] == [
        {
            "domainID": "alice",
            "phase": "Failed",
            "message": "The task failed before the party had ended",
        },
        {
            "domainID": "bob",
            "phase": "Failed",
            "message": "pod psi-0 failed: Error, exit code 3,"
            ' container[app] terminated state reason "Error", message: "boom"',
        },
    ]
    pods = status["podStatuses"]
    assert pods["bob/psi-0"]["terminationLog"].endswith('message: "boom"')
    assert (pods["alice/psi-0"]["podPhase"], pods["alice/psi-0"]["reason"]) == (
        "Failed",
        "TaskEnded",
    )
    assert condition(status, "Success") == "False"


def test_an_early_success_fails_the_remaining_parties():
    one = {"scheduleConfig": {"minReservedMembers": 1}}
    seen = with_pods(given.running(**one), DONE, pod_status("Running"))
    name, status = written(seen)
    assert name == "succeed"
    assert status["partyTaskStatus"][1] == {
        "domainID": "bob",
        "phase": "Failed",
        "message": "The task succeeded before the party had ended",
    }
    assert status["podStatuses"]["bob/psi-0"]["podPhase"] == "Failed"


def test_an_expired_group_fails_the_task_and_names_the_party_without_room():
    resources = (
        given.resource(
            "alice", {"type": "Reserved", "status": "False", "reason": RETRY_AFTER_RESERVED}
        ),
        given.resource("bob", {"type": "Reserved", "status": "False"}),
    )
    expired = with_group(given.pending(**LIFE), "Failed", **EXPIRED)
    _, status = written(replace(expired, resources=resources))
    assert status["reason"] == "LifecycleExpired"
    assert status["message"] == (
        "The task was not scheduled within 22 seconds of its entire lifecycle:"
        " party[bob] could not reserve resources"
    )


def test_the_failed_conditions_of_a_group_are_in_the_message():
    conditions = [
        {"type": "X", "status": "False", "reason": "r1"},
        {"type": "Y", "status": "True", "reason": "r2"},
        {"type": "Z", "status": "False", "reason": "r3"},
    ]
    _, status = written(with_group(given.pending(), "Failed", conditions=conditions))
    assert status["reason"] == "TaskResourceGroupPhaseFailed"
    assert status["message"] == "X failed: r1,Z failed: r3"


def late(seen, seconds=11):
    """Returns the state with a group created `seconds` after the task."""
    created = {"creationTimestamp": time_text(T + seconds * S)}
    metadata = {**seen.group["metadata"], **created}
    return replace(seen, group={**seen.group, "metadata": metadata})


@pytest.mark.parametrize("seconds", [1, 11])
def test_the_lifecycle_counts_from_the_start_of_the_task(seconds):
    """One second of delay is enough: the clock may change just before the group is created."""
    seen = late(given.pending(**LIFE), seconds)
    assert MACHINE.wake_at(seen) == T + 22 * S
    assert decided(at(seen, 21)) is None
    assert decided(at(seen, 22)) == "expire"


def test_the_controller_does_not_expire_a_group_created_with_its_task():
    seen = given.pending(**LIFE)
    assert MACHINE.wake_at(seen) is None
    assert decided(at(seen, 23)) is None


def test_a_reserved_group_does_not_expire():
    assert decided(at(with_group(late(given.pending(**LIFE)), "Reserved"), 60)) is None


def ended(phase, *statuses, **changes):
    """Returns the state of a task in its final phase."""
    seen = with_pods(given.running(image=CONFIGURED), *statuses)
    _, status = written(seen)
    assert status["phase"] == phase
    return replace(seen, task={**seen.task, "status": status}, **changes)


def deleted(seen):
    name, actions = taken(seen)
    deletes = [action for action in actions if isinstance(action, Delete)]
    assert deletes == actions
    return name, [(action.resource, key_of(action.seen)) for action in deletes]


def test_after_success_pods_and_group_are_deleted():
    assert deleted(ended("Succeeded", DONE, DONE)) == (
        "clean_up_success",
        [
            (PODS, "alice/psi-0"),
            (PODS, "bob/psi-0"),
            (TASK_RESOURCE_GROUPS, "psi"),
        ],
    )


def test_after_failure_only_pods_that_did_not_fail_are_deleted():
    seen = with_group(ended("Failed", pod_status("Running"), FAILED), "Reserved")
    assert deleted(seen) == ("clean_up_failure", [(PODS, "alice/psi-0")])


def test_after_failure_the_group_gets_the_condition_dependent_task_failed():
    seen = with_group(ended("Failed", pod_status("Running"), FAILED), "Reserving")
    name, status = written(seen)
    assert name == "fail_group"
    assert status == {
        "phase": "Failed",
        "lastTransitionTime": NOW,
        "conditions": [
            {"type": "DependentTaskFailed", "status": "True", "lastTransitionTime": NOW}
        ],
    }


def test_terminating_pods_are_not_deleted_again():
    seen = with_group(ended("Failed", pod_status("Running"), FAILED), "Reserved")
    ending = tuple(
        {**pod, "metadata": {**pod["metadata"], "deletionTimestamp": NOW}} for pod in seen.pods
    )
    assert decided(replace(seen, pods=ending)) is None


def test_a_task_that_another_client_failed_is_completed():
    seen = given.running()
    status = {**seen.status, "phase": "Failed", "reason": "KusciaJobStopped"}
    name, written_status = written(replace(seen, task={**seen.task, "status": status}))
    assert name == "complete"
    assert written_status["completionTime"] == NOW
    assert written_status["reason"] == "KusciaJobStopped"
    assert {entry["phase"] for entry in written_status["partyTaskStatus"]} == {"Failed"}


def test_leftovers_are_deleted_first():
    pod = given.pending().pods[0]
    seen = replace(given.new(), leftovers=((PODS, pod),), predecessor=True)
    assert deleted(seen) == ("clear", [(PODS, "alice/psi-0")])


PHASES = st.sampled_from(["Pending", "Running", "Succeeded", "Failed", None])


def written_by(decision):
    """Returns the task statuses that a decision writes."""
    stages = decision[1].stages if decision else ()
    actions = [action for stage in stages for action in stage]
    patches = [action for action in actions if isinstance(action, PatchStatus)]
    return [patch.status for patch in patches if patch.resource == KUSCIA_TASKS]


def any_pod(phase):
    return None if phase is None else pod_status(phase)


@having(pods=st.tuples(PHASES, PHASES), group=st.sampled_from(["", "Reserved", "Failed"]))
def test_a_finished_phase_is_never_changed(pods, group):
    for finished in (ended("Succeeded", DONE, DONE), ended("Failed", DONE, FAILED)):
        seen = with_group(with_pods(finished, *map(any_pod, pods)), group)
        assert not written_by(MACHINE.decide(seen))


@having(
    pods=st.tuples(PHASES, PHASES),
    group=st.sampled_from(["", "Reserving", "Reserved", "Failed"]),
    second=st.integers(0, 60),
)
def test_without_a_decision_the_next_wake_up_is_later(pods, group, second):
    for seen in (late(given.pending(**LIFE)), given.running(), given.accepted(**LIFE)):
        now = at(seen, second)
        if now.group:
            now = with_group(with_pods(now, *map(any_pod, pods)), group)
        due = MACHINE.wake_at(now)
        assert MACHINE.decide(now) or due is None or due > now.now


@having(pods=st.tuples(PHASES, PHASES))
def test_no_status_is_written_twice(pods):
    """A transition that writes a status does not apply to the status that it wrote."""
    seen = with_pods(given.pending(), *map(any_pod, pods))
    while (decision := MACHINE.decide(seen)) and (statuses := written_by(decision)):
        seen = replace(seen, task={**seen.task, "status": statuses[0]})
        assert decided(seen) != decision[0]
