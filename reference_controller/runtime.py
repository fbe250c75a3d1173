"""Drives the machines.

    watches -> cache -> keys that changed -> items -> observe, decide, perform -> API server

An *item* is a key of one controller. At most one asyncio task works on an item at a time. It holds
the controller's lock for that key while it decides and performs. It goes on until no transition
applies any more. Then the item sleeps until something changes or a deadline comes. An error of one
item never stops another item.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakValueDictionary

from kuscia_conformance.errors import ApiError, Conflict, Unreachable
from kuscia_conformance.kube import workqueue
from kuscia_conformance.kube.kuscia import (
    APP_IMAGES,
    KUSCIA_TASKS,
    TASK_RESOURCE_GROUPS,
    TASK_RESOURCES,
)
from kuscia_conformance.kube.objects import (
    CONFIG_MAPS,
    NAMESPACES,
    NODES,
    PODS,
    SERVICES,
    Obj,
    Resource,
)
from kuscia_conformance.kube.world import Listed, World, follow
from reference_controller import names
from reference_controller.cache import Cache
from reference_controller.controller import Controller
from reference_controller.machine import Decision
from reference_controller.metrics import COUNTED, Metrics
from reference_controller.perform import perform

log = logging.getLogger("reference_controller")

#: The resources that are watched, each with its label selector.
WATCHED: dict[Resource, str] = {
    KUSCIA_TASKS: "",
    APP_IMAGES: "",
    PODS: "",
    SERVICES: names.TASK_UID,
    CONFIG_MAPS: names.TASK_UID,
    TASK_RESOURCE_GROUPS: "",
    TASK_RESOURCES: "",
    NODES: "",
    NAMESPACES: "",
}
#: Pauses after an error, in seconds. The first pause doubles with each further error, up to the
#: longest. While the API server is unreachable the longest pause is shorter: noticing quickly that
#: the server is back is worth more than the requests that this costs.
FIRST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE_UNREACHABLE = 0.2, 30.0, 2.0
#: Seconds that an item rests after a decision. Changes during that time, such as the start of all
#: pods of a task, are then handled together, with one write instead of many.
REST = 0.05
#: How long a lazy decision (`machine.Decision.lazy`) waits for further changes: LAZY. While more
#: than BUSY items are at work it waits longer, in proportion, because then further changes take
#: longer to come, too; at most LAZIEST times LAZY.
LAZY, LAZIEST, BUSY = timedelta(seconds=0.3), 10, 30


async def run(
    world: World,
    controllers: Sequence[Controller[Any]],
    *,
    on_ready: Callable[[], None] = lambda: None,
    metrics: Metrics | None = None,
) -> None:
    """Runs the controllers until cancelled. After that no request is sent any more.

    `on_ready` is called once, when every watched resource has been listed.
    """
    runtime = Runtime(world, controllers, metrics or Metrics())
    fills = [
        world.spawn(runtime.fill(resource, labels), f"fill {resource.plural}")
        for resource, labels in WATCHED.items()
    ]
    start = world.spawn(runtime.start(on_ready), "start")
    try:
        await asyncio.gather(start, *fills)
    finally:
        await runtime.stop(start, *fills)


@dataclass(eq=False, kw_only=True)
class Item(workqueue.Item):
    """A key of one controller, and the state of the work on it."""

    controller: Controller[Any]
    key: str
    #: When the waiting lazy decision is carried out, unless another decision is taken earlier.
    ripe_at: datetime | None = None
    #: The number of errors since the last success.
    failures: int = 0
    #: When the machine wants to look again, even if nothing changes (`Machine.wake_at`).
    deadline: datetime | None = None

    def __str__(self) -> str:
        return self.name


@dataclass
class Runtime:
    """The items, their locks, and the cache. A change in the cache makes items due."""

    world: World
    controllers: Sequence[Controller[Any]]
    metrics: Metrics = field(default_factory=Metrics)
    _items: dict[tuple[str, str], Item] = field(default_factory=dict)
    _locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    _missing: set[Resource] = field(default_factory=lambda: set(WATCHED))
    _all_listed: asyncio.Event = field(default_factory=asyncio.Event)
    #: The number of items that are at work.
    _working: int = 0

    def __post_init__(self) -> None:
        self.cache = Cache(self._changed)
        self.metrics.queued = self._queued

    async def fill(self, resource: Resource, labels: str) -> None:
        """Keep the cache up to date with one resource, for ever."""
        async for said in follow(self.world, resource, labels=labels):
            if isinstance(said, Listed):
                self.cache.replace(resource, said.objects, int(said.version or 0))
                self._listed(resource)
            elif said.type == "DELETED":
                self.cache.drop(resource, said.object)
            else:
                self.cache.put(resource, said.object)

    def _listed(self, resource: Resource) -> None:
        self._missing.discard(resource)
        if not self._missing:
            self._all_listed.set()

    async def start(self, on_ready: Callable[[], None]) -> None:
        """Wait until the cache is full, then look at everybody once."""
        await self._all_listed.wait()
        on_ready()
        for resource in WATCHED:
            for obj in self.cache.all(resource):
                self._queue(resource, obj)

    async def stop(self, *others: asyncio.Task[None]) -> None:
        """Cancel all work, and the others; once it returns nothing is written any more."""
        for task in others:
            task.cancel()
        tasks = [*others, *(task for item in self._items.values() for task in item.cancel())]
        await asyncio.gather(*tasks, return_exceptions=True)

    def _queued(self) -> int:
        return sum(item.due for item in self._items.values() if item.controller.name == COUNTED)

    def _changed(self, resource: Resource, old: Obj | None, new: Obj | None) -> None:
        if self._all_listed.is_set():
            for obj in (old, new):
                if obj:
                    self._queue(resource, obj)

    def _queue(self, resource: Resource, obj: Obj) -> None:
        for controller in self.controllers:
            for key in controller.keys(resource, obj, self.cache):
                item = self._items.get((controller.name, key)) or self._add(controller, key)
                item.make_due()

    def _add(self, controller: Controller[Any], key: str) -> Item:
        def working(begins: bool) -> None:
            self._working += 1 if begins else -1
            if item.is_idle:
                self._items.pop((controller.name, key), None)

        def look() -> Awaitable[None]:
            return self._look(item)

        name = f"{controller.name} {key}"
        item = Item(self.world, name, look, working, controller=controller, key=key)
        self._items[controller.name, key] = item
        return item

    async def _look(self, item: Item) -> None:
        item.set_alarm(None)
        await self._try(item)

    async def _try(self, item: Item) -> None:
        """Works on the item until nothing applies; after an error, tries again after a pause."""
        try:
            async with self._lock(item):
                anything = await self._settle(item)
            item.failures = 0
            self._set_alarm(item, item.deadline)
            if anything:
                await self.world.sleep(REST)
        except Conflict as error:
            log.debug("%s: %s", item, error)
            # The watch will bring the newer version, and that will make the item due.
            item.set_alarm(FIRST_PAUSE)
        except (ApiError, TimeoutError) as error:
            await self._back_off(item, error)
        except Exception as error:
            log.exception("%s: a bug, of this item only", item)
            await self._back_off(item, error)

    def _lock(self, item: Item) -> asyncio.Lock:
        name = item.controller.lock(item.key)
        lock = self._locks.get(name)
        if lock is None:
            lock = self._locks[name] = asyncio.Lock()
        return lock

    async def _settle(self, item: Item) -> bool:
        """Decides and performs until nothing applies. Returns whether anything did: then it rests.

        A transition that applies twice in a row follows changes that are made elsewhere, such as
        pods that start one after the other. It is taken again only after the rest.
        """
        machine, last = item.controller.machine, ""
        while True:
            item.due = False
            seen = item.controller.observe(self.cache, item.key, self.world.now())
            item.deadline = machine.wake_at(seen) if seen else None
            if seen is None:
                self.metrics.gone(item.controller.name, item.key)
            taken = machine.decide(seen) if seen else None
            if taken is None or taken[0] == last:
                item.due, item.ripe_at = taken is not None, None
                return bool(last)
            if taken[1].lazy and not self._is_ripe(item):
                return bool(last)
            last, decision = taken
            item.ripe_at = None
            changes = self.cache.changes
            await self._perform(item, machine.phase(seen), decision)
            log.info("%s %s %s", item, last, decision.why)
            if self.cache.changes == changes:
                raise RuntimeError(f"{last} changes nothing, and would be taken for ever")

    def _is_ripe(self, item: Item) -> bool:
        """Returns whether a lazy decision has waited long enough; if not, sets the deadline."""
        now = self.world.now()
        item.ripe_at = item.ripe_at or now + LAZY * self._load()
        if now < item.ripe_at:
            item.deadline = min(item.deadline or item.ripe_at, item.ripe_at)
        return now >= item.ripe_at

    def _load(self) -> float:
        return min(max(self._working / BUSY, 1), LAZIEST)

    async def _perform(self, item: Item, phase: Hashable, decision: Decision) -> None:
        start, ok = self.world.monotonic(), False
        try:
            await perform(self.world, self.cache, decision)
            ok = True
        finally:
            seconds = self.world.monotonic() - start
            self.metrics.synced(item.controller.name, phase, seconds, ok=ok)

    async def _back_off(self, item: Item, error: Exception) -> None:
        lost = isinstance(error, Unreachable | TimeoutError)
        longest = LONGEST_PAUSE_UNREACHABLE if lost else LONGEST_PAUSE
        pause = min(FIRST_PAUSE * 2**item.failures, longest, *self._until(item.deadline))
        item.failures += 1
        self.metrics.retried(item.controller.name, item.key)
        log.warning("%s: %s; again in %.1f s", item, error or type(error).__name__, pause)
        await self.world.sleep(pause)
        item.due = True

    def _until(self, deadline: datetime | None) -> list[float]:
        """Returns the seconds until the deadline; empty if there is none, or it has passed."""
        left = (deadline - self.world.now()).total_seconds() if deadline else 0
        return [left] if left > 0 else []

    def _set_alarm(self, item: Item, moment: datetime | None) -> None:
        if moment:
            item.set_alarm((moment - self.world.now()).total_seconds())
