"""What a write must not change: the status, or everything but the status, and system fields."""

from __future__ import annotations

from typing import Any

from kuscia_conformance.apiserver.apimachinery.kinds import Kind
from kuscia_conformance.kube.objects import Obj

#: The fields of metadata that are dropped from new objects: only the server sets them.
_WIPED = (
    "uid",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "selfLink",
)
#: The fields of metadata that an update keeps from the old object: always, or if they are absent.
_KEPT = ("generation", "selfLink", "creationTimestamp")
_KEPT_IF_ABSENT = ("uid", "deletionGracePeriodSeconds")
_NOT_COUNTED = ("metadata", "status", "apiVersion", "kind")


def wipe(metadata: Obj) -> None:
    """Removes the fields that only the server sets from new metadata."""
    for name in _WIPED:
        metadata.pop(name, None)


def not_tracked(kind: Kind, sub: str) -> Obj | None:
    """Returns the fields that a write does not own, because they are put back after it."""
    if not kind.has_status:
        return None
    return {"f:spec": {}} if sub == "status" else {"f:status": {}}


def keep_what_is_not_written(kind: Kind, sub: str, old: Obj, new: Obj) -> Obj:
    """Returns the new object with everything restored that this write may not change.

    For a custom kind, a write to `/status` keeps only the new status, and another write keeps the
    old status. Built-in kinds do this in their strategy. System fields of metadata stay as they
    were.
    """
    if kind.is_custom and sub == "status":
        managed = new["metadata"].get("managedFields")
        status = new.get("status")
        new = {**old, "metadata": {**old["metadata"]}}
        new.pop("status", None)
        if status is not None:
            new["status"] = status
        _set(new["metadata"], "managedFields", managed)
    elif kind.is_custom and kind.has_status:
        new.pop("status", None)
        if "status" in old:
            new["status"] = old["status"]
    _keep_metadata(old["metadata"], new["metadata"])
    return new


def drops_status(kind: Kind, sub: str, old: Obj, new: Obj) -> bool:
    """Returns whether a write to a custom resource itself carries another status than there is."""
    carried = kind.is_custom and kind.has_status and not sub and bool(new.get("status"))
    return carried and new["status"] != old.get("status")


def _keep_metadata(before: Obj, metadata: Obj) -> None:
    for name in _KEPT:
        _set(metadata, name, before.get(name))
    for name in _KEPT_IF_ABSENT:
        if name in before and not metadata.get(name):
            metadata[name] = before[name]
    if "deletionTimestamp" in before:
        metadata["deletionTimestamp"] = before["deletionTimestamp"]


def _set(holder: Obj, name: str, value: Any) -> None:
    if value is None:
        holder.pop(name, None)
    else:
        holder[name] = value


def count_generation(kind: Kind, old: Obj, new: Obj) -> None:
    """Raises metadata.generation by one if more than metadata and status has changed."""
    if not kind.strategy.counts_generations:
        return
    left_out = _NOT_COUNTED if not kind.is_custom or kind.has_status else ("metadata",)
    before = {name: value for name, value in old.items() if name not in left_out}
    after = {name: value for name, value in new.items() if name not in left_out}
    if before != after:
        new["metadata"]["generation"] = old["metadata"].get("generation", 0) + 1


def is_over(kind: Kind, obj: Obj) -> bool:
    """Returns whether a deleted object has nothing left that holds it, so that it must go."""
    metadata = obj["metadata"]
    if "deletionTimestamp" not in metadata or metadata.get("finalizers"):
        return False
    return not (metadata.get("deletionGracePeriodSeconds") or kind.strategy.is_held(obj))
