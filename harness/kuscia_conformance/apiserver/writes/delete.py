"""Deleting objects: preconditions, finalizers, grace, and what becomes of dependents.

What nothing holds is gone at once. Else it is marked, and goes when its last finalizer is taken
away (`update`), its kubelet deletes it for good, or the garbage collector is done.
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
#: Kinds of which a deletion answers with the object: Kubernetes' own choice.
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
#: Kinds that a watch sees marked before it sees them go, even if both is at once.
MARKED_FIRST = frozenset({("", "pods")})
#: Kinds whose deletion is a matter of their own, and knows of no grace.
_WITHOUT_GRACE = frozenset(
    {("", "namespaces"), ("apiextensions.k8s.io", "customresourcedefinitions")}
)


@dataclass
class Deleted:
    """The object as it was last, and whether it is gone."""

    obj: Obj
    gone: bool


def delete(writer: Writer, target: Target, options: DeleteOptions) -> Deleted:
    """StatusError (404, 409) if it is not there, or not the one that is meant."""
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
    """What the client is told: the object while it stays, else that it is gone."""
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
    """As the policy wants it: the garbage collector's two finalizers, one of them or neither."""
    if not policy:
        return
    wanted = {"Foreground": [FOREGROUND], "Orphan": [ORPHAN]}.get(policy, [])
    others = [name for name in metadata.get("finalizers") or () if name not in (FOREGROUND, ORPHAN)]
    if others or wanted:
        metadata["finalizers"] = others + wanted
    else:
        metadata.pop("finalizers", None)


def _mark(writer: Writer, kind: Kind, obj: Obj, grace: int) -> None:
    """Have it be deleted from now on; of two graces the shorter counts."""
    metadata, now = obj["metadata"], writer.now()
    if "deletionTimestamp" in metadata:
        if grace >= (metadata.get("deletionGracePeriodSeconds") or 0):
            return
    elif kind.strategy.counts_generations and metadata.get("generation"):
        metadata["generation"] += 1
    metadata["deletionTimestamp"] = time_text(now + timedelta(seconds=grace))
    if kind.key not in _WITHOUT_GRACE:
        metadata["deletionGracePeriodSeconds"] = grace
