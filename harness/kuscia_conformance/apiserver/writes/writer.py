"""The end of every write: the store, the clock, random numbers, and who owns which field.

The verbs (`create`, `update`, `patch`, `apply`, `delete`) are functions of a `Writer`, for requests
and for the server's own controllers. They keep the order of a real server: a body is decoded,
defaulted, prepared, validated, and committed. Nothing in them awaits, so no other write can come
between a read and its write. A kind's `Strategy` adds what is special about the kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

import orjson

from kuscia_conformance.apiserver import fields
from kuscia_conformance.apiserver.apimachinery import status_errors
from kuscia_conformance.apiserver.apimachinery.kinds import Context, Kind
from kuscia_conformance.apiserver.apimachinery.registry import Target
from kuscia_conformance.apiserver.storage.store import Store, Stored, for_reading
from kuscia_conformance.apiserver.writes.options import WriteOptions
from kuscia_conformance.apiserver.writes.status_strategy import (
    not_tracked,
)
from kuscia_conformance.kube.objects import Obj, time_text


@dataclass
class Written:
    """The result of a write: the object for the answer."""

    obj: Obj
    #: Whether the object is new, and whether the store was changed.
    created: bool = False
    committed: bool = True


@dataclass
class Writer:
    """Writes into a store, for requests and for the server's own controllers."""

    store: Store
    now: Callable[[], datetime]
    random: Random = field(default_factory=Random)
    #: Called before each commit. It may change the object, or raise a StatusError.
    admit: Callable[[Target, Obj], None] = lambda *_: None
    #: Whether the latest update carried another status, and dropped it because only a write to
    #: `/status` changes one. The router resets it before each request.
    dropped_status: bool = False

    def context(self) -> Context:
        return Context(self.now(), self.random, self._objects)

    def _objects(self, plural: str) -> Iterator[Obj]:
        for key, collection in self.store.collections.items():
            if key[1] == plural:
                yield from map(for_reading, collection.objects.values())

    def require(self, target: Target) -> Stored:
        """Returns the target's stored object. Raises StatusError (404) if it does not exist."""
        kind = target.kind
        stored = self.store.get(kind.key, target.namespace, target.name)
        if stored is None:
            raise status_errors.not_found(kind.group, kind.plural, target.name)
        return stored

    def remove(self, kind: Kind, obj: Obj) -> None:
        """Removes the object. `obj` is the version that the watch event carries."""
        stored = kind.strategy.to_stored(obj) if kind.stored_as else obj
        self.store.remove(kind.key, stored, selectable(kind, stored))

    def commit(
        self,
        kind: Kind,
        obj: Obj,
        options: WriteOptions,
        *,
        created: bool = False,
    ) -> Written:
        """Stores the object, except in a dry run, and returns the result of the write."""
        if options.dry_run:
            return Written(obj, created, committed=False)
        self.put(kind, obj)
        return Written(obj, created)

    def put(self, kind: Kind, obj: Obj) -> None:
        """Stores the object without further checks, and sets its resourceVersion.

        It is stored in the version in which the kind is stored, which may differ from
        `kind.version`.
        """
        stored = obj
        if kind.stored_as:
            stored = kind.strategy.to_stored(orjson.loads(orjson.dumps(obj)))
        elif kind.stored_version and kind.stored_version != kind.version:
            stored = {**obj, "apiVersion": f"{kind.group}/{kind.stored_version}"}
        kept = self.store.put(kind.key, stored, selectable(kind, stored))
        obj["metadata"]["resourceVersion"] = str(kept.version)

    def author(self, kind: Kind, options: WriteOptions, sub: str) -> fields.Author:
        """Returns the author of a write, for managedFields."""
        now, resets = time_text(self.now()), not_tracked(kind, sub)
        return fields.Author(options.manager, kind.api_version, now, sub, resets)

    def track(self, kind: Kind, old: Obj | None, new: Obj, options: WriteOptions, sub: str) -> None:
        """Updates the managedFields of `new`: who owns which field after this write."""
        author = self.author(kind, options, sub)
        new["metadata"]["managedFields"] = fields.track(old, new, kind.type, author)
        if not new["metadata"]["managedFields"]:
            del new["metadata"]["managedFields"]


def selectable(kind: Kind, obj: Obj) -> dict[str, str]:
    """Returns the fields that field selectors can select the object by."""
    metadata = obj["metadata"]
    return {
        "metadata.name": metadata["name"],
        "metadata.namespace": metadata.get("namespace") or "",
        **kind.strategy.fields(obj),
    }
