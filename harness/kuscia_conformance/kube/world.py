"""Time, tasks and the API client of a component, passed to it as one `World`.

The reference controller and the simulated nodes use their `World` and nothing else: no machine
clock, no `asyncio.sleep`, no threads. So another `World`, such as the one with a virtual clock,
decides what time it is and how fast time passes.

`follow` is the only way to keep up with a resource: it lists, watches, and continues after a break.
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

#: The first and the longest pause, in seconds, before a failed request is sent again.
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0


@dataclass
class World:
    """The real world: the machine's clock, and tasks of the running event loop."""

    api: Api
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    def now(self) -> datetime:
        """Returns the time of day, in UTC. It may jump; use `monotonic` to measure."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Returns the seconds of a clock that cannot be set.

        Use it for durations and timeouts, which must not change when the time of day is set.
        """
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def spawn(self, coroutine: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Starts a task beside the caller, and returns it.

        The world keeps a reference until the task ends, because asyncio itself keeps only a weak
        one.
        """
        task = asyncio.get_running_loop().create_task(coroutine, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


@dataclass(frozen=True)
class Listed:
    """All objects of a resource: the first item of `follow`, and again after lost events."""

    objects: tuple[Obj, ...]
    #: The resourceVersion of the list.
    version: str = ""


async def follow(
    world: World, resource: Resource, *, labels: str = "", fields: str = ""
) -> AsyncGenerator[Listed | Event, None]:
    """Yields all objects (`Listed`), then every change, and never ends.

    If the connection breaks or the server does not answer, it waits and resumes from the last
    version that it has seen, so no change is lost. It lists again only if the server has compacted
    that version (Expired). Bookmarks are not yielded.
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
