"""Changing objects: `replace` for the body of a PUT, `update` for the server's own code.

Both end in `commit_update`, as `patch` and `apply` do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kuscia_conformance.apiserver import patch as patching
from kuscia_conformance.apiserver.apimachinery.registry import Target
from kuscia_conformance.apiserver.storage.list import in_version_object
from kuscia_conformance.apiserver.storage.store import Stored
from kuscia_conformance.apiserver.writes.bodies import (
    accept_body,
    require_valid,
    warn_of_finalizers,
)
from kuscia_conformance.apiserver.writes.create import create
from kuscia_conformance.apiserver.writes.identity import (
    metadata_of,
    require_kind,
    require_name,
    require_namespace,
    require_uid,
    require_version,
)
from kuscia_conformance.apiserver.writes.options import WriteOptions
from kuscia_conformance.apiserver.writes.status_strategy import (
    count_generation,
    drops_status,
    is_over,
    keep_what_is_not_written,
)
from kuscia_conformance.apiserver.writes.writer import Writer, Written
from kuscia_conformance.kube.objects import Obj

_RBAC = "rbac.authorization.k8s.io"
#: The kinds whose PUT creates the object if it does not exist, as in Kubernetes.
_MADE_BY_UPDATE = frozenset(
    {
        ("", "endpoints"),
        ("", "events"),
        ("", "limitranges"),
        ("", "services"),
        ("coordination.k8s.io", "leases"),
        (_RBAC, "roles"),
        (_RBAC, "rolebindings"),
        (_RBAC, "clusterroles"),
        (_RBAC, "clusterrolebindings"),
    }
)


def replace(
    writer: Writer, target: Target, obj: Obj, options: WriteOptions, complaints: Sequence[str] = ()
) -> Written:
    """Replaces an object by the one in a body. Some kinds are created if they do not exist.

    Raises StatusError: 400 if the body does not fit the path, 404 if the object does not exist, 409
    if its uid or resourceVersion differs, 422 if the new object is invalid.
    """
    kind = target.kind
    require_kind(obj, kind)
    metadata = metadata_of(obj, kind)
    require_name(target, metadata)
    if kind.namespaced:
        require_namespace(target, metadata)
        metadata["namespace"] = target.namespace
    stored = writer.store.get(kind.key, target.namespace, target.name)
    if stored is None and kind.key in _MADE_BY_UPDATE:
        metadata.pop("resourceVersion", None)
        return create(writer, target, obj, options, complaints)
    stored = writer.require(target)
    require_uid(kind, stored, metadata.get("uid"))
    accept_body(kind, obj, options, complaints)
    return commit_update(writer, Change(target, stored, obj), options)


def update(
    writer: Writer,
    target: Target,
    change: Callable[[Obj], None],
    manager: str,
    *,
    dry_run: bool = False,
) -> Written:
    """Changes an object in place, for the server's own controllers and for `scale`.

    `change` gets a copy of the object. Types are not checked, because no body was decoded.
    """
    stored = writer.require(target)
    new = in_version_object(target.kind, stored)
    change(new)
    options = WriteOptions(dry_run, manager, "Ignore", False)
    return commit_update(writer, Change(target, stored, new), options)


@dataclass(frozen=True)
class Change:
    """A change of an existing object: the stored version, and the new object."""

    target: Target
    stored: Stored
    new: Obj
    #: The stored object, if the caller has already decoded it.
    old: Obj | None = None
    #: Whether the managedFields of `new` are up to date, as after apply.
    tracked: bool = False


def commit_update(writer: Writer, change: Change, options: WriteOptions) -> Written:
    """Defaults, prepares, validates and commits a change.

    A change without effect is not committed. An update that removes the last finalizer of a deleted
    object removes the object. Raises StatusError (409, 422).
    """
    target, new, kind = change.target, change.new, change.target.kind
    old = change.old or in_version_object(kind, change.stored)
    require_version(kind, change.stored, new["metadata"])
    context = writer.context()
    kind.strategy.default(new, context)
    if not change.tracked:
        writer.track(kind, old, new, options, target.sub)
    writer.dropped_status = drops_status(kind, target.sub, old, new)
    new = keep_what_is_not_written(kind, target.sub, old, new)
    kind.strategy.prepare_update(new, old, target.sub, context)
    require_valid(kind, new, old, target.sub)
    warn_of_finalizers(kind, new, old, options)
    count_generation(kind, old, new)
    new["metadata"]["resourceVersion"] = old["metadata"]["resourceVersion"]
    if patching.is_same(old, new):
        return Written(old, committed=False)
    writer.admit(target, new)
    if is_over(kind, new) and not options.dry_run:
        # The DELETED event carries the object from before this write. The answer keeps that
        # object's resourceVersion, because this write itself is not stored.
        writer.remove(kind, old)
        return Written(new)
    return writer.commit(kind, new, options)
