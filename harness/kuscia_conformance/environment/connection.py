"""The cluster as the steps meet it: requests that block, and a journal that fills by itself.

Steps are synchronous, as pytest-bdd's are; the client and the watches are not. They live on
an event loop, which whoever makes the connection drives: `connect` has a thread do so.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from kuscia_conformance.environment.journal import WATCHED, Journal
from kuscia_conformance.errors import ApiError, ClusterError, NotFound
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import Access
from kuscia_conformance.kube.objects import Resource
from kuscia_conformance.kube.world import World

T = TypeVar("T")

Drive = Callable[[Coroutine[Any, Any, Any]], Any]

#: How long the first lists may take, in seconds.
START = 30.0


@dataclass(frozen=True)
class Connection:
    """A client and the journal of one API server."""

    api: Api
    journal: Journal
    #: Has a coroutine done on the loop, and waits for the result.
    drive: Drive

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Have it done on the loop, and wait for the result."""
        result: T = self.drive(coroutine)
        return result

    def together(self, *coroutines: Coroutine[Any, Any, Any]) -> list[Any]:
        """Have them all done at once; the first error is raised when all have ended."""

        async def all_of_them() -> list[Any]:
            results = await asyncio.gather(*coroutines, return_exceptions=True)
            for result in results:
                if isinstance(result, BaseException):
                    raise result
            return results

        return self.run(all_of_them())


@contextmanager
def connect(access: Access, user_agent: str) -> Iterator[Connection]:
    """A connection whose journal holds what exists; ClusterError if the server does not answer."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="connection", daemon=True)
    thread.start()

    def drive(coroutine: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result()

    try:
        api, journal = Api(access, user_agent), Journal()
        with opened(api, journal, World(api), drive) as connection:
            yield connection
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextmanager
def opened(api: Api, journal: Journal, world: World, drive: Drive) -> Iterator[Connection]:
    """A client that is not entered yet, with a journal that fills meanwhile."""
    watches = drive(_open(api, journal, world))
    try:
        yield Connection(api, journal, drive)
    finally:
        drive(_close(api, watches))
        journal.versions.clear()


async def _open(api: Api, journal: Journal, world: World) -> list[asyncio.Task[Any]]:
    await api.__aenter__()
    try:
        watched = await asyncio.gather(*(_is_served(api, resource) for resource in WATCHED))
        tasks, ready = [], []
        for resource in (r for r, served in zip(WATCHED, watched, strict=True) if served):
            listed = asyncio.Event()
            ready.append(listed.wait())
            tasks.append(world.spawn(journal.keep(world, resource, listed.set), resource.plural))
        await asyncio.wait_for(asyncio.gather(*ready), START)
    except ApiError as error:
        await api.__aexit__()
        raise ClusterError(f"the cluster cannot be watched: {error}") from error
    return tasks


async def _is_served(api: Api, resource: Resource) -> bool:
    """Whether the cluster knows the resource: not every implementation has task resource groups."""
    try:
        await api.raw(resource.path() + "?limit=1")
    except NotFound:
        return False
    return True


async def _close(api: Api, watches: list[asyncio.Task[Any]]) -> None:
    for watch in watches:
        watch.cancel()
    await asyncio.gather(*watches, return_exceptions=True)
    await api.__aexit__()
