"""The newest known version of every watched object, in memory.

Objects come from two sources: the events of the watches (`runtime.py`) and the answers to our own
writes (`perform.py`). Both go through `put` and `drop`, which compare versions, so the order in
which they arrive does not matter. The cache is therefore never older than our own writes.
`runtime.py` is told of every change.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from kuscia_conformance.kube.objects import (
    PODS,
    Obj,
    Resource,
    annotations_of,
    key_of,
    labels_of,
    namespace_of,
    uid_of,
    version_of,
)
from reference_controller import names
from reference_controller.task_resource.seen import reservation_of

#: The number of deleted objects to remember. The answer to a write can come after the event of the
#: deletion, but only a few requests later.
_REMEMBERED = 10_000


def _resource_key(obj: Obj) -> str | None:
    name = annotations_of(obj).get(names.TASK_RESOURCE)
    return f"{namespace_of(obj)}/{name}" if name else None


def _nodes_held(obj: Obj) -> Collection[str]:
    return set(reservation_of(obj).values()) if names.RESERVATION in annotations_of(obj) else ()


#: The indexes of `Cache.by`: the name of each, and the value that an object has in it.
INDEXES: dict[str, Callable[[Obj], str | None]] = {
    "namespace": namespace_of,
    # pods by the node they are bound to
    "node": lambda obj: (obj.get("spec") or {}).get("nodeName"),
    # nodes by the domain they serve
    "domain": lambda obj: labels_of(obj).get(names.DOMAIN),
    # objects that were made for a task: by the task's uid, and by its name
    "task": lambda obj: labels_of(obj).get(names.TASK_UID),
    "task-name": lambda obj: annotations_of(obj).get(names.TASK_ID),
    # TaskResources and pods by the uid of their group
    "group": lambda obj: labels_of(obj).get(names.TASK_RESOURCE_GROUP_UID),
    # pods by the key (namespace/name) of their TaskResource
    "resource": _resource_key,
}
#: Indexes in which an object can have several values.
MANY: dict[str, Callable[[Obj], Collection[str]]] = {
    # TaskResources by the nodes that they hold for their pods
    "holding": _nodes_held,
}


@dataclass(frozen=True)
class Refusal:
    """An object that the API server refused to create, and its message.

    `final` if the server will refuse the same object every time.
    """

    object: Obj
    message: str
    final: bool


#: Is called with each change: the resource, the object before (None: new) and after (None: gone).
Changed = Callable[[Resource, Obj | None, Obj | None], None]


class Cache:
    """All watched objects in their newest known version. Callers must not change them."""

    def __init__(self, changed: Changed = lambda *_: None) -> None:
        self._changed = changed
        #: The number of changes so far. Two readings that differ show that something changed.
        self.changes = 0
        self._objects: defaultdict[Resource, dict[str, Obj]] = defaultdict(dict)
        self._keys: defaultdict[tuple[Resource, str, str], set[str]] = defaultdict(set)
        self._gone: dict[str, None] = {}
        #: By namespace and port number: how many container ports have it. It is counted here
        #: because many tasks ask for it at the same time.
        self._ports: defaultdict[str, Counter[int]] = defaultdict(Counter)
        #: By the task's uid, then by object: the last refusal of that object by the API server.
        self._refusals: defaultdict[str, dict[str, Refusal]] = defaultdict(dict)

    def get(self, resource: Resource, name: str, namespace: str | None = None) -> Obj | None:
        """Returns the object of that name; None if it is not known."""
        return self._objects[resource].get(f"{namespace}/{name}" if namespace else name)

    def all(self, resource: Resource) -> tuple[Obj, ...]:
        """Returns every object of the resource, sorted by key."""
        objects = self._objects[resource]
        return tuple(objects[key] for key in sorted(objects))

    def by(self, resource: Resource, index: str, value: str) -> tuple[Obj, ...]:
        """Returns the objects that have this value in that index, sorted by key."""
        objects = self._objects[resource]
        return tuple(objects[key] for key in sorted(self._keys.get((resource, index, value), ())))

    def ports(self, namespace: str) -> frozenset[int]:
        """Returns the port numbers that containers of pods in that namespace have."""
        return frozenset(self._ports.get(namespace, ()))

    def put(self, resource: Resource, obj: Obj) -> None:
        """Stores this version of an object, unless a newer version or its deletion is known."""
        known = self._objects[resource].get(key_of(obj))
        if uid_of(obj) in self._gone or (known and version_of(known) >= version_of(obj)):
            return
        self._replace(resource, key_of(obj), known, obj)

    def assume_bound(self, pod: Obj, node: str) -> None:
        """Notes that we have bound the pod: unlike other answers, a Binding's has no new object."""
        known = self._objects[PODS].get(key_of(pod))
        if known and uid_of(known) == uid_of(pod) and not known["spec"].get("nodeName"):
            bound = {**known, "spec": {**known["spec"], "nodeName": node}}
            self._replace(PODS, key_of(pod), known, bound)

    def drop(self, resource: Resource, obj: Obj) -> None:
        """Removes a deleted object. Later versions of it are ignored.

        A new object of the same name, which has another uid, is accepted.
        """
        self._remember(uid_of(obj))
        self._refusals.pop(uid_of(obj), None)
        known = self._objects[resource].get(key_of(obj))
        if known and uid_of(known) == uid_of(obj):
            self._replace(resource, key_of(obj), known, None)

    def refuse(self, resource: Resource, refusal: Refusal) -> None:
        """Stores the refusal of a task's object, until the object exists or the task is gone."""
        if task := labels_of(obj := refusal.object).get(names.TASK_UID):
            self._refusals[task][_ref(resource, obj)] = refusal
            self.changes += 1

    def refusals(self, task: str) -> list[Refusal]:
        """Returns the refusals of objects of the task with that uid."""
        return list(self._refusals.get(task, {}).values())

    def replace(self, resource: Resource, objects: Iterable[Obj], version: int) -> None:
        """Takes over a list of that version; drops older known objects that it lacks."""
        listed = {uid_of(obj): obj for obj in objects}
        for known in self.all(resource):
            if uid_of(known) not in listed and version_of(known) <= version:
                self.drop(resource, known)
        for obj in listed.values():
            self.put(resource, obj)

    def _replace(self, resource: Resource, key: str, old: Obj | None, new: Obj | None) -> None:
        self._unindex(resource, key, old)
        if resource is PODS:
            for pod, step in ((old, -1), (new, 1)):
                if pod:
                    self._count_ports(pod, step)
        if new is None:
            del self._objects[resource][key]
        else:
            self._objects[resource][key] = new
            refusals = self._refusals.get(labels_of(new).get(names.TASK_UID, ""), {})
            refusals.pop(_ref(resource, new), None)
            for place in _places(resource, new):
                self._keys[place].add(key)
        self.changes += 1
        self._changed(resource, old, new)

    def _unindex(self, resource: Resource, key: str, old: Obj | None) -> None:
        for place in _places(resource, old) if old else ():
            self._keys[place].discard(key)
            if not self._keys[place]:
                del self._keys[place]

    def _count_ports(self, pod: Obj, step: int) -> None:
        counted = self._ports[namespace_of(pod) or ""]
        for number in _ports(pod):
            counted[number] += step
            if not counted[number]:
                del counted[number]

    def _remember(self, uid: str) -> None:
        self._gone[uid] = None
        if len(self._gone) > _REMEMBERED:
            del self._gone[next(iter(self._gone))]


def _ref(resource: Resource, obj: Obj) -> str:
    return f"{resource.plural} {key_of(obj)}"


def _ports(pod: Obj) -> list[int]:
    containers = (pod.get("spec") or {}).get("containers") or ()
    return [port["containerPort"] for each in containers for port in each.get("ports") or ()]


def _places(resource: Resource, obj: Obj) -> list[tuple[Resource, str, str]]:
    one = [(index, value_of(obj)) for index, value_of in INDEXES.items()]
    several = [(index, value) for index, of in MANY.items() for value in of(obj)]
    return [(resource, index, value) for index, value in (*one, *several) if value]
