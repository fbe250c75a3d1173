"""What the API holds, as far as we know: the watches' events and the answers to our own writes.

Never older than our own writes: both sources go through `put` and `drop`, which compare
versions, so that it does not matter which of the two speaks first. Plain memory; whoever
fills it and whoever is told of changes is in `runtime.py`.
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

#: How many deleted objects to remember; late answers to our writes come within a few requests.
_REMEMBERED = 10_000


def _resource_key(obj: Obj) -> str | None:
    name = annotations_of(obj).get(names.TASK_RESOURCE)
    return f"{namespace_of(obj)}/{name}" if name else None


def _nodes_held(obj: Obj) -> Collection[str]:
    return set(reservation_of(obj).values()) if names.RESERVATION in annotations_of(obj) else ()


#: By what `Cache.by` finds objects: the name of the index, and the value an object has in it.
INDEXES: dict[str, Callable[[Obj], str | None]] = {
    "namespace": namespace_of,
    # pods by the node they are bound to
    "node": lambda obj: (obj.get("spec") or {}).get("nodeName"),
    # nodes by the domain they serve
    "domain": lambda obj: labels_of(obj).get(names.DOMAIN),
    # what was made for a task, by the task's uid; pods also by its name
    "task": lambda obj: labels_of(obj).get(names.TASK_UID),
    "task-name": lambda obj: annotations_of(obj).get(names.TASK_ID),
    # TaskResources and pods by the uid of their group
    "group": lambda obj: labels_of(obj).get(names.TASK_RESOURCE_GROUP_UID),
    # pods by the key (namespace/name) of their TaskResource
    "resource": _resource_key,
}
#: Indexes in which an object has several values.
MANY: dict[str, Callable[[Obj], Collection[str]]] = {
    # TaskResources by the nodes that are held for their pods
    "holding": _nodes_held,
}


@dataclass(frozen=True)
class Refusal:
    """What the API did not create, and why; `final` if it will say so again, whatever happens."""

    object: Obj
    message: str
    final: bool


#: Told of a change: the resource, the object before (None: new) and after (None: gone).
Changed = Callable[[Resource, Obj | None, Obj | None], None]


class Cache:
    """All watched objects in their newest known version; treat what it returns as read-only."""

    def __init__(self, changed: Changed = lambda *_: None) -> None:
        self._changed = changed
        #: How many there have been; whoever compares knows whether anything happened.
        self.changes = 0
        self._objects: defaultdict[Resource, dict[str, Obj]] = defaultdict(dict)
        self._keys: defaultdict[tuple[Resource, str, str], set[str]] = defaultdict(set)
        self._gone: dict[str, None] = {}
        #: How many containers have a port of that number, by namespace: many tasks ask at a time.
        self._ports: defaultdict[str, Counter[int]] = defaultdict(Counter)
        #: By the uid of a task, and then by object: what the API said when it last refused it.
        self._refusals: defaultdict[str, dict[str, Refusal]] = defaultdict(dict)

    def get(self, resource: Resource, name: str, namespace: str | None = None) -> Obj | None:
        return self._objects[resource].get(f"{namespace}/{name}" if namespace else name)

    def all(self, resource: Resource) -> tuple[Obj, ...]:
        """Every object of the resource, sorted by key."""
        objects = self._objects[resource]
        return tuple(objects[key] for key in sorted(objects))

    def by(self, resource: Resource, index: str, value: str) -> tuple[Obj, ...]:
        """The objects that have this value in that index, sorted by key."""
        objects = self._objects[resource]
        return tuple(objects[key] for key in sorted(self._keys.get((resource, index, value), ())))

    def ports(self, namespace: str) -> frozenset[int]:
        """The ports that pods of that namespace have been given."""
        return frozenset(self._ports.get(namespace, ()))

    def put(self, resource: Resource, obj: Obj) -> None:
        """Take over a version of an object, unless a newer one, or its deletion, is known."""
        known = self._objects[resource].get(key_of(obj))
        if uid_of(obj) in self._gone or (known and version_of(known) >= version_of(obj)):
            return
        self._replace(resource, key_of(obj), known, obj)

    def assume_bound(self, pod: Obj, node: str) -> None:
        """We have bound that pod; a Binding's answer, unlike others, does not show the result."""
        known = self._objects[PODS].get(key_of(pod))
        if known and uid_of(known) == uid_of(pod) and not known["spec"].get("nodeName"):
            bound = {**known, "spec": {**known["spec"], "nodeName": node}}
            self._replace(PODS, key_of(pod), known, bound)

    def drop(self, resource: Resource, obj: Obj) -> None:
        """The object is deleted: no version of it comes back; a successor of its name may."""
        self._remember(uid_of(obj))
        self._refusals.pop(uid_of(obj), None)
        known = self._objects[resource].get(key_of(obj))
        if known and uid_of(known) == uid_of(obj):
            self._replace(resource, key_of(obj), known, None)

    def refuse(self, resource: Resource, refusal: Refusal) -> None:
        """The API has refused an object; forgotten when it is there, or its task is gone."""
        if task := labels_of(obj := refusal.object).get(names.TASK_UID):
            self._refusals[task][_ref(resource, obj)] = refusal
            self.changes += 1

    def refusals(self, task: str) -> list[Refusal]:
        """What the API has refused for the task of that uid."""
        return list(self._refusals.get(task, {}).values())

    def replace(self, resource: Resource, objects: Iterable[Obj], version: int) -> None:
        """Take over a list as of that version: what it lacks, and is not newer, is deleted."""
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
