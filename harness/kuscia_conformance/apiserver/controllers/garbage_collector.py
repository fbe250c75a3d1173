"""The garbage collector: deletes objects whose owners are gone, and holds back owners.

An owner that is deleted in the foreground stays until its blocking dependents are gone. The
collector learns the owners only from the store's changes. Each object that a change may affect is
queued and then checked on its own, in the order in which the objects were queued.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

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
    _places: dict[str, Place] = field(default_factory=dict)
    _dependents: dict[str, dict[Place, Owner]] = field(default_factory=dict)
    _due: WorkQueue[Place] = field(default_factory=lambda: WorkQueue(StatusError))

    def watch(self, kind: Key, change: Change) -> None:
        """Updates the graph of owners, and adds the objects that a change affects to the queue."""
        place = Place(kind, change.new.key)
        if change.old is not None:
            self._forget(place, change.old)
        if change.type == "DELETED":
            if self._places.get(change.new.uid) == place:
                del self._places[change.new.uid]
            self._due.add(*self._dependents.get(change.new.uid, ()), *self._owners(change.new))
            return
        self._places[change.new.uid] = place
        for owner in change.new.owners:
            self._dependents.setdefault(owner.uid, {})[place] = owner
        if change.new.owners or b'"deletionTimestamp"' in change.new.body:
            self._due.add(place)
        if change.old is not None and change.old.owners:
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
        self._look_for_owners(target, stored, obj)

    def _look_for_owners(self, target: Target, stored: Stored, obj: Obj) -> None:
        """Deletes an object whose owners are all gone.

        If only some owners are gone, removes the references to them.
        """
        references = obj["metadata"].get("ownerReferences") or []
        if not references:
            return
        there = [each for each in references if self._exists(each["uid"], stored)]
        if (
            there
            and any(self._waits_for_us(each["uid"]) for each in there)
            and not [each for each in there if not self._waits_for_us(each["uid"])]
        ):
            self._delete_in_turn(target, stored)
        elif not there:
            self._delete(target, stored, "Background")
        elif len(there) < len(references):
            gone = {each["uid"] for each in references} - {each["uid"] for each in there}
            update(self.writer, target, lambda new: _disown(new, gone), MANAGER)

    def _delete_in_turn(self, target: Target, stored: Stored) -> None:
        """Deletes an object whose owners all wait for their dependents; it waits for its own.

        If one of its own dependents is waiting too, the owners may form a cycle. Then the object
        stops blocking its owners.
        """
        dependents = self._dependents_of(stored)
        if any(map(self._deletes_dependents, dependents)):
            update(self.writer, target, _unblock, MANAGER)
        self._delete(target, stored, "Foreground" if dependents else "")

    def _delete(self, target: Target, stored: Stored, policy: str) -> None:
        # A finalizer that is already there decides, as in Kubernetes.
        finalizers = stored.object()["metadata"].get("finalizers") or []
        if ORPHAN in finalizers or FOREGROUND in finalizers:
            policy = ""
        delete(self.writer, target, DeleteOptions(policy=policy, uid=stored.uid))

    def _exists(self, uid: str, dependent: Stored) -> bool:
        """Whether the owner exists, where this dependent may have one.

        The owner of an object is cluster-scoped or in the object's own namespace.
        """
        place = self._places.get(uid)
        if place is None:
            return False
        return not place.key[0] or place.key[0] == dependent.namespace

    def _waits_for_us(self, uid: str) -> bool:
        """Whether the owner is deleted in the foreground, that is, after its dependents."""
        place = self._places.get(uid)
        return place is not None and self._deletes_dependents(place)

    def _deletes_dependents(self, place: Place) -> bool:
        stored = self.writer.store.get(place.kind, *place.key)
        if stored is None or b'"deletionTimestamp"' not in stored.body:
            return False
        return FOREGROUND in (stored.object()["metadata"].get("finalizers") or [])

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
        self._due.add(*(each for each in dependents if not self._deletes_dependents(each)))
        if not any(owner.blocks for owner in dependents.values()):
            self._release(target, FOREGROUND)

    def _release(self, target: Target, finalizer: str) -> None:
        def change(new: Obj) -> None:
            left = [name for name in new["metadata"]["finalizers"] if name != finalizer]
            new["metadata"]["finalizers"] = left

        update(self.writer, target, change, MANAGER)


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
