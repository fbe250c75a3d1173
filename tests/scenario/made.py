"""Versions of objects, made for tests of what is told of them."""

from datetime import UTC, datetime, timedelta

from kuscia_conformance.environment.journal import Version
from kuscia_conformance.kube.kuscia import KUSCIA_TASKS, TASK_NAMESPACE
from kuscia_conformance.kube.objects import NODES, PODS, SERVICES

T = datetime(2024, 1, 1, tzinfo=UTC)


def version(resource, seconds, event, obj):
    """Returns a version that was seen so many seconds after T."""
    return Version(T + timedelta(seconds=seconds), event, resource, obj, obj)


def task(seconds, *, event="MODIFIED", **status):
    metadata = {"name": "psi", "namespace": TASK_NAMESPACE}
    return version(KUSCIA_TASKS, seconds, event, {"metadata": metadata, "status": status})


def pod(seconds, name, *, event="MODIFIED", node=None, deleted=False, **status):
    metadata = {"name": name, "namespace": "alice"}
    if deleted:
        metadata["deletionTimestamp"] = "2024-01-01T00:00:00Z"
    obj = {"metadata": metadata, "spec": {"nodeName": node}, "status": status}
    return version(PODS, seconds, event, obj)


def service(seconds, name, *, event="ADDED"):
    return version(SERVICES, seconds, event, {"metadata": {"name": name, "namespace": "alice"}})


def node(seconds, *, event="MODIFIED", labels=None, cordoned=None, taints=(), **status):
    spec = {"unschedulable": cordoned, "taints": [*taints]}
    obj = {"metadata": {"name": "n1", "labels": labels or {}}, "spec": spec, "status": status}
    return version(NODES, seconds, event, obj)
