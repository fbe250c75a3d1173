"""What a namespace that is ending says of what is left in it: its conditions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from kuscia_conformance.kube.objects import Obj

#: A resource, as `configmaps.` or `widgets.example.com`, and the finalizers of one object of it.
Left = tuple[str, Iterable[str]]


def ending_conditions(left: Iterable[Left], before: Iterable[Obj], now: str) -> list[Obj]:
    """All five, each with the time since when it has its status."""
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
#: What never happens here.
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
