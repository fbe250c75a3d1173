"""Builders for pods, containers and nodes, and for points in time.

`at(seconds)` is a time relative to START. Keyword arguments replace or add fields of the objects.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from kuscia_conformance.simulated_nodes import nodes
from kuscia_conformance.simulated_nodes.exit_order import ORDER

START = datetime(2026, 1, 1, tzinfo=UTC)
SLOT = "conformance.kuscia.secretflow/slot"


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def container(name="app", command=("sleep", "600"), **fields: Any):
    return {"name": name, "image": "busybox:1.36", "command": list(command), **fields}


def pod(*containers, metadata=None, order="", **spec: Any):
    """Returns a pod bound to `simulated-1`; `order` is an exit order, `spec` adds fields."""
    annotations = {"annotations": {ORDER: order}} if order else {}
    return {
        "metadata": {
            "name": "psi-0",
            "namespace": "alice",
            "uid": "u-1",
            **annotations,
            **(metadata or {}),
        },
        "spec": {
            "nodeName": "simulated-1",
            "restartPolicy": "Never",
            "containers": list(containers) or [container()],
            **spec,
        },
        "status": {"phase": "Pending"},
    }


def asking(**requests):
    """Returns a pod whose container requests these resources."""
    return pod(container(resources={"requests": requests}))


def node(labels=None, taints=(), **allocatable):
    """Returns a simulated node; keyword arguments replace its allocatable resources."""
    made = nodes.node("simulated-1", 0, START, "v1.34.4")
    made["metadata"]["labels"] |= labels or {}
    made["spec"]["taints"] = list(taints)
    made["status"]["allocatable"] = {**made["status"]["allocatable"], **allocatable}
    return made


def deleted(grace=30):
    return {"deletionTimestamp": "2026-01-01T00:00:30Z", "deletionGracePeriodSeconds": grace}
