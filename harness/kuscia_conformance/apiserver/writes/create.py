"""Creating objects, in Kubernetes' order, in one step that no other write can interrupt.

`create` takes the body of a POST: it places it in the namespace, checks it, fills in defaults and
records who owns its fields. `commit_new` prepares, validates and commits it. `apply` uses only
`commit_new`.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from kuscia_conformance.apiserver.apimachinery import status_errors
from kuscia_conformance.apiserver.apimachinery.kinds import Kind
from kuscia_conformance.apiserver.apimachinery.registry import Target
from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError
from kuscia_conformance.apiserver.writes.bodies import (
    accept_body,
    require_valid,
    warn_of_finalizers,
)
from kuscia_conformance.apiserver.writes.identity import (
    metadata_of,
    number_of,
    require_kind,
    require_name,
    require_namespace,
)
from kuscia_conformance.apiserver.writes.options import WriteOptions
from kuscia_conformance.apiserver.writes.status_strategy import (
    wipe,
)
from kuscia_conformance.apiserver.writes.writer import Writer, Written
from kuscia_conformance.kube.objects import Obj, time_text

#: The letters of generated names: no vowels, so that they do not form words.
_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
_SUFFIX, _LONGEST_PREFIX, _ATTEMPTS = 5, 58, 8
TERMINATING = "is being terminated"


def create(
    writer: Writer, target: Target, obj: Obj, options: WriteOptions, complaints: Sequence[str] = ()
) -> Written:
    """Creates an object from a body, and returns what was written.

    `complaints` are duplicate fields that the decoder found. Raises StatusError: 400 for a body of
    another kind or with wrong types, 404 or 403 if the namespace does not exist or is being
    deleted, 409 if the name is taken, 422 if the object is invalid.
    """
    kind = target.kind
    require_kind(obj, kind)
    metadata = metadata_of(obj, kind)
    _place(writer, target, metadata)
    require_namespace_lives(writer, target, metadata)
    accept_body(kind, obj, options, complaints)
    wipe(metadata)
    kind.strategy.default(obj, writer.context())
    writer.track(kind, None, obj, options, "")
    return commit_new(writer, target, obj, options)


def commit_new(writer: Writer, target: Target, obj: Obj, options: WriteOptions) -> Written:
    """Prepares, validates and commits a new object whose body has been accepted.

    `create` and `apply` share this part. Raises StatusError (409, 422); and 500, as Kubernetes
    does, if the object contains a resourceVersion.
    """
    kind = target.kind
    version = number_of(obj["metadata"].pop("resourceVersion", None))
    _make_new(writer, kind, obj)
    kind.strategy.prepare_create(obj, writer.context())
    writer.admit(target, obj)
    require_valid(kind, obj, None, "")
    warn_of_finalizers(kind, obj, None, options)
    _require_free(writer, kind, obj)
    if version and not options.dry_run:
        raise StatusError(500, "", "resourceVersion should not be set on objects to be created")
    return writer.commit(kind, obj, options, created=True)


def _place(writer: Writer, target: Target, metadata: Obj) -> None:
    """Sets the namespace of the path and, with generateName, a generated name."""
    if target.kind.namespaced:
        require_namespace(target, metadata)
        metadata["namespace"] = target.namespace
    else:
        metadata.pop("namespace", None)
    if target.name:
        require_name(target, metadata)
    prefix = metadata.get("generateName")
    if prefix and not metadata.get("name") and isinstance(prefix, str):
        metadata["name"] = _generated(writer, target, prefix)


def _generated(writer: Writer, target: Target, prefix: str) -> str:
    taken = writer.store.collection(target.kind.key).objects
    for _ in range(_ATTEMPTS):
        suffix = "".join(writer.random.choices(_LETTERS, k=_SUFFIX))
        name = prefix[:_LONGEST_PREFIX] + suffix
        if (target.namespace, name) not in taken:
            break
    return name


def require_namespace_lives(writer: Writer, target: Target, metadata: Obj) -> None:
    """Raises StatusError if the namespace is missing (404) or being deleted (403)."""
    if not target.kind.namespaced:
        return
    found = writer.store.get(("", "namespaces"), "", target.namespace)
    if found is None:
        raise status_errors.not_found("", "namespaces", target.namespace)
    if found.fields.get("status.phase") == "Terminating":
        raise _terminating(target, str(metadata.get("name", "")))


def _make_new(writer: Writer, kind: Kind, obj: Obj) -> None:
    metadata = obj["metadata"]
    metadata["uid"] = str(UUID(int=writer.random.getrandbits(128), version=4))
    metadata["creationTimestamp"] = time_text(writer.now())
    if kind.strategy.counts_generations:
        metadata["generation"] = 1
    if kind.is_custom and kind.has_status:
        obj.pop("status", None)


def _require_free(writer: Writer, kind: Kind, obj: Obj) -> None:
    metadata = obj["metadata"]
    stored = writer.store.get(kind.key, metadata.get("namespace") or "", metadata["name"])
    if stored is None:
        return
    refusal = status_errors.already_exists(kind.group, kind.plural, metadata["name"])
    if b'"deletionTimestamp"' in stored.body:
        refusal.message = f"object is being deleted: {refusal.message}"
    raise refusal


def _terminating(target: Target, name: str) -> StatusError:
    kind, namespace = target.kind, target.namespace
    why = f"unable to create new content in namespace {namespace} because it {TERMINATING}"
    refusal = status_errors.forbidden(kind.group, kind.plural, name, why)
    cause = {
        "reason": "NamespaceTerminating",
        "message": f"namespace {namespace} {TERMINATING}",
        "field": "metadata.namespace",
    }
    refusal.details = {**(refusal.details or {}), "causes": [cause]}
    return refusal
