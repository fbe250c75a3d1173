"""Server-side apply: merges a configuration into an object, or creates the object."""

from __future__ import annotations

from collections.abc import Sequence

from kuscia_conformance.apiserver import fields
from kuscia_conformance.apiserver.apimachinery import status_errors
from kuscia_conformance.apiserver.apimachinery.registry import Target
from kuscia_conformance.apiserver.storage.list import in_version_object
from kuscia_conformance.apiserver.writes.bodies import (
    accept_merged,
    complain,
)
from kuscia_conformance.apiserver.writes.create import commit_new, require_namespace_lives
from kuscia_conformance.apiserver.writes.identity import (
    metadata_of,
    require_applicable,
    require_name,
)
from kuscia_conformance.apiserver.writes.options import WriteOptions
from kuscia_conformance.apiserver.writes.status_strategy import (
    wipe,
)
from kuscia_conformance.apiserver.writes.update import Change, commit_update
from kuscia_conformance.apiserver.writes.writer import Writer, Written
from kuscia_conformance.kube.objects import Obj


def apply(
    writer: Writer,
    target: Target,
    config: Obj,
    options: WriteOptions,
    complaints: Sequence[str] = (),
) -> Written:
    """Applies a configuration. Creates the object if it does not exist.

    Raises StatusError: 409 if other managers own fields of the configuration (unless
    `options.force`), 404 for a subresource of an object that does not exist, 422 for an invalid
    result.
    """
    kind = target.kind
    stored = writer.store.get(kind.key, target.namespace, target.name)
    require_applicable(target, config, stored)
    complain(kind, complaints, (), options)
    if stored is None and target.sub:
        raise status_errors.not_found(kind.group, kind.plural, target.name)
    current = in_version_object(kind, stored) if stored else None
    author = writer.author(kind, options, target.sub)
    new = fields.apply(current, config, kind.type, author, force=options.force)
    require_name(target, metadata_of(new, kind))
    accept_merged(kind, new)
    if stored is None:
        return _create_applied(writer, target, new, options)
    return commit_update(writer, Change(target, stored, new, tracked=True), options)


def _create_applied(writer: Writer, target: Target, new: Obj, options: WriteOptions) -> Written:
    metadata = new["metadata"]
    metadata["name"] = target.name
    if target.kind.namespaced:
        metadata["namespace"] = target.namespace
    wipe(metadata)
    metadata.pop("resourceVersion", None)
    require_namespace_lives(writer, target, metadata)
    target.kind.strategy.default(new, writer.context())
    return commit_new(writer, target, new, options)
