"""What the server keeps: objects by collection, and every change of them in order.

An object is kept as the JSON that goes out, so that reading costs nothing, nobody can change what
is kept, and ten thousand of them take little memory. One rising number counts all
changes; a collection's log holds its latest, from which watches are served and older states
are told. Everything here is called from one event loop, and nothing here waits: what is
done between two awaits is done at once.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson

from kuscia_conformance.apiserver.apimachinery.status_errors import expired
from kuscia_conformance.kube.objects import Obj

Key = tuple[str, str]

#: How many changes of a collection are kept, at least; twice as many at most.
HISTORY = 10_000


@dataclass(frozen=True, slots=True)
class Owner:
    """What an object's ownerReferences say of one owner."""

    uid: str
    blocks: bool


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """One version of one object; `namespace` is empty of what is in none."""

    namespace: str
    name: str
    uid: str
    version: int
    body: bytes
    labels: Mapping[str, str]
    #: What field selectors see.
    fields: Mapping[str, str]
    owners: tuple[Owner, ...] = ()

    @property
    def key(self) -> Key:
        return self.namespace, self.name

    def object(self) -> Obj:
        """A copy of one's own."""
        obj: Obj = orjson.loads(self.body)
        return obj


@lru_cache(maxsize=4096)
def for_reading(stored: Stored) -> Obj:
    """The object, shared with everybody who reads it: not to be changed."""
    return stored.object()


@dataclass(frozen=True, slots=True)
class Change:
    """ADDED, MODIFIED or DELETED, and the object after and before; a deleted one as it was last."""

    type: str
    new: Stored
    old: Stored | None

    @property
    def version(self) -> int:
        return self.new.version


@dataclass
class Collection:
    """The objects of one kind, and their latest changes."""

    keep: int = HISTORY
    objects: dict[Key, Stored] = field(default_factory=dict)
    log: list[Change] = field(default_factory=list)
    #: How many changes are no longer in the log, and the version of the last of them.
    dropped: int = 0
    compacted: int = 0
    #: In the order in which they came: on a virtual clock all is to happen in one order.
    _waiting: dict[asyncio.Event, None] = field(default_factory=dict)

    def add(self, change: Change) -> None:
        self.log.append(change)
        if len(self.log) >= 2 * self.keep:
            self.compact(self.keep)
        for event in self._waiting:
            event.set()

    def compact(self, keep: int) -> None:
        """Forget all changes but the latest so many."""
        count = max(len(self.log) - keep, 0)
        if count:
            self.compacted = self.log[count - 1].version
            self.dropped += count
            del self.log[:count]

    def in_namespace(self, namespace: str) -> list[Stored]:
        """In the order of their keys; all of them where no namespace is named."""
        found = self.objects if not namespace else _of(self.objects, namespace)
        return [self.objects[key] for key in sorted(found)]

    def position(self, version: int) -> int:
        """Where the changes after that version begin. StatusError (410) if some are forgotten."""
        if version < self.compacted:
            raise expired(f"too old resource version: {version} ({self.compacted})")
        return self.dropped + bisect_right(self.log, version, key=lambda change: change.version)

    def since(self, position: int) -> list[Change]:
        """The changes from there on. StatusError (410) if some of them are forgotten."""
        if position < self.dropped:
            raise expired(f"too old resource version: {self.compacted} ({self.compacted})")
        return self.log[position - self.dropped :]

    def at(self, version: int) -> dict[Key, Stored]:
        """The objects as they were then. StatusError (410) if that is forgotten."""
        objects = dict(self.objects)
        for change in reversed(self.since(self.position(version))):
            if change.old is None:
                objects.pop(change.new.key, None)
            else:
                objects[change.old.key] = change.old
        return objects

    async def wait(self, position: int) -> None:
        """Until there is a change at that position."""
        event = asyncio.Event()
        self._waiting[event] = None
        try:
            while self.dropped + len(self.log) <= position:
                event.clear()
                await event.wait()
        finally:
            del self._waiting[event]


def _of(objects: Mapping[Key, Stored], namespace: str) -> Iterable[Key]:
    return (key for key in objects if key[0] == namespace)


Listener = Callable[[Key, Change], None]


@dataclass
class Store:
    """All collections; `listeners` are told of every change at once, and must not wait."""

    keep: int = HISTORY
    version: int = 1
    collections: dict[Key, Collection] = field(default_factory=dict)
    listeners: list[Listener] = field(default_factory=list)

    def collection(self, kind: Key) -> Collection:
        found = self.collections.get(kind)
        if found is None:
            found = self.collections[kind] = Collection(self.keep, compacted=0)
        return found

    def get(self, kind: Key, namespace: str, name: str) -> Stored | None:
        return self.collection(kind).objects.get((namespace, name))

    def put(self, kind: Key, obj: Obj, fields: Mapping[str, str]) -> Stored:
        """Create or replace it; its resourceVersion is set."""
        collection = self.collection(kind)
        new = self._next(obj, fields)
        old = collection.objects.get(new.key)
        collection.objects[new.key] = new
        self._tell(kind, Change("MODIFIED" if old else "ADDED", new, old))
        return new

    def remove(self, kind: Key, obj: Obj, fields: Mapping[str, str]) -> Stored:
        """Take it away; what is told of it, as it was last, has a version of its own."""
        collection = self.collection(kind)
        gone = self._next(obj, fields)
        old = collection.objects.pop(gone.key)
        self._tell(kind, Change("DELETED", gone, old))
        return gone

    def _next(self, obj: Obj, fields: Mapping[str, str]) -> Stored:
        self.version += 1
        metadata: dict[str, Any] = obj["metadata"]
        metadata["resourceVersion"] = str(self.version)
        return Stored(
            metadata.get("namespace") or "",
            metadata["name"],
            metadata["uid"],
            self.version,
            _body(obj),
            metadata.get("labels") or {},
            fields,
            _owners(metadata),
        )

    def _tell(self, kind: Key, change: Change) -> None:
        self.collection(kind).add(change)
        for listener in self.listeners:
            listener(kind, change)


def _body(obj: Obj) -> bytes:
    """What says the kind goes first, so that a list can leave it out (`list`)."""
    text = orjson.dumps({"kind": obj["kind"], "apiVersion": obj["apiVersion"], **obj})
    # A copy of just that size: orjson's own keeps several times as much memory as it is long.
    return bytes(memoryview(text))


def _owners(metadata: Obj) -> tuple[Owner, ...]:
    references = metadata.get("ownerReferences") or ()
    return tuple(Owner(each["uid"], bool(each.get("blockOwnerDeletion"))) for each in references)
