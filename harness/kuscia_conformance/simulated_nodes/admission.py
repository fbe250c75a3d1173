"""Decides whether a pod may run on a node: the checks of a kubelet before it starts a pod."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kuscia_conformance.kube.objects import Obj, quantity
from kuscia_conformance.kube.placement import requests_of, selects, tolerates, total

#: The resources that every node has. A kubelet checks other resources only if the node names them.
NATIVE = ("cpu", "memory", "ephemeral-storage")


@dataclass(frozen=True)
class Rejection:
    """Why a kubelet refuses a pod: the `reason` and `message` in the pod's status."""

    reason: str
    message: str


#: Go's largest int64: larger quantities are shown as this.
_LARGEST = 2**63 - 1


def rejection(pod: Obj, node: Obj, others: Iterable[Obj]) -> Rejection | None:
    """Returns why the pod may not run on the node; None if it may.

    `others` are the pods that take room on the node already. If several checks fail, the first one
    counts: room, then node selector and affinity, then taints.
    """
    checks = (
        _shortage(pod, node, list(others)),
        _wrong_node(pod, node),
        _untolerated(pod, node),
    )
    found = next((check for check in checks if check), None)
    return found and Rejection(found.reason, f"Pod was rejected: {found.message}")


def _shortage(pod: Obj, node: Obj, others: Sequence[Obj]) -> Rejection | None:
    room = {name: quantity(text) for name, text in node["status"].get("allocatable", {}).items()}
    used = total(map(requests_of, others))
    if len(others) + 1 > room.get("pods", 0):
        return _out_of("pods", 1, len(others), room.get("pods", Decimal(0)))
    for name, asked in sorted(requests_of(pod).items(), key=_native_first):
        minded = name in room or name in NATIVE
        if minded and asked + used[name] > room.get(name, 0):
            return _out_of(name, asked, used[name], room.get(name, Decimal(0)))
    return None


def _native_first(item: tuple[str, object]) -> tuple[int, str]:
    name = item[0]
    return (NATIVE.index(name) if name in NATIVE else len(NATIVE), name)


def _out_of(name: str, asked: Decimal | int, used: Decimal | int, room: Decimal) -> Rejection:
    """Returns the rejection for a shortage; its numbers are int64s, for CPU in thousandths."""
    scale = 1000 if name == "cpu" else 1
    numbers = [int(min(number * scale, _LARGEST)) for number in (asked, used, room)]
    said = "requested: {}, used: {}, capacity: {}".format(*numbers)
    return Rejection(f"OutOf{name}", f"Node didn't have enough resource: {name}, {said}")


def _wrong_node(pod: Obj, node: Obj) -> Rejection | None:
    if selects(pod, node):
        return None
    why = "node(s) didn't match Pod's node affinity/selector"
    return Rejection("NodeAffinity", f"Predicate NodeAffinity failed: {why}")


def _untolerated(pod: Obj, node: Obj) -> Rejection | None:
    """Checks only taints with the effect NoExecute, as a kubelet does."""
    taints = [taint for taint in node["spec"].get("taints", ()) if taint["effect"] == "NoExecute"]
    tolerations = pod["spec"].get("tolerations") or ()
    if all(any(tolerates(one, taint) for one in tolerations) for taint in taints):
        return None
    why = "node(s) had taints that the pod didn't tolerate"
    return Rejection("TaintToleration", f"Predicate TaintToleration failed: {why}")
