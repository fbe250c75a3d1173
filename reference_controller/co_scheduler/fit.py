"""Computes which pod fits onto which node: requests, taints, node selectors, readiness.

All functions are pure. Amounts are exact decimals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kuscia_conformance.kube import placement
from kuscia_conformance.kube.objects import Obj, condition_of, name_of, quantity
from kuscia_conformance.kube.placement import selects, tolerates

#: Amounts by the name of the resource. Each pod also takes 1 of the resource `pods`.
Amounts = Mapping[str, Decimal]

_SCHEDULING_EFFECTS = ("NoSchedule", "NoExecute")


def requests_of(pod: Obj) -> Amounts:
    """Returns what the pod requests of each resource, and that it takes 1 of the pods."""
    asked = {resource: amount for resource, amount in placement.requests_of(pod).items() if amount}
    return {**asked, "pods": Decimal(1)}


@dataclass(frozen=True)
class Node:
    """A node, and its free amounts; they are negative where too much is taken."""

    object: Obj
    free: Amounts

    @property
    def name(self) -> str:
        return name_of(self.object)

    @property
    def is_ready(self) -> bool:
        return (condition_of(self.object, "Ready") or {}).get("status") == "True"

    def is_short_of(self, asked: Amounts) -> bool:
        """Whether more than there is has been promised of any resource that is asked for."""
        return any(self.free.get(resource, Decimal(0)) < 0 for resource in asked)

    def without(self, taken: Iterable[Amounts]) -> Node:
        """Returns the node with these requests taken from its free amounts."""
        free = dict(self.free)
        for amounts in taken:
            for resource, amount in amounts.items():
                free[resource] = free.get(resource, Decimal(0)) - amount
        return Node(self.object, free)


def node_with_room(node: Obj, taken: Iterable[Amounts]) -> Node:
    """Returns the node; its free amounts are its `allocatable` without these requests."""
    allocatable = (node.get("status") or {}).get("allocatable") or {}
    amounts = {resource: quantity(amount) for resource, amount in allocatable.items()}
    return Node(node, amounts).without(taken)


def obstacle(pod: Obj, node: Node) -> str:
    """Why the pod cannot go onto the node, in words that follow "a node that"; "" if it can."""
    if node.object["spec"].get("unschedulable"):
        return "is cordoned"
    if not node.is_ready:
        return "is not ready"
    if not selects(pod, node.object):
        return "the pod does not select"
    if taint := _untolerated(pod, node.object):
        return f"has the taint {taint}"
    lacking = [
        resource
        for resource, amount in requests_of(pod).items()
        if node.free.get(resource, Decimal(0)) < amount
    ]
    return f"lacks {', '.join(sorted(lacking))}" if lacking else ""


def place(pods: Iterable[Obj], nodes: Sequence[Node]) -> tuple[dict[str, str], list[Node]]:
    """Places each pod onto the first node that it fits; leaves out pods that fit none.

    Returns the name of the node by pod name, and the nodes with what is then free.
    """
    placed: dict[str, str] = {}
    left = list(nodes)
    for pod in pods:
        for index, node in enumerate(left):
            if not obstacle(pod, node):
                placed[name_of(pod)] = node.name
                left[index] = node.without([requests_of(pod)])
                break
    return placed, left


def _untolerated(pod: Obj, node: Obj) -> str:
    tolerations = pod["spec"].get("tolerations") or []
    for taint in node["spec"].get("taints") or ():
        tolerated = any(tolerates(toleration, taint) for toleration in tolerations)
        if taint["effect"] in _SCHEDULING_EFFECTS and not tolerated:
            return f"{taint['key']}:{taint['effect']}"
    return ""
