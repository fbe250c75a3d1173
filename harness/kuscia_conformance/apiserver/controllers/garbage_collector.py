"""The garbage collector: deletes objects whose owners are gone, and holds back owners.

An owner that is deleted in the foreground stays until its blocking dependents are gone. The
collector learns of owners and dependents from the store's changes. Each object that a change may
affect is queued and then checked on its own, in the order in which the objects were queued.

A check looks each owner up as Kubernetes' collector does: by kind, namespace, name and uid. If one
owner of several cannot be looked up, the object stays as it is:

    the kind is not served                      until a definition of it is installed
    the owner has a namespace, the object none  for good

What kube-controller-manager does in a thousand cases is recorded in
`tests/apiserver/controllers/recorded.yaml`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

from kuscia_conformance.apiserver.apimachinery.kinds import Kind
from kuscia_conformance.apiserver.apimachinery.registry import Target
from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError
from kuscia_conformance.apiserver.storage.store import Change, Key, Owner, Stored
from kuscia_conformance.apiserver.writes.delete import FOREGROUND, ORPHAN, delete
from kuscia_conformance.apiserver.writes.options import DeleteOptions
from kuscia_conformance.apiserver.writes.update import update
from kuscia_conformance.apiserver.writes.writer import Writer
from kuscia_conformance.kube.objects import Obj
from kuscia_conformance.kube.workqueue import WorkQueue

MANAGER = "garbage-collector"
#: Kinds that the collector does not watch, so events are never collected.
IGNORED: frozenset[Key] = frozenset({("", "events"), ("events.k8s.io", "events")})
_DEFINITIONS: Key = ("apiextensions.k8s.io", "customresourcedefinitions")


class Fate(Enum):
    """What has become of an owner. WAITING means that its dependents are deleted before it."""

    THERE = auto()
    WAITING = auto()
    GONE = auto()


class _UnknownOwnerError(Exception):
    """An owner that cannot be looked up."""


@dataclass(frozen=True)
class Place:
    """Where an object is: its collection, and its key in the collection."""

    kind: Key
    key: Key


@dataclass
class Collector:
    """The controller: `watch` listens to the store; `run` works until it is cancelled."""

    writer: Writer
    #: Returns the kind of a collection, in its stored version; None if it is no longer served.
    kind_of: Callable[[Key], Kind | None]
    #: Returns the kind that an apiVersion and a kind name; None if it is not served.
    kind_named: Callable[[str, str], Kind | None]
    _places: dict[str, Place] = field(default_factory=dict)
    _dependents: dict[str, dict[Place, Owner]] = field(default_factory=dict)
    #: The objects with an owner that could not be looked up.
    _unknown: dict[Place, None] = field(default_factory=dict)
    _due: WorkQueue[Place] = field(default_factory=lambda: WorkQueue(StatusError))

    def watch(self, kind: Key, change: Change) -> None:
        """Updates the graph of owners, and adds the objects that a change affects to the queue."""
        if kind in IGNORED:
            return
        if kind == _DEFINITIONS:
            # The change may make the kinds of owners known.
            self._due.add(*self._unknown)
        place = Place(kind, change.new.key)
        if change.old is not None:
            self._forget(place, change.old)
        if change.type == "DELETED":
            self._deleted(place, change.new)
        else:
            self._written(place, change)

    def _deleted(self, place: Place, last: Stored) -> None:
        if self._places.get(last.uid) == place:
            del self._places[last.uid]
        self._unknown.pop(place, None)
        self._due.add(*self._dependents.get(last.uid, ()), *self._owners(last))

    def _written(self, place: Place, change: Change) -> None:
        self._places[change.new.uid] = place
        for owner in change.new.owners:
            self._dependents.setdefault(owner.uid, {})[place] = owner
        other_owners = change.old is None or change.old.owners != change.new.owners
        if (other_owners and change.new.owners) or b'"deletionTimestamp"' in change.new.body:
            self._due.add(place)
        if change.old is not None and other_owners:
            self._due.add(*self._owners(change.old))

    def _forget(self, place: Place, old: Stored) -> None:
        for owner in old.owners:
            dependents = self._dependents.get(owner.uid, {})
            dependents.pop(place, None)
            if not dependents:
                self._dependents.pop(owner.uid, None)

    def _owners(self, stored: Stored) -> Iterator[Place]:
        return (self._places[o.uid] for o in stored.owners if o.uid in self._places)

    async def run(self) -> None:
        """Processes the queue until it is cancelled."""
        await self._due.work(self._look)

    def _look(self, place: Place) -> None:
        self._unknown.pop(place, None)
        kind = self.kind_of(place.kind)
        stored = self.writer.store.get(place.kind, *place.key)
        if kind is None or stored is None:
            return
        target = Target(kind, *place.key)
        obj = stored.object()
        finalizers = obj["metadata"].get("finalizers") or []
        if "deletionTimestamp" in obj["metadata"]:
            if ORPHAN in finalizers:
                self._orphan(target, stored)
            elif FOREGROUND in finalizers:
                self._delete_dependents_first(target, stored)
            return
        try:
            self._look_for_owners(target, stored, obj)
        except _UnknownOwnerError:
            self._unknown[place] = None

    def _look_for_owners(self, target: Target, stored: Stored, obj: Obj) -> None:
        """Deletes an object that has owners but none that is there.

        If one of several owners is there, removes the references to the others.
        """
        references = obj["metadata"].get("ownerReferences") or []
        fates = [self._fate_of(each, stored.namespace) for each in references]
        if Fate.THERE in fates:
            pairs = zip(references, fates, strict=True)
            if left := {each["uid"] for each, fate in pairs if fate is not Fate.THERE}:
                update(self.writer, target, lambda new: _disown(new, left), MANAGER)
        elif Fate.WAITING in fates and self._dependents_of(stored):
            self._delete_in_turn(target, stored)
        elif fates:
            # A finalizer that is already there decides, as in Kubernetes.
            finalizers = obj["metadata"].get("finalizers") or []
            decided = ORPHAN in finalizers or FOREGROUND in finalizers
            self._delete(target, stored, "" if decided else "Background")

    def _fate_of(self, reference: Obj, namespace: str) -> Fate:
        """Looks up the owner of an object in `namespace`, which is empty for cluster-scoped ones.

        Raises _UnknownOwnerError if the owner's kind is not served, and for a cluster-scoped object
        whose owner would be in a namespace.
        """
        kind = self.kind_named(reference["apiVersion"], reference["kind"])
        if kind is None or (kind.namespaced and not namespace):
            raise _UnknownOwnerError
        key = (namespace if kind.namespaced else "", reference["name"])
        owner = self.writer.store.get(kind.key, *key)
        is_list = reference["kind"].lower() != kind.name.lower()
        if owner is None or owner.uid != reference["uid"] or is_list:
            return Fate.GONE
        return Fate.WAITING if _deletes_dependents(owner) else Fate.THERE

    def _delete_in_turn(self, target: Target, stored: Stored) -> None:
        """Deletes an object whose owners wait for their dependents; it waits for its own.

        If one of its own dependents is waiting too, the owners may form a cycle. Then the object
        stops blocking its owners.
        """
        if any(map(self._waits, self._dependents_of(stored))):
            update(self.writer, target, _unblock, MANAGER)
        self._delete(target, stored, "Foreground")

    def _delete(self, target: Target, stored: Stored, policy: str) -> None:
        delete(self.writer, target, DeleteOptions(policy=policy, uid=stored.uid))

    def _waits(self, place: Place) -> bool:
        stored = self.writer.store.get(place.kind, *place.key)
        return stored is not None and _deletes_dependents(stored)

    def _dependents_of(self, stored: Stored) -> dict[Place, Owner]:
        return self._dependents.get(stored.uid, {})

    def _orphan(self, target: Target, stored: Stored) -> None:
        for place in list(self._dependents_of(stored)):
            kind = self.kind_of(place.kind)
            if kind is not None:
                dependent = Target(kind, *place.key)
                update(self.writer, dependent, lambda new: _disown(new, {stored.uid}), MANAGER)
        self._release(target, ORPHAN)

    def _delete_dependents_first(self, target: Target, stored: Stored) -> None:
        dependents = self._dependents_of(stored)
        # Dependents that wait too are not queued again: they may own each other, in a cycle.
        self._due.add(*(each for each in dependents if not self._waits(each)))
        if not any(owner.blocks for owner in dependents.values()):
            self._release(target, FOREGROUND)

    def _release(self, target: Target, finalizer: str) -> None:
        def change(new: Obj) -> None:
            left = [name for name in new["metadata"]["finalizers"] if name != finalizer]
            new["metadata"]["finalizers"] = left

        update(self.writer, target, change, MANAGER)


def _deletes_dependents(stored: Stored) -> bool:
    """Whether the object is deleted in the foreground, that is, after its dependents."""
    if b'"deletionTimestamp"' not in stored.body:
        return False
    return FOREGROUND in (stored.object()["metadata"].get("finalizers") or [])


def _unblock(obj: Obj) -> None:
    for each in obj["metadata"]["ownerReferences"]:
        each["blockOwnerDeletion"] = False


def _disown(obj: Obj, uids: set[str]) -> None:
    """Removes the references to these owners."""
    references = obj["metadata"].get("ownerReferences") or []
    left = [each for each in references if each["uid"] not in uids]
    if left:
        obj["metadata"]["ownerReferences"] = left
    else:
        obj["metadata"].pop("ownerReferences", None)
