"""Deleting objects: preconditions, finalizers, the grace period, and the fate of dependents.

An object that nothing holds is removed immediately. Otherwise it is marked with a
deletionTimestamp. It is removed later: when its last finalizer is removed (`update`), when its
kubelet deletes it without grace, or when the garbage collector has finished.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from kuscia_conformance.apiserver.apimachinery import status_errors
from kuscia_conformance.apiserver.apimachinery.kinds import Kind
from kuscia_conformance.apiserver.apimachinery.registry import Target
from kuscia_conformance.apiserver.storage.list import in_version_object
from kuscia_conformance.apiserver.storage.store import Stored
from kuscia_conformance.apiserver.writes.options import DeleteOptions
from kuscia_conformance.apiserver.writes.writer import Writer
from kuscia_conformance.kube.objects import Obj, time_text

FOREGROUND, ORPHAN = "foregroundDeletion", "orphan"
#: Kinds whose deletion is answered with the object. Kubernetes has this list too.
RETURNED = frozenset(
    {
        ("", "pods"),
        ("", "services"),
        ("", "serviceaccounts"),
        ("", "persistentvolumeclaims"),
        ("", "persistentvolumes"),
        ("", "podtemplates"),
        ("", "resourcequotas"),
        ("", "replicationcontrollers"),
        ("policy", "podsecuritypolicies"),
    }
)
#: Kinds whose watches show the mark as an event of its own, even if the object goes immediately.
MARKED_FIRST = frozenset({("", "pods")})
#: Kinds that have their own way of deletion, and no grace period.
_WITHOUT_GRACE = frozenset(
    {("", "namespaces"), ("apiextensions.k8s.io", "customresourcedefinitions")}
)


@dataclass
class Deleted:
    """The last version of the object, and whether the object is gone."""

    obj: Obj
    gone: bool


def delete(writer: Writer, target: Target, options: DeleteOptions) -> Deleted:
    """Deletes or marks an object.

    Raises StatusError: 404 if it does not exist, 409 if it does not meet the preconditions.
    """
    kind, stored = target.kind, writer.require(target)
    _require_preconditions(kind, stored, options)
    obj = in_version_object(kind, stored)
    metadata = obj["metadata"]
    before = dict(metadata)
    _set_finalizers(metadata, options.policy)
    if "deletionTimestamp" not in metadata:
        kind.strategy.prepare_delete(obj, writer.context())
    grace = kind.strategy.grace_seconds(obj, options.grace_seconds)
    if not (metadata.get("finalizers") or grace or kind.strategy.is_held(obj)):
        if not options.dry_run:
            if kind.key in MARKED_FIRST:
                _mark(writer, kind, obj, grace)
                writer.put(kind, obj)
            writer.remove(kind, obj)
        return Deleted(obj, gone=True)
    _mark(writer, kind, obj, grace)
    if metadata != before and not options.dry_run:
        writer.put(kind, obj)
    return Deleted(obj, gone=False)


def answer_of(kind: Kind, deleted: Deleted) -> Obj:
    """Returns the body of the answer to a deletion.

    This is the object while it still exists, and always for the kinds in RETURNED; else a Status.
    """
    if not deleted.gone or kind.key in RETURNED:
        return deleted.obj
    metadata = deleted.obj["metadata"]
    details = {"name": metadata["name"], "group": kind.group, "kind": kind.plural}
    details["uid"] = metadata["uid"]
    if not kind.group:
        del details["group"]
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": details,
    }


def _require_preconditions(kind: Kind, stored: Stored, options: DeleteOptions) -> None:
    if options.uid is not None and options.uid != stored.uid:
        raise _precondition(
            kind,
            stored,
            f"the UID in the precondition ({options.uid}) does not match the UID in record "
            f"({stored.uid}). The object might have been deleted and then recreated",
        )
    if options.version is not None and options.version != str(stored.version):
        raise _precondition(
            kind,
            stored,
            f"the ResourceVersion in the precondition ({options.version}) does not match the "
            f"ResourceVersion in record ({stored.version}). The object might have been modified",
        )


def _precondition(kind: Kind, stored: Stored, why: str) -> status_errors.StatusError:
    return status_errors.conflict(kind.group, kind.name, stored.name, why)


def _set_finalizers(metadata: Obj, policy: str) -> None:
    """Sets the finalizer of the garbage collector that the policy needs, if any."""
    if not policy:
        return
    wanted = {"Foreground": [FOREGROUND], "Orphan": [ORPHAN]}.get(policy, [])
    others = [name for name in metadata.get("finalizers") or () if name not in (FOREGROUND, ORPHAN)]
    if others or wanted:
        metadata["finalizers"] = others + wanted
    else:
        metadata.pop("finalizers", None)


def _mark(writer: Writer, kind: Kind, obj: Obj, grace: int) -> None:
    """Marks the object as deleted. A shorter grace period replaces a longer one."""
    metadata, now = obj["metadata"], writer.now()
    if "deletionTimestamp" in metadata:
        if grace >= (metadata.get("deletionGracePeriodSeconds") or 0):
            return
    elif kind.strategy.counts_generations and metadata.get("generation"):
        metadata["generation"] += 1
    metadata["deletionTimestamp"] = time_text(now + timedelta(seconds=grace))
    if kind.key not in _WITHOUT_GRACE:
        metadata["deletionGracePeriodSeconds"] = grace
