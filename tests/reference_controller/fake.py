"""A fake API server in memory and a world with a manual clock, for the tests of the runtime.

The server keeps objects, versions and watches. It has no schemas, defaults or admission.
"""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

from kuscia_conformance.errors import AlreadyExists, Conflict, NotFound
from kuscia_conformance.kube.client import Event
from kuscia_conformance.kube.kuscia import KUSCIA_TASKS
from kuscia_conformance.kube.objects import PODS, key_of, namespace_of, time_text, uid_of
from reference_controller.runtime import REST

T = datetime(2024, 1, 1, tzinfo=UTC)


class FakeApi:
    """The part of `Api` that the controller uses, with objects in memory."""

    def __init__(self):
        self.objects = {}
        self.watches = []
        self.requests: Counter[tuple[str, str]] = Counter()
        self.version = 0
        self.clock = lambda: T
        #: Called at every change, after the watches have got the event.
        self.told = lambda *_: None
        #: Errors by verb; each of the next requests with that verb raises one of them.
        self.faults = {}

    def _begin(self, verb, resource):
        self.requests[verb, resource.plural] += 1
        if self.faults.get(verb):
            raise self.faults[verb].pop(0)

    def _tell(self, kind, resource, obj):
        for watched, queue in self.watches:
            if watched == resource:
                queue.put_nowait(Event(kind, obj))
        self.told(kind, resource, obj)

    def _store(self, kind, resource, obj):
        self.version += 1
        metadata = {**obj["metadata"], "resourceVersion": str(self.version)}
        obj = {**obj, "metadata": metadata}
        self.objects[resource, key_of(obj)] = obj
        self._tell(kind, resource, obj)
        return obj

    def _find(self, resource, name, namespace):
        found = self.objects.get((resource, f"{namespace}/{name}" if namespace else name))
        if found is None:
            raise NotFound(404, "NotFound", f"{resource.plural} {name} not found")
        return found

    async def list(self, resource, namespace=None, *, labels="", fields=""):
        self._begin("list", resource)
        found = [obj for (kind, _), obj in self.objects.items() if kind == resource]
        return found, str(self.version)

    async def watch(self, resource, namespace=None, *, version, labels="", fields=""):
        queue: asyncio.Queue[Event] = asyncio.Queue()
        self.watches.append((resource, queue))
        while True:
            yield await queue.get()

    async def get(self, resource, name, namespace=None):
        self._begin("get", resource)
        return self._find(resource, name, namespace)

    async def create(self, resource, obj, *, sub="", name=None):
        self._begin("create", resource)
        if sub == "binding":
            pod = self._find(PODS, name, namespace_of(obj))
            spec = {**pod["spec"], "nodeName": obj["target"]["name"]}
            return self._store("MODIFIED", PODS, {**pod, "spec": spec}) and {"kind": "Status"}
        if (resource, key_of(obj)) in self.objects:
            raise AlreadyExists(409, "AlreadyExists", f"{key_of(obj)} already exists")
        fresh = {"uid": f"uid-{self.version + 1}", "creationTimestamp": time_text(self.clock())}
        return self._store("ADDED", resource, {**obj, "metadata": {**obj["metadata"], **fresh}})

    async def patch(self, resource, name, namespace, patch, *, sub="", how="merge"):
        self._begin("patch", resource)
        known = self._find(resource, name, namespace)
        if patch["metadata"]["resourceVersion"] != known["metadata"]["resourceVersion"]:
            raise Conflict(409, "Conflict", f"{name} has changed")
        return self._store("MODIFIED", resource, merged(known, patch))

    async def delete(self, resource, name, namespace=None, *, uid=None):
        self._begin("delete", resource)
        known = self._find(resource, name, namespace)
        if uid and uid != uid_of(known):
            raise Conflict(409, "Conflict", "the uid differs")
        del self.objects[resource, key_of(known)]
        self._tell("DELETED", resource, known)
        return {"kind": "Status"}


def merged(known, patch):
    """Returns `known` with a JSON merge patch applied (RFC 7396)."""
    if not isinstance(patch, dict):
        return patch
    base = dict(known) if isinstance(known, dict) else {}
    for key, value in patch.items():
        if value is None:
            base.pop(key, None)
        else:
            base[key] = merged(base.get(key), value)
    return base


class FakeWorld:
    """A world whose clock moves only in `advance`; then all tasks run until none has work left.

    A rest between two decisions takes no time unless `rests` is true.
    """

    rests = False

    def __init__(self):
        self.api = FakeApi()
        self.time = T
        self.api.clock = self.now
        self.sleepers = []

    def now(self):
        return self.time

    def monotonic(self):
        return (self.time - T).total_seconds()

    async def sleep(self, seconds):
        if seconds <= REST and not self.rests:
            return
        future = asyncio.get_running_loop().create_future()
        self.sleepers.append((self.time + timedelta(seconds=seconds), future))
        await future

    def spawn(self, coroutine, name):
        return asyncio.get_running_loop().create_task(coroutine, name=name)

    async def settle(self):
        """Runs all tasks for 200 turns of the loop; no step of the runtime needs more."""
        for _ in range(200):
            await asyncio.sleep(0)

    async def advance(self, seconds):
        self.time += timedelta(seconds=seconds)
        due = [entry for entry in self.sleepers if entry[0] <= self.time]
        self.sleepers = [entry for entry in self.sleepers if entry[0] > self.time]
        for _, future in due:
            if not future.cancelled():
                future.set_result(None)
        await self.settle()


def task(name="psi", **status):
    return {
        "kind": "KusciaTask",
        "metadata": {"name": name, "namespace": "cross-domain"},
        "spec": {"parties": []},
        **({"status": status} if status else {}),
    }


def key_of_task(name="psi"):
    return KUSCIA_TASKS, f"cross-domain/{name}"
