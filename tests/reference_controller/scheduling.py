"""Builders for the objects of scheduling: a group of alice and bob with pods, resources, nodes.

They are complete enough for the scheduling machines, and have fixed uids and times.
"""

from datetime import UTC, datetime, timedelta

from kuscia_conformance.kube.objects import time_text

T = datetime(2024, 1, 1, tzinfo=UTC)
S = timedelta(seconds=1)
SLOT = "conformance.kuscia.secretflow/slot"
P = "kuscia.secretflow/"


def pod(domain="alice", name="psi-0", *, slots="1", node=None, resource="psi-a1", called=T, **spec):
    """Returns a pod assigned to its TaskResource; `resource=""` makes a pod without one."""
    requests = {"requests": {SLOT: slots}} if slots else {}
    meta = {
        "name": name,
        "namespace": domain,
        "uid": f"uid-{domain}-{name}",
        "resourceVersion": "1",
    }
    labels = {P + "task-resource-uid": f"uid-{domain}-{resource}"} if resource else {}
    annotations = {
        P + "task-resource": resource,
        P + "taskresource-reserving-timestamp": time_text(called),
    }
    return {
        "metadata": {**meta, "labels": labels, "annotations": annotations},
        "spec": {
            "schedulerName": "kuscia-scheduler",
            "nodeSelector": {P + "namespace": domain},
            "containers": [{"name": "app", "resources": requests}],
            **({"nodeName": node} if node else {}),
            **spec,
        },
        "status": {"phase": "Pending"},
    }


def resource(
    domain="alice", phase="Reserving", *, name="psi-a1", since=T, need=1, held=None, **spec
):
    """Returns a TaskResource in this phase; `held` is its reservation as JSON."""
    annotations = {P + "task-resource-group": "psi"}
    if held:
        annotations[P + "reservation"] = held
    return {
        "metadata": {
            "name": name,
            "namespace": domain,
            "uid": f"uid-{domain}-{name}",
            "resourceVersion": "1",
            "creationTimestamp": time_text(T),
            "labels": {P + "task-resource-group-uid": "uid-psi"},
            "annotations": annotations,
        },
        "spec": {"minReservedPods": need, "resourceReservedSeconds": 3, **spec},
        "status": {"phase": phase, "lastTransitionTime": time_text(since), "conditions": []},
    }


def group(phase="", *, since=T, conditions=(), **spec):
    """Returns the TaskResourceGroup of alice and bob in this phase; `spec` replaces fields."""
    parties = [
        {"domainID": domain, "taskResourceName": name, "pods": [{"name": "psi-0"}]}
        for domain, name in (("alice", "psi-a1"), ("bob", "psi-b1"))
    ]
    status = {
        "phase": phase,
        "lastTransitionTime": time_text(since),
        "conditions": list(conditions),
    }
    return {
        "apiVersion": P + "v1alpha1",
        "kind": "TaskResourceGroup",
        "metadata": {
            "name": "psi",
            "uid": "uid-psi",
            "resourceVersion": "1",
            "creationTimestamp": time_text(T),
        },
        "spec": {
            "initiator": "alice",
            "minReservedMembers": 2,
            "resourceReservedSeconds": 3,
            "retryIntervalSeconds": 5,
            "lifecycleSeconds": 22,
            "parties": parties,
            **spec,
        },
        **({"status": status} if phase else {}),
    }


def node(name="node-1", *, slots="1", domain="alice", pods="110", ready="True", **spec):
    """Returns a node of a domain with this number of slots."""
    return {
        "metadata": {"name": name, "labels": {P + "namespace": domain}},
        "spec": spec,
        "status": {
            "allocatable": {SLOT: slots, "pods": pods, "cpu": "4"},
            "conditions": [{"type": "Ready", "status": ready}],
        },
    }


def statuses(decision):
    """Returns the name and the new phase (or None) of each object that a decision writes."""
    written = []
    for stage in decision.stages:
        for action in stage:
            obj = getattr(action, "seen", None) or getattr(action, "object", {})
            new = getattr(action, "patch", None) or getattr(action, "object", {})
            status = getattr(action, "status", None) or new.get("status") or {}
            written.append((obj["metadata"]["name"], status.get("phase")))
    return written
