"""What every write ends in: the store, the time, chance, and who owns which field.

`create`, `update`, `patch`, `apply` and `delete` beside this are functions of a `Writer`, for
requests and for the server's own controllers alike, in the order of a real server: a body is
decoded, defaulted, prepared, validated, and then committed. Nothing in them waits, so that no other
write can come between a look and a write. What a kind does beyond this is its `Strategy`'s.
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

    def remove(self, kind: Kind, obj: Obj) -> None:
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

    def author(self, kind: Kind, options: WriteOptions, sub: str) -> fields.Author:
        now, resets = time_text(self.now()), not_tracked(kind, sub)
        return fields.Author(options.manager, kind.api_version, now, sub, resets)

    def track(self, kind: Kind, old: Obj | None, new: Obj, options: WriteOptions, sub: str) -> None:
        author = self.author(kind, options, sub)
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
