"""What others say of a node: whether it is ready, its taints, and what it has of a resource.

Each change is undone by its counterpart at the end of the scenario, because other scenarios borrow
the node next.
"""

from __future__ import annotations

from datetime import datetime

from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.objects import NODES, Obj, quantity, time_text


async def set_ready(api: Api, node: str, status: str, now: datetime) -> None:
    """Writes the condition Ready of the node, as its kubelet or the node controller does."""
    condition = {
        "type": "Ready",
        "status": status,
        "reason": "TheSuiteSaysSo",
        "message": "the suite says so",
        "lastHeartbeatTime": time_text(now),
        "lastTransitionTime": time_text(now),
    }
    patch = {"status": {"conditions": [condition]}}
    await api.patch(NODES, node, None, patch, sub="status", how="strategic")


async def set_taint(api: Api, node: str, taint: Obj, *, present: bool) -> None:
    """Adds the taint to the node, or removes it; the node's other taints stay."""
    known = (await api.get(NODES, node))["spec"].get("taints") or []
    others = [each for each in known if each["key"] != taint["key"]]
    taints = [*others, taint] if present else others
    await api.patch(NODES, node, None, {"spec": {"taints": taints or None}})


def taint_of(text: str) -> Obj:
    """Returns the taint that kubectl writes as `key:effect`."""
    key, _, effect = text.partition(":")
    return {"key": key, "effect": effect}


async def set_allocatable(api: Api, node: str, resource: str, amount: str | None) -> None:
    """Sets how much of the resource pods may take; with None, they may take none.

    The capacity stays as it is where it is larger, because a node may keep some for itself.
    """
    capacity = (await api.get(NODES, node))["status"].get("capacity") or {}
    status: Obj = {"allocatable": {resource: amount}}
    if amount is None or quantity(capacity.get(resource, "0")) < quantity(amount):
        status["capacity"] = {resource: amount}
    await api.patch(NODES, node, None, {"status": status}, sub="status")


async def set_label(api: Api, node: str, key: str, value: str | None) -> None:
    """Sets a label of the node; None removes it."""
    await api.patch(NODES, node, None, {"metadata": {"labels": {key: value}}})
