"""The store: objects by collection, and the log of all changes.

Objects are stored as the JSON that is sent to clients. So reading costs nothing, no reader can
change a stored object, and ten thousand objects need little memory.

One number counts all changes of the store: the resourceVersion. The log of a collection holds
its latest changes. Watches read it, and older states are rebuilt from it.

Only one event loop may use a store. Nothing in here awaits, except `Collection.wait`, so each call
is one step that no other task can interrupt.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson

from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError, expired
from kuscia_conformance.kube.objects import Obj

#: Of a collection: its group and plural. Of an object: its namespace and name.
Key = tuple[str, str]

#: The number of changes that a collection keeps at least. It keeps at most twice as many.
HISTORY = 10_000
#: The largest request that etcd takes, and the largest that its client sends, in bytes; and what a
#: request has besides the object, about.
LARGEST_REQUEST, LARGEST_MESSAGE = 1536 * 1024, 2048 * 1024
_REQUEST = 200


@dataclass(frozen=True, slots=True)
class Owner:
    """One ownerReference: the owner's uid, blockOwnerDeletion, and what else it names it by."""

    uid: str
    blocks: bool
    #: Its apiVersion, kind and name.
    named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """One version of one object; `namespace` is empty for cluster-scoped objects."""

    namespace: str
    name: str
    uid: str
    version: int
    body: bytes
    labels: Mapping[str, str]
    #: The fields that field selectors can test.
    fields: Mapping[str, str]
    owners: tuple[Owner, ...] = ()

    @property
    def key(self) -> Key:
        """The object's key in its collection: namespace and name."""
        return self.namespace, self.name

    def object(self) -> Obj:
        """Returns the decoded object. Each call returns a new copy."""
        obj: Obj = orjson.loads(self.body)
        return obj


@lru_cache(maxsize=4096)
def for_reading(stored: Stored) -> Obj:
    """Returns the decoded object. All callers share it, so they must not change it."""
    return stored.object()


@dataclass(frozen=True, slots=True)
class Change:
    """One change: ADDED, MODIFIED or DELETED, with the object after it and before it.

    After a deletion, `new` is the last state of the object, with the version of the deletion.
    """

    type: str
    new: Stored
    old: Stored | None

    @property
    def version(self) -> int:
        return self.new.version


@dataclass
class Collection:
    """The objects of one kind, and the log of their latest changes.

    A position counts the changes of the collection since its creation, also those that are no
    longer in the log.
    """

    keep: int = HISTORY
    objects: dict[Key, Stored] = field(default_factory=dict)
    log: list[Change] = field(default_factory=list)
    #: The number of changes that were dropped from the log, and the version of the last of them.
    dropped: int = 0
    compacted: int = 0
    #: How often `wake` was called.
    _woken: int = 0
    #: A dict, to keep the order of arrival: with a virtual clock every run must be the same.
    _waiting: dict[asyncio.Event, None] = field(default_factory=dict)

    def add(self, change: Change) -> None:
        """Appends a change to the log, and wakes the watches."""
        self.log.append(change)
        if len(self.log) >= 2 * self.keep:
            self.compact(self.keep)
        for event in self._waiting:
            event.set()

    def compact(self, keep: int) -> None:
        """Drops all changes from the log, except the latest `keep`."""
        count = max(len(self.log) - keep, 0)
        if count:
            self.compacted = self.log[count - 1].version
            self.dropped += count
            del self.log[:count]

    def in_namespace(self, namespace: str) -> list[Stored]:
        """Returns the objects in the order of their keys; "" means all namespaces."""
        found = self.objects if not namespace else _of(self.objects, namespace)
        return [self.objects[key] for key in sorted(found)]

    def position(self, version: int) -> int:
        """Returns the position of the first change after a version.

        Raises StatusError (410) if some of the changes after it were dropped.
        """
        if version < self.compacted:
            raise expired(f"too old resource version: {version} ({self.compacted})")
        return self.dropped + bisect_right(self.log, version, key=lambda change: change.version)

    def since(self, position: int) -> list[Change]:
        """Returns the changes from a position on. Raises StatusError (410) if some were dropped."""
        if position < self.dropped:
            raise expired(f"too old resource version: {self.compacted} ({self.compacted})")
        return self.log[position - self.dropped :]

    def at(self, version: int) -> dict[Key, Stored]:
        """Returns the objects as they were at a version. Raises StatusError (410) as `position`."""
        objects = dict(self.objects)
        for change in reversed(self.since(self.position(version))):
            if change.old is None:
                objects.pop(change.new.key, None)
            else:
                objects[change.old.key] = change.old
        return objects

    async def wait(self, position: int) -> None:
        """Waits until a change exists at that position, or until `wake`."""
        event, woken = asyncio.Event(), self._woken
        self._waiting[event] = None
        try:
            while self.dropped + len(self.log) <= position and self._woken == woken:
                event.clear()
                await event.wait()
        finally:
            del self._waiting[event]

    def wake(self) -> None:
        """Ends every `wait`, though nothing has changed."""
        self._woken += 1
        for event in self._waiting:
            event.set()


def _of(objects: Mapping[Key, Stored], namespace: str) -> Iterable[Key]:
    return (key for key in objects if key[0] == namespace)


Listener = Callable[[Key, Change], None]


@dataclass
class Store:
    """All collections. Every write calls the `listeners` before it returns; they must not wait."""

    keep: int = HISTORY
    version: int = 1
    collections: dict[Key, Collection] = field(default_factory=dict)
    listeners: list[Listener] = field(default_factory=list)

    def collection(self, kind: Key) -> Collection:
        """Returns the collection of a kind, and creates it if it is new."""
        found = self.collections.get(kind)
        if found is None:
            found = self.collections[kind] = Collection(self.keep, compacted=0)
        return found

    def get(self, kind: Key, namespace: str, name: str) -> Stored | None:
        """Returns the stored object, or None if it does not exist."""
        return self.collection(kind).objects.get((namespace, name))

    def put(self, kind: Key, obj: Obj, fields: Mapping[str, str]) -> Stored:
        """Creates or replaces an object, and returns the stored version.

        Sets metadata.resourceVersion in `obj`. `fields` are those that field selectors can test.
        """
        collection = self.collection(kind)
        new = self._next(obj, fields)
        old = collection.objects.get(new.key)
        collection.objects[new.key] = new
        self._tell(kind, Change("MODIFIED" if old else "ADDED", new, old))
        return new

    def remove(self, kind: Key, obj: Obj, fields: Mapping[str, str]) -> Stored:
        """Removes an object; `obj`, with a new resourceVersion, goes into its DELETED event."""
        collection = self.collection(kind)
        gone = self._next(obj, fields)
        old = collection.objects.pop(gone.key)
        self._tell(kind, Change("DELETED", gone, old))
        return gone

    def _next(self, obj: Obj, fields: Mapping[str, str]) -> Stored:
        metadata: dict[str, Any] = obj["metadata"]
        metadata["resourceVersion"] = str(self.version + 1)
        body = _body(obj)
        _require_size(body)
        self.version += 1
        return Stored(
            metadata.get("namespace") or "",
            metadata["name"],
            metadata["uid"],
            self.version,
            body,
            metadata.get("labels") or {},
            fields,
            _owners(metadata),
        )

    def _tell(self, kind: Key, change: Change) -> None:
        self.collection(kind).add(change)
        for listener in self.listeners:
            listener(kind, change)


def _require_size(body: bytes) -> None:
    """Raises StatusError (500) for an object that etcd refuses; the text is that of etcd's client.

    A real server stores built-in kinds as protobuf, which is a little shorter.
    """
    sent = len(body) + _REQUEST
    if sent > LARGEST_MESSAGE:
        why = f"trying to send message larger than max ({sent} vs. {LARGEST_MESSAGE})"
        raise StatusError(500, "", f"rpc error: code = ResourceExhausted desc = {why}")
    if sent > LARGEST_REQUEST:
        raise StatusError(500, "", "etcdserver: request is too large")


def _body(obj: Obj) -> bytes:
    """Puts kind and apiVersion first, so that a list can cut them off (`list.list_body`)."""
    text = orjson.dumps({"kind": obj["kind"], "apiVersion": obj["apiVersion"], **obj})
    # A copy of exactly that size: the bytes from orjson hold several times as much memory.
    return bytes(memoryview(text))


def _owners(metadata: Obj) -> tuple[Owner, ...]:
    references = metadata.get("ownerReferences") or ()
    return tuple(map(_owner, references))


def _owner(reference: Obj) -> Owner:
    named = tuple(reference.get(field, "") for field in ("apiVersion", "kind", "name"))
    return Owner(reference["uid"], bool(reference.get("blockOwnerDeletion")), named)
