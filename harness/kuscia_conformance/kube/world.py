"""What a component may touch of the world: time, transport and concurrency, injected as one.

The reference controller and the simulated nodes get a `World` and use nothing else: no clock
of the machine, no sleep, no thread. Whoever makes another `World` (a test, a virtual
clock) therefore decides when it is.

`follow` is the one way to keep up with a resource: list, watch, go on after a break.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from kuscia_conformance.errors import ApiError, Expired
from kuscia_conformance.kube.client import Api, Event
from kuscia_conformance.kube.objects import Obj, Resource

log = logging.getLogger(__name__)

#: How long to wait before asking a lost API server again, in seconds: first, and at most.
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0


@dataclass
class World:
    """The real one: the machine's clock, a client of an API server, tasks of this event loop."""

    api: Api
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds of a clock that nobody can set, for what is measured or must not be cut short."""
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def spawn(self, coroutine: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Run it beside the caller; it is kept from being collected until it ends."""
        task = asyncio.get_running_loop().create_task(coroutine, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


@dataclass(frozen=True)
class Listed:
    """All objects there are: the start, and again after a break that lost events."""

    objects: tuple[Obj, ...]
    #: The resourceVersion of the list.
    version: str = ""


async def follow(
    world: World, resource: Resource, *, labels: str = "", fields: str = ""
) -> AsyncGenerator[Listed | Event, None]:
    """First what exists, then every change, for ever; a lost API server is waited for.

    After a break it resumes from the last version seen, so that nothing is missed; only if
    that version is compacted it lists again.
    """
    version, pause = "", FIRST_PAUSE
    while True:
        try:
            if not version:
                objects, version = await world.api.list(resource, labels=labels, fields=fields)
                yield Listed(tuple(objects), version)
            watch = world.api.watch(resource, version=version, labels=labels, fields=fields)
            async with aclosing(watch):
                async for event in watch:
                    version, pause = event.object["metadata"]["resourceVersion"], FIRST_PAUSE
                    if event.type != "BOOKMARK":
                        yield event
        except Expired:
            version = ""
        except (ApiError, TimeoutError) as error:
            log.warning("%s: %s; asking again in %.1f s", resource.plural, error, pause)
            await world.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
