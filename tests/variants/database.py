"""A variant that has no TaskResourceGroup and no TaskResource in the API (requirements: core).

Its groups are in a database of its own, which outlives the process, as that of another
implementation may. The machines of the reference controller do not notice: the database answers
like an API server.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from kuscia_conformance.apiserver.patch.merge import merge_patch
from kuscia_conformance.errors import AlreadyExists, Conflict, NotFound
from kuscia_conformance.kube.client import Event
from kuscia_conformance.kube.kuscia import TASK_RESOURCE_GROUPS, TASK_RESOURCES
from kuscia_conformance.kube.objects import Obj, Resource, key_of, time_text, uid_of
from reference_controller import runtime
from tests.variants.catalogue import instead_of, variant

KEPT = (TASK_RESOURCE_GROUPS, TASK_RESOURCES)


@variant("where groups are", claims=False)
def groups_in_a_database() -> None:
    """There is no TaskResourceGroup and no TaskResource; a database of the controller has them."""
    old, database = runtime.run, Database()

    @instead_of(old)
    async def run(world, controllers, **options):
        database.now = world.now
        world.api = Divided(world.api, database)
        await old(world, controllers, **options)


@dataclass
class Database:
    """Objects of two resources by key, and every change since the beginning."""

    objects: dict[tuple[Resource, str], Obj] = field(default_factory=dict)
    events: list[tuple[Resource, Event]] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    now: Callable[[], Any] = lambda: None

    def read(self, resource: Resource, key: str) -> Any:
        if found := self.objects.get((resource, key)):
            return found
        raise NotFound(404, "NotFound", f"{resource.kind} {key} not found")

    async def write(self, resource: Resource, kind: str, obj: Obj) -> Any:
        """Stores a new version, or removes the object if `kind` is DELETED; tells the watches."""
        version = str(len(self.events) + 1)
        new = {**obj, "metadata": {**obj["metadata"], "resourceVersion": version}}
        if kind == "DELETED":
            del self.objects[resource, key_of(obj)]
        else:
            self.objects[resource, key_of(obj)] = new
        self.events.append((resource, Event(kind, new)))
        async with self.changed:
            self.changed.notify_all()
        return new


class Divided:
    """An API client whose TaskResourceGroups and TaskResources are in the database."""

    def __init__(self, api: Any, database: Database) -> None:
        self._api, self._database = api, database

    def __getattr__(self, name: str) -> Any:
        return getattr(self._api, name)

    async def get(self, resource: Resource, name: str, namespace: str | None = None) -> Any:
        if resource not in KEPT:
            return await self._api.get(resource, name, namespace)
        return self._database.read(resource, _key(name, namespace))

    async def list(self, resource: Resource, *args: Any, **options: Any) -> Any:
        if resource not in KEPT:
            return await self._api.list(resource, *args, **options)
        there = [obj for (kind, _), obj in self._database.objects.items() if kind == resource]
        return there, str(len(self._database.events))

    async def create(self, resource: Resource, obj: Obj, **options: Any) -> Any:
        if resource not in KEPT:
            return await self._api.create(resource, obj, **options)
        if (resource, key_of(obj)) in self._database.objects:
            raise AlreadyExists(409, "AlreadyExists", f"{key_of(obj)} already exists")
        made = {"uid": str(uuid4()), "creationTimestamp": time_text(self._database.now())}
        new = {**obj, "metadata": {**obj["metadata"], **made}}
        return await self._database.write(resource, "ADDED", new)

    async def patch(
        self, resource: Resource, name: str, namespace: str | None, patch: Obj, **options: Any
    ) -> Any:
        if resource not in KEPT:
            return await self._api.patch(resource, name, namespace, patch, **options)
        there = self._database.read(resource, _key(name, namespace))
        seen = (patch.get("metadata") or {}).get("resourceVersion")
        if seen not in (None, there["metadata"]["resourceVersion"]):
            raise Conflict(409, "Conflict", f"{name} has changed")
        return await self._database.write(resource, "MODIFIED", merge_patch(there, patch))

    async def delete(
        self, resource: Resource, name: str, namespace: str | None = None, **options: Any
    ) -> Any:
        if resource not in KEPT:
            return await self._api.delete(resource, name, namespace, **options)
        there = self._database.read(resource, _key(name, namespace))
        if options.get("uid") not in (None, uid_of(there)):
            raise Conflict(409, "Conflict", f"{name} is another object")
        for kind, owned in [(kind, obj) for (kind, _), obj in self._database.objects.items()]:
            if any(owner["uid"] == uid_of(there) for owner in _owners(owned)):
                await self._database.write(kind, "DELETED", owned)
        return await self._database.write(resource, "DELETED", there)

    async def watch(
        self, resource: Resource, *args: Any, version: str, **options: Any
    ) -> AsyncGenerator[Event, None]:
        if resource not in KEPT:
            async for event in self._api.watch(resource, *args, version=version, **options):
                yield event
            return
        place = int(version)
        while True:
            for kind, event in self._database.events[place:]:
                place += 1
                if kind == resource:
                    yield event
            async with self._database.changed:
                if place == len(self._database.events):
                    await self._database.changed.wait()


def _key(name: str, namespace: str | None) -> str:
    return f"{namespace}/{name}" if namespace else name


def _owners(obj: Obj) -> list[Obj]:
    return obj["metadata"].get("ownerReferences") or []
