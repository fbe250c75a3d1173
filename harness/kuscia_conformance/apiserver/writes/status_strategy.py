"""What stays as it was when an object is written: what this writer, or no writer, may change."""

from __future__ import annotations

from typing import Any

from kuscia_conformance.apiserver.apimachinery.kinds import Kind
from kuscia_conformance.kube.objects import Obj

#: What of metadata no writer has a say in when an object is new.
_WIPED = (
    "uid",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "selfLink",
)
#: And what is the old object's when it is not; the last, and a uid, unless the writer names others.
_KEPT = ("generation", "selfLink", "creationTimestamp")
_KEPT_IF_ABSENT = ("uid", "deletionGracePeriodSeconds")
_NOT_COUNTED = ("metadata", "status", "apiVersion", "kind")


def wipe(metadata: Obj) -> None:
    """Rid new metadata of what only the server writes."""
    for name in _WIPED:
        metadata.pop(name, None)


def not_tracked(kind: Kind, sub: str) -> Obj | None:
    """The fields that are put back after a write, and so become nobody's."""
    if not kind.has_status:
        return None
    return {"f:spec": {}} if sub == "status" else {"f:status": {}}


def keep_what_is_not_written(kind: Kind, sub: str, old: Obj, new: Obj) -> Obj:
    """The new object with the old one's status, or the reverse; system fields as before."""
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
    if not kind.strategy.counts_generations:
        return
    left_out = _NOT_COUNTED if not kind.is_custom or kind.has_status else ("metadata",)
    before = {name: value for name, value in old.items() if name not in left_out}
    after = {name: value for name, value in new.items() if name not in left_out}
    if before != after:
        new["metadata"]["generation"] = old["metadata"].get("generation", 0) + 1


def is_over(kind: Kind, obj: Obj) -> bool:
    """Whether what was to go has nothing left that holds it."""
    metadata = obj["metadata"]
    if "deletionTimestamp" not in metadata or metadata.get("finalizers"):
        return False
    return not (metadata.get("deletionGracePeriodSeconds") or kind.strategy.is_held(obj))
