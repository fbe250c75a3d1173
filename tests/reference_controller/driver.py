"""Runs scenarios of task scheduling with all machines of the controller and a fake API server.

A `Play` has one node per domain and moves the clock. It records a story: the second in which an
object reached a phase. Pods start only when a test says so, and tests do not bind pods themselves.
Every write checks two invariants: no node is over-committed, and no pod is bound too early.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter, defaultdict
from contextlib import asynccontextmanager, suppress
from functools import wraps
from typing import Any

from kuscia_conformance.kube.kuscia import (
    APP_IMAGES,
    KUSCIA_TASKS,
    TASK_NAMESPACE,
    TASK_RESOURCE_GROUPS,
    TASK_RESOURCES,
)
from kuscia_conformance.kube.objects import (
    NAMESPACES,
    NODES,
    PODS,
    annotations_of,
    key_of,
    name_of,
    uid_of,
)
from reference_controller.runtime import run
from reference_controller.server import controllers
from tests.reference_controller.fake import FakeWorld, T
from tests.reference_controller.scheduling import SLOT, P, node


def plays(scenario):
    """Turns `async def test_it(play, ...)` into a test with its own Play."""

    @wraps(scenario)
    def test(*args, **kwargs):
        asyncio.run(scenario(*args, play=Play(), **kwargs))

    del test.__wrapped__  # pytest must not look for a fixture called play
    return test


def app_image(slots):
    resources = {"requests": {SLOT: str(slots)}}
    container = {"name": "app", "command": ["sh"], "resources": resources}
    templates = [{"name": "app", "spec": {"containers": [container]}}]
    spec = {"image": {"name": "app", "tag": "1"}, "deployTemplates": templates}
    return {"metadata": {"name": f"asks-{slots}"}, "spec": spec}


class Play:
    """A scenario: a fake world, events that tests cause, and the story of what happened."""

    #: Whether only the controller changes the phase that allows a pod to be bound.
    undisturbed = True

    def __init__(self):
        self.world: Any = FakeWorld()
        self.api = self.world.api
        self.stories = defaultdict(list)
        self.api.told = self._told

    # Events of the scenario

    @asynccontextmanager
    async def controller(self):
        """Runs the controller inside the block; a second block is a restart."""
        work = asyncio.create_task(run(self.world, controllers()))
        await self.settle()
        yield self
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work

    async def domains(self, **rooms):
        """Creates one node per domain with the given number of slots."""
        await self.api.create(NAMESPACES, {"metadata": {"name": TASK_NAMESPACE}})
        for slots in range(1, 10):
            await self.api.create(APP_IMAGES, app_image(slots))
        for domain, slots in rooms.items():
            await self.api.create(NAMESPACES, {"metadata": {"name": domain}})
            await self.api.create(NODES, node(f"node-{domain}", slots=str(slots), domain=domain))

    async def task(self, name, parties, **schedule):
        """Creates a task with these parties, such as `{"alice": {}}`.

        `schedule` are fields of its scheduleConfig.
        """
        spec = {
            "initiator": "alice",
            "parties": [_party(domain, **fields) for domain, fields in parties.items()],
            "taskInputConfig": "",
            "scheduleConfig": schedule,
        }
        await self.api.create(KUSCIA_TASKS, {"metadata": _meta(name, TASK_NAMESPACE), "spec": spec})
        await self.settle()

    async def delete_task(self, name):
        await self.api.delete(KUSCIA_TASKS, name, TASK_NAMESPACE)
        await self.settle()

    async def block(self, domain, *, blocked=True):
        await self.change(NODES, f"node-{domain}", spec={"unschedulable": blocked})

    async def free(self, domain):
        await self.block(domain, blocked=False)

    async def fill(self, domain, slots):
        """Creates a bound pod of another owner that uses this number of slots."""
        resources = {"requests": {SLOT: str(slots)}}
        spec = {
            "nodeName": f"node-{domain}",
            "containers": [{"name": "filler", "resources": resources}],
        }
        await self.api.create(PODS, {"metadata": _meta("filler", domain), "spec": spec})
        await self.settle()

    async def empty(self, domain):
        await self.api.delete(PODS, "filler", domain)
        await self.settle()

    async def run(self, *pods):
        for pod in pods:
            await self.change(PODS, pod, status={"phase": "Running"})

    async def end(self, *pods):
        for pod in pods:
            await self.change(PODS, pod, status={"phase": "Succeeded"})

    async def change(self, resource, key, **fields):
        self.api._store("MODIFIED", resource, {**self.get(resource, key), **fields})
        await self.settle()

    async def until(self, second):
        """Moves the clock to this second, in steps of half a second.

        Work that is due in a second may run a little later in that second.
        """
        while self.second < second:
            await self.world.advance(0.5)
            await self.settle()

    async def settle(self):
        version = -1
        while version != self.api.version:
            version = self.api.version
            await self.world.settle()

    # Observations

    @property
    def second(self):
        return int((self.world.now() - T).total_seconds())

    def story(self, subject):
        """Returns the phases of a group (its name) or of a party (`<group> <domain>`)."""
        return ", ".join(self.stories[subject])

    def bound(self):
        """Returns the pods of tasks that have a node."""
        pods = (key for key in self._keys(PODS) if self._resource_of(self.get(PODS, key)))
        return sorted(key for key in pods if self._node_of(key))

    def get(self, resource, name):
        return self.api.objects[resource, name]

    def has(self, resource, name):
        return (resource, name) in self.api.objects

    # Implementation

    def _keys(self, resource):
        return [key for kind, key in self.api.objects if kind == resource]

    def _node_of(self, pod):
        return self.get(PODS, pod)["spec"].get("nodeName")

    def _told(self, kind, resource, obj):
        if resource == TASK_RESOURCE_GROUPS and kind == "DELETED":
            self._collect(obj)
        if resource in (TASK_RESOURCES, TASK_RESOURCE_GROUPS) and kind != "DELETED":
            self._note(obj)
        self._check()

    def _collect(self, group):
        """Deletes the task resources of a deleted group, as the garbage collector does."""
        for key in self._keys(TASK_RESOURCES):
            resource = self.get(TASK_RESOURCES, key)
            if resource["metadata"]["ownerReferences"][0]["uid"] == uid_of(group):
                del self.api.objects[TASK_RESOURCES, key]
                self.api._tell("DELETED", TASK_RESOURCES, resource)

    def _note(self, obj):
        group = annotations_of(obj).get(P + "task-resource-group")
        subject = f"{group} {obj['metadata']['namespace']}" if group else name_of(obj)
        phase = obj.get("status", {}).get("phase")
        story = self.stories[subject]
        if phase and not (story and story[-1].endswith(f" {phase}")):
            story.append(f"{self.second} {phase}")

    # Invariants, checked at every write

    def _check(self):
        used: Counter[str] = Counter()
        for key in self._keys(PODS):
            pod = self.get(PODS, key)
            if taken := self._node_of(key) or self._held_for(pod):
                ended = pod.get("status", {}).get("phase") == "Succeeded"
                used[taken] += 0 if ended else _slots(pod)
                self._check_bound(pod)
        for name, slots in used.items():
            allocatable = int(self.get(NODES, name)["status"]["allocatable"][SLOT])
            assert slots <= allocatable, f"{name} has {allocatable} slots, {slots} are taken"

    def _check_bound(self, pod):
        resource = self._resource_of(pod)
        if self.undisturbed and resource and self._node_of(key_of(pod)):
            assert resource["status"]["phase"] == "Schedulable", f"{key_of(pod)} is bound too early"

    def _resource_of(self, pod):
        name = annotations_of(pod).get(P + "task-resource")
        return self.api.objects.get((TASK_RESOURCES, f"{pod['metadata']['namespace']}/{name}"))

    def _held_for(self, pod):
        resource = self._resource_of(pod)
        if not resource or resource["status"]["phase"] not in ("Reserved", "Schedulable"):
            return None
        held = json.loads(annotations_of(resource).get(P + "reservation") or "{}")
        return held.get(name_of(pod))

    def holds(self):
        """Returns the unbound pods that have a reservation."""
        unbound = (self.get(PODS, key) for key in self._keys(PODS) if not self._node_of(key))
        return sorted(key_of(pod) for pod in unbound if self._held_for(pod))


def _meta(name, namespace):
    return {"name": name, "namespace": namespace}


def _party(domain, *, slots=1, replicas=1, **fields):
    image, template = f"asks-{slots}", {"replicas": replicas}
    return {"domainID": domain, "appImageRef": image, "template": template, **fields}


def _slots(pod):
    return sum(int(c["resources"]["requests"][SLOT]) for c in pod["spec"]["containers"])
