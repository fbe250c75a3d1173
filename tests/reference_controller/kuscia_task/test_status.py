"""Tests the entries of pods and services in the status of a task."""

import pytest

from reference_controller.kuscia_task import status
from tests.reference_controller.kuscia_task.given import ended, waiting

CREATED, STARTED, READY = (f"2024-01-01T00:00:0{second}Z" for second in (1, 2, 3))
KNOWN = {"podName": "psi-0", "namespace": "alice", "podPhase": "Pending"}


def pod(phase="Running", *containers, node="n1", conditions=(), deleted=False, **fields):
    deletion = {"deletionTimestamp": READY} if deleted else {}
    return {
        "metadata": {
            "name": "psi-0",
            "namespace": "alice",
            "creationTimestamp": CREATED,
            **deletion,
        },
        "spec": {"nodeName": node} if node else {},
        "status": {
            "phase": phase,
            "containerStatuses": list(containers),
            "conditions": list(conditions),
            **fields,
        },
    }


READY_TRUE = {"type": "Ready", "status": "True", "lastTransitionTime": READY}
READY_FALSE = {"type": "Ready", "status": "False", "lastTransitionTime": "2024-01-01T00:00:09Z"}
UNSCHEDULABLE = {
    "type": "PodScheduled",
    "status": "False",
    "reason": "Unschedulable",
    "message": "no room",
}


@pytest.mark.parametrize(
    ("seen", "entry"),
    [
        pytest.param(
            pod("Pending", node=None),
            {"podPhase": "Pending", "createTime": CREATED},
            id="unbound",
        ),
        pytest.param(
            pod("Pending", node=None, conditions=[UNSCHEDULABLE]),
            {
                "podPhase": "Pending",
                "createTime": CREATED,
                "reason": "Unschedulable",
                "message": "no room",
            },
            id="unschedulable",
        ),
        pytest.param(
            pod("Pending", waiting("ErrImagePull", 'no "x"')),
            {
                "podPhase": "Pending",
                "createTime": CREATED,
                "nodeName": "n1",
                "reason": "ErrImagePull",
                "message": r'container[app] waiting state reason: "ErrImagePull",'
                r' message: "no \"x\""',
            },
            id="a container is waiting",
        ),
        pytest.param(
            pod("Running", startTime=STARTED, conditions=[READY_TRUE]),
            {
                "podPhase": "Running",
                "createTime": CREATED,
                "startTime": STARTED,
                "readyTime": READY,
                "nodeName": "n1",
            },
            id="ready",
        ),
        pytest.param(
            pod("Failed", ended(3, "boom\n")),
            {
                "podPhase": "Failed",
                "createTime": CREATED,
                "nodeName": "n1",
                "reason": "Error",
                "terminationLog": r'container[app] terminated state reason "Error",'
                r' message: "boom\n"',
            },
            id="failed",
        ),
        pytest.param(
            pod("Failed", ended(0, name="one"), ended(1, "boom", name="two")),
            {
                "podPhase": "Failed",
                "createTime": CREATED,
                "nodeName": "n1",
                "reason": "Error",
                "terminationLog": 'container[two] terminated state reason "Error", message: "boom"',
            },
            id="the log of the container that failed",
        ),
        pytest.param(
            pod("Failed", reason="Evicted", message="disk is full"),
            {
                "podPhase": "Failed",
                "createTime": CREATED,
                "nodeName": "n1",
                "reason": "Evicted",
                "message": "disk is full",
            },
            id="the reason of the pod overrides others",
        ),
        pytest.param(
            None,
            {"podPhase": "Failed", "reason": "PodNotExist", "message": "Does not find the pod"},
            id="the pod does not exist",
        ),
        pytest.param(
            pod("Running", deleted=True),
            {
                "podPhase": "Failed",
                "createTime": CREATED,
                "nodeName": "n1",
                "reason": "PodDeleted",
                "message": "The pod was deleted before it had ended",
            },
            id="deleted by another client",
        ),
    ],
)
def test_a_pod_entry_is_derived_from_the_pod(seen, entry):
    assert status.pod_entry(KNOWN, seen) == {"podName": "psi-0", "namespace": "alice", **entry}


def test_a_restarted_container_reports_its_last_termination():
    last = {"name": "app", "state": {"running": {}}, "lastState": ended(1, "boom")["state"]}
    entry = status.pod_entry(KNOWN, pod("Running", last))
    assert entry["terminationLog"] == (
        'container[app] last terminated state reason "Error", message: "boom"'
    )


def test_times_once_known_stay_in_a_pod_entry():
    ready = status.pod_entry(KNOWN, pod("Running", startTime=STARTED, conditions=[READY_TRUE]))
    done = status.pod_entry(ready, pod("Succeeded", ended(0), conditions=[READY_FALSE]))
    assert done["readyTime"] == READY
    assert done["startTime"] == STARTED
    assert done["reason"] == "Completed"


@pytest.mark.parametrize("gone", [None, pod("Running"), pod("Failed", ended(143), deleted=True)])
def test_the_entry_of_a_pod_that_has_ended_stays(gone):
    done = {**KNOWN, "podPhase": "Succeeded", "reason": "Completed"}
    assert status.pod_entry(done, gone) == done


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("plain ä", '"plain ä"'),
        ('a "b" \\ \n\t', r'"a \"b\" \\ \n\t"'),
        ("\x00\x1b\x7f", r'"\x00\x1b\x7f"'),
        ("\u200b\U000e0001", r'"\u200b\U000e0001"'),
    ],
)
def test_texts_are_quoted_as_by_go(text, quoted):
    assert status.quoted(text) == quoted


SERVICE = {
    "metadata": {
        "name": "psi-0-fed",
        "namespace": "alice",
        "creationTimestamp": CREATED,
        "labels": {"kuscia.secretflow/port-scope": "Cluster"},
        "ownerReferences": [{"name": "psi-0"}],
    },
    "spec": {"ports": [{"name": "fed", "port": 8080}]},
}
ENTRY = {
    "namespace": "alice",
    "serviceName": "psi-0-fed",
    "portName": "fed",
    "portNumber": 8080,
    "scope": "Cluster",
    "createTime": CREATED,
}


def test_a_service_entry_is_derived_from_the_service():
    assert status.new_service_entry(SERVICE, {"alice/psi-0": KNOWN}) == ENTRY


def test_the_ready_time_of_a_service_is_that_of_its_pod():
    pods = {"alice/psi-0": {**KNOWN, "readyTime": READY}}
    assert status.service_entry(ENTRY, SERVICE, pods) == {**ENTRY, "readyTime": READY}


def test_the_entry_of_a_deleted_service_keeps_its_fields():
    assert status.service_entry(ENTRY, None, {}) == {
        **ENTRY,
        "reason": "ServiceNotExist",
        "message": "Does not find the service",
    }
