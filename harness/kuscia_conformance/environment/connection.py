"""The steps' access to the cluster: requests that block, and a journal of what the watches see.

Steps are synchronous, because pytest-bdd calls them so. The client and the watches are
asynchronous and live on an event loop. A `Drive` runs a coroutine on that loop:

    connect   for a cluster in other processes: a thread runs the loop all the time
    virtual   for the virtual clock: the loop runs only while a step waits for it

The journal is complete from the start: a connection is handed out only after every watched kind
has been listed.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from kuscia_conformance.environment.journal import WATCHED, Journal
from kuscia_conformance.errors import ApiError, ClusterError, NotFound, Unreachable
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import Access
from kuscia_conformance.kube.objects import Resource
from kuscia_conformance.kube.world import World

T = TypeVar("T")

Drive = Callable[[Coroutine[Any, Any, Any]], Any]

#: How long listing the watched kinds may take in the beginning, in seconds.
START = 30.0


@dataclass(frozen=True)
class Connection:
    """A client and the journal of one API server."""

    api: Api
    journal: Journal
    #: Runs a coroutine on the loop and waits for its result.
    drive: Drive

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Runs the coroutine on the loop, waits for it, and returns its result.

        Raises Unreachable if a request of the coroutine takes longer than the client waits.
        """
        try:
            result: T = self.drive(coroutine)
        except TimeoutError as error:
            raise Unreachable("the API server does not answer in time") from error
        return result

    def together(self, *coroutines: Coroutine[Any, Any, Any]) -> list[Any]:
        """Runs the coroutines concurrently and returns their results, in the given order.

        If some fail, the first error in that order is raised after all of them have ended.
        """

        async def all_of_them() -> list[Any]:
            results = await asyncio.gather(*coroutines, return_exceptions=True)
            for result in results:
                if isinstance(result, BaseException):
                    raise result
            return results

        return self.run(all_of_them())


@contextmanager
def connect(access: Access, user_agent: str) -> Iterator[Connection]:
    """Yields a connection whose journal holds all existing objects of the watched kinds.

    A thread runs its event loop. Raises ClusterError if the API server does not answer.
    """
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
    """Yields a connection made of these parts; watches fill the journal until the context ends.

    `api` is not entered yet. Raises ClusterError if an API request of the start fails.
    """
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
    """Checks for the resource: some implementations have no task resource groups."""
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
