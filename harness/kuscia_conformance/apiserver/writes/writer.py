"""Creating and changing objects: what all kinds have in common, in the order of a real server.

A body is decoded, defaulted, prepared, validated, and then committed, in one go: nothing here
waits, so that nobody can come between a look and a write. `Writer` is given what it needs
of the server; what a kind does beyond this is its `Strategy`'s or its definition's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

import orjson

from kuscia_conformance.apiserver import fields
from kuscia_conformance.apiserver import patch as patching
from kuscia_conformance.apiserver.apimachinery import status_errors
from kuscia_conformance.apiserver.apimachinery.kinds import Context, Kind
from kuscia_conformance.apiserver.apimachinery.registry import Target
from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError, bad_request
from kuscia_conformance.apiserver.schema import is_too_deep
from kuscia_conformance.apiserver.storage.list import in_version_object
from kuscia_conformance.apiserver.storage.store import Store, Stored, for_reading
from kuscia_conformance.apiserver.writes.bodies import (
    accept_body,
    accept_merged,
    complain,
    of_the_patch,
    require_valid,
    warn_of_finalizers,
)
from kuscia_conformance.apiserver.writes.identity import (
    metadata_of,
    number_of,
    require_applicable,
    require_kind,
    require_name,
    require_namespace,
    require_uid,
    require_version,
)
from kuscia_conformance.apiserver.writes.options import WriteOptions
from kuscia_conformance.apiserver.writes.status_strategy import (
    count_generation,
    is_over,
    keep_what_is_not_written,
    not_tracked,
    wipe,
)
from kuscia_conformance.kube.objects import Obj, time_text

#: generateName's: no vowels, so that no words come out.
_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
_SUFFIX, _LONGEST_PREFIX, _ATTEMPTS = 5, 58, 8
_RBAC = "rbac.authorization.k8s.io"
#: The kinds of which a PUT makes an object that is not there.
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
TERMINATING = "is being terminated"


@dataclass
class Written:
    """The object as it was answered."""

    obj: Obj
    #: Whether it is new; and whether anything was changed that has to be waited for.
    created: bool = False
    committed: bool = True


@dataclass
class Writer:
    """Writes into a store, for requests and for the server's own controllers alike."""

    store: Store
    now: Callable[[], datetime]
    random: Random = field(default_factory=Random)
    #: Looks at each write before it is committed; may change it, or raise a StatusError.
    admit: Callable[[Target, Obj], None] = lambda *_: None

    def context(self) -> Context:
        return Context(self.now(), self.random, self._objects)

    def _objects(self, plural: str) -> Iterator[Obj]:
        for key, collection in self.store.collections.items():
            if key[1] == plural:
                yield from map(for_reading, collection.objects.values())

    def require(self, target: Target) -> Stored:
        """The object that is meant. StatusError (404) if there is none."""
        kind = target.kind
        stored = self.store.get(kind.key, target.namespace, target.name)
        if stored is None:
            raise status_errors.not_found(kind.group, kind.plural, target.name)
        return stored

    # creating

    def create(
        self, target: Target, obj: Obj, options: WriteOptions, complaints: Sequence[str] = ()
    ) -> Written:
        kind = target.kind
        require_kind(obj, kind)
        metadata = metadata_of(obj, kind)
        self._place(target, metadata)
        self._require_namespace(target, metadata)
        accept_body(kind, obj, options, complaints)
        wipe(metadata)
        kind.strategy.default(obj, self.context())
        self._track(kind, None, obj, options, "")
        return self._commit_new(target, obj, options)

    def _commit_new(self, target: Target, obj: Obj, options: WriteOptions) -> Written:
        kind = target.kind
        version = number_of(obj["metadata"].pop("resourceVersion", None))
        self._make_new(kind, obj)
        kind.strategy.prepare_create(obj, self.context())
        self.admit(target, obj)
        require_valid(kind, obj, None, "")
        warn_of_finalizers(kind, obj, None, options)
        self._require_free(kind, obj)
        if version and not options.dry_run:
            raise StatusError(500, "", "resourceVersion should not be set on objects to be created")
        return self._commit(kind, obj, options, created=True)

    def _place(self, target: Target, metadata: Obj) -> None:
        """Have it in the namespace of the path, under a name of its own."""
        if target.kind.namespaced:
            require_namespace(target, metadata)
            metadata["namespace"] = target.namespace
        else:
            metadata.pop("namespace", None)
        if target.name:
            require_name(target, metadata)
        prefix = metadata.get("generateName")
        if prefix and not metadata.get("name") and isinstance(prefix, str):
            metadata["name"] = self._generated(target, prefix)

    def _generated(self, target: Target, prefix: str) -> str:
        taken = self.store.collection(target.kind.key).objects
        for _ in range(_ATTEMPTS):
            suffix = "".join(self.random.choices(_LETTERS, k=_SUFFIX))
            name = prefix[:_LONGEST_PREFIX] + suffix
            if (target.namespace, name) not in taken:
                break
        return name

    def _require_namespace(self, target: Target, metadata: Obj) -> None:
        if not target.kind.namespaced:
            return
        found = self.store.get(("", "namespaces"), "", target.namespace)
        if found is None:
            raise status_errors.not_found("", "namespaces", target.namespace)
        if found.fields.get("status.phase") == "Terminating":
            raise _terminating(target, str(metadata.get("name", "")))

    def _make_new(self, kind: Kind, obj: Obj) -> None:
        metadata = obj["metadata"]
        metadata["uid"] = str(UUID(int=self.random.getrandbits(128), version=4))
        metadata["creationTimestamp"] = time_text(self.now())
        if kind.strategy.counts_generations:
            metadata["generation"] = 1
        if kind.is_custom and kind.has_status:
            obj.pop("status", None)

    def _require_free(self, kind: Kind, obj: Obj) -> None:
        metadata = obj["metadata"]
        stored = self.store.get(kind.key, metadata.get("namespace") or "", metadata["name"])
        if stored is None:
            return
        refusal = status_errors.already_exists(kind.group, kind.plural, metadata["name"])
        if b'"deletionTimestamp"' in stored.body:
            refusal.message = f"object is being deleted: {refusal.message}"
        raise refusal

    # changing

    def replace(
        self, target: Target, obj: Obj, options: WriteOptions, complaints: Sequence[str] = ()
    ) -> Written:
        """Put this object in the place of the one there is."""
        kind = target.kind
        require_kind(obj, kind)
        metadata = metadata_of(obj, kind)
        require_name(target, metadata)
        if kind.namespaced:
            require_namespace(target, metadata)
            metadata["namespace"] = target.namespace
        stored = self.store.get(kind.key, target.namespace, target.name)
        if stored is None and kind.key in _MADE_BY_UPDATE:
            metadata.pop("resourceVersion", None)
            return self.create(target, obj, options, complaints)
        stored = self.require(target)
        require_uid(kind, stored, metadata.get("uid"))
        accept_body(kind, obj, options, complaints)
        return self._update(target, stored, obj, options)

    def patch(self, target: Target, patch: Any, media_type: str, options: WriteOptions) -> Written:
        """Change the object there is as the patch says: JSON, merge or strategic."""
        kind, stored = target.kind, self.require(target)
        old = in_version_object(kind, stored)
        new = patching.apply_patch(
            old,
            patch,
            media_type,
            None if kind.is_custom else kind.type,
        )
        if is_too_deep(new):
            raise bad_request("error applying patch: exceeded max depth")
        patched = orjson.dumps(new)
        strategic = media_type == patching.STRATEGIC_MERGE_PATCH
        if strategic:
            new |= {"apiVersion": kind.api_version, "kind": kind.name}
        try:
            require_kind(new, kind)
            require_name(target, metadata_of(new, kind))
            if kind.namespaced:
                require_namespace(target, new["metadata"])
                new["metadata"]["namespace"] = target.namespace
            accept_body(kind, new, options, ())
        except StatusError as refusal:
            raise of_the_patch(refusal, kind, patch, None if strategic else patched) from None
        return self._update(target, stored, new, options, old=old)

    def apply(
        self, target: Target, config: Obj, options: WriteOptions, complaints: Sequence[str] = ()
    ) -> Written:
        """Server-side apply; creates what is not there."""
        kind = target.kind
        stored = self.store.get(kind.key, target.namespace, target.name)
        require_applicable(target, config, stored)
        complain(kind, complaints, (), options)
        if stored is None and target.sub:
            raise status_errors.not_found(kind.group, kind.plural, target.name)
        current = in_version_object(kind, stored) if stored else None
        author = self._author(kind, options, target.sub)
        new = fields.apply(current, config, kind.type, author, force=options.force)
        require_name(target, metadata_of(new, kind))
        accept_merged(kind, new)
        if stored is None:
            return self._create_applied(target, new, options)
        return self._update(target, stored, new, options, tracked=True)

    def _create_applied(self, target: Target, new: Obj, options: WriteOptions) -> Written:
        metadata = new["metadata"]
        metadata["name"] = target.name
        if target.kind.namespaced:
            metadata["namespace"] = target.namespace
        wipe(metadata)
        metadata.pop("resourceVersion", None)
        self._require_namespace(target, metadata)
        target.kind.strategy.default(new, self.context())
        return self._commit_new(target, new, options)

    def update(
        self,
        target: Target,
        change: Callable[[Obj], None],
        manager: str,
        *,
        dry_run: bool = False,
    ) -> Written:
        """For the server's own: change an object in place, without validation of a body."""
        stored = self.require(target)
        new = in_version_object(target.kind, stored)
        change(new)
        options = WriteOptions(dry_run, manager, "Ignore", False)
        return self._update(target, stored, new, options)

    def _update(
        self,
        target: Target,
        stored: Stored,
        new: Obj,
        options: WriteOptions,
        *,
        old: Obj | None = None,
        tracked: bool = False,
    ) -> Written:
        """`old` is the stored object, where it has been read already."""
        kind = target.kind
        old = old or in_version_object(kind, stored)
        require_version(kind, stored, new["metadata"])
        context = self.context()
        kind.strategy.default(new, context)
        if not tracked:
            self._track(kind, old, new, options, target.sub)
        new = keep_what_is_not_written(kind, target.sub, old, new)
        kind.strategy.prepare_update(new, old, target.sub, context)
        require_valid(kind, new, old, target.sub)
        warn_of_finalizers(kind, new, old, options)
        count_generation(kind, old, new)
        new["metadata"]["resourceVersion"] = old["metadata"]["resourceVersion"]
        if patching.is_same(old, new):
            return Written(old, committed=False)
        self.admit(target, new)
        if is_over(kind, new) and not options.dry_run:
            # It goes as it was last, and its last writer is told of no version after that.
            self.remove(kind, old)
            return Written(new)
        return self._commit(kind, new, options)

    # committing

    def remove(self, kind: Kind, obj: Obj) -> None:
        stored = kind.strategy.to_stored(obj) if kind.stored_as else obj
        self.store.remove(kind.key, stored, selectable(kind, stored))

    def _commit(
        self,
        kind: Kind,
        obj: Obj,
        options: WriteOptions,
        *,
        created: bool = False,
    ) -> Written:
        if options.dry_run:
            return Written(obj, created, committed=False)
        self.put(kind, obj)
        return Written(obj, created)

    def put(self, kind: Kind, obj: Obj) -> None:
        """Keep it as it is."""
        stored = obj
        if kind.stored_as:
            stored = kind.strategy.to_stored(orjson.loads(orjson.dumps(obj)))
        elif kind.stored_version and kind.stored_version != kind.version:
            stored = {**obj, "apiVersion": f"{kind.group}/{kind.stored_version}"}
        kept = self.store.put(kind.key, stored, selectable(kind, stored))
        obj["metadata"]["resourceVersion"] = str(kept.version)

    def _author(self, kind: Kind, options: WriteOptions, sub: str) -> fields.Author:
        now, resets = time_text(self.now()), not_tracked(kind, sub)
        return fields.Author(options.manager, kind.api_version, now, sub, resets)

    def _track(
        self, kind: Kind, old: Obj | None, new: Obj, options: WriteOptions, sub: str
    ) -> None:
        author = self._author(kind, options, sub)
        new["metadata"]["managedFields"] = fields.track(old, new, kind.type, author)
        if not new["metadata"]["managedFields"]:
            del new["metadata"]["managedFields"]


def selectable(kind: Kind, obj: Obj) -> dict[str, str]:
    metadata = obj["metadata"]
    return {
        "metadata.name": metadata["name"],
        "metadata.namespace": metadata.get("namespace") or "",
        **kind.strategy.fields(obj),
    }


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
