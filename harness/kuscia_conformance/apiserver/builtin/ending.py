"""Builds the conditions of a namespace that is being deleted: what is left in it, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from kuscia_conformance.kube.objects import Obj

#: The resource of one remaining object (`configmaps.`, `widgets.example.com`), and its finalizers.
Left = tuple[str, Iterable[str]]


def ending_conditions(left: Iterable[Left], before: Iterable[Obj], now: str) -> list[Obj]:
    """Returns the five conditions for the status of the namespace.

    `left` has one entry for each object that remains, `before` has the current conditions. A
    condition whose status has not changed keeps its lastTransitionTime; the others get `now`, a
    time in RFC 3339.
    """
    resources: Counter[str] = Counter()
    finalizers: Counter[str] = Counter()
    for resource, held_by in left:
        resources[resource] += 1
        finalizers.update(held_by)
    since = {(each["type"], each["status"]): each["lastTransitionTime"] for each in before}
    said = [*_FAILURES, _remaining(resources), _held(finalizers)]
    return [
        {
            "type": type_,
            "status": str(holds),
            "lastTransitionTime": since.get((type_, str(holds)), now),
            "reason": reason,
            "message": message,
        }
        for type_, holds, reason, message in said
    ]


_Said = tuple[str, bool, str, str]
#: Conditions that are always False, because these failures cannot happen here.
_FAILURES: tuple[_Said, ...] = (
    (
        "NamespaceDeletionDiscoveryFailure",
        False,
        "ResourcesDiscovered",
        "All resources successfully discovered",
    ),
    (
        "NamespaceDeletionGroupVersionParsingFailure",
        False,
        "ParsedGroupVersions",
        "All legacy kube types successfully parsed",
    ),
    (
        "NamespaceDeletionContentFailure",
        False,
        "ContentDeleted",
        "All content successfully deleted, may be waiting on finalization",
    ),
)


def _remaining(resources: Counter[str]) -> _Said:
    type_ = "NamespaceContentRemaining"
    if not resources:
        return type_, False, "ContentRemoved", "All content successfully removed"
    listed = ", ".join(f"{name} has {n} resource instances" for name, n in _in_order(resources))
    return type_, True, "SomeResourcesRemain", f"Some resources are remaining: {listed}"


def _held(finalizers: Counter[str]) -> _Said:
    type_ = "NamespaceFinalizersRemaining"
    if not finalizers:
        message = "All content-preserving finalizers finished"
        return type_, False, "ContentHasNoFinalizers", message
    listed = ", ".join(f"{name} in {n} resource instances" for name, n in _in_order(finalizers))
    message = f"Some content in the namespace has finalizers remaining: {listed}"
    return type_, True, "SomeFinalizersRemain", message


def _in_order(counted: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counted.items())
