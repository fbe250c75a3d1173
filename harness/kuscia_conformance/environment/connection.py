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
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from kuscia_conformance.environment.journal import WATCHED, Journal
from kuscia_conformance.environment.liveness import Liveness
from kuscia_conformance.errors import (
    ApiError,
    ClusterError,
    ConformanceError,
    NotFound,
    Unreachable,
)
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import Access
from kuscia_conformance.kube.objects import Resource
from kuscia_conformance.kube.world import World

T = TypeVar("T")

Drive = Callable[[Coroutine[Any, Any, Any]], Any]
Guard = Callable[[Coroutine[Any, Any, Any]], Coroutine[Any, Any, Any]]

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

        Raises Unreachable if the API server is lost before that.
        """
        result: T = self.drive(coroutine)
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

    Everything that waits for the API server ends with Unreachable once the server is lost. Raises
    errors as `opened` does.
    """
    api, journal = Api(access, user_agent), Journal()
    with _running_loop() as run:
        liveness = Liveness(access, journal.lose)
        watching = run(_started(liveness.watch()))
        try:
            with opened(api, journal, World(api), run, liveness.or_loss) as connection:
                yield connection
        finally:
            run(_ended([watching]))


@contextmanager
def _running_loop() -> Iterator[Drive]:
    """Yields a function that runs a coroutine on the event loop of a new thread."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="connection", daemon=True)
    thread.start()
    try:
        yield lambda coroutine: asyncio.run_coroutine_threadsafe(coroutine, loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _started(coroutine: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    return asyncio.create_task(coroutine)


async def _ended(tasks: Sequence[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _as_it_is(coroutine: Coroutine[Any, Any, T]) -> Coroutine[Any, Any, T]:
    return coroutine


@contextmanager
def opened(
    api: Api, journal: Journal, world: World, run: Drive, guard: Guard = _as_it_is
) -> Iterator[Connection]:
    """Yields a connection made of these parts; watches fill the journal until the context ends.

    `api` is not entered yet. `run` runs a coroutine, and `guard` ends one that would wait for ever.
    Raises Unreachable if the API server does not answer, and ClusterError if it refuses a request.
    """
    watches = run(guard(_open(api, journal, world)))
    try:
        yield Connection(api, journal, lambda coroutine: run(guard(coroutine)))
    finally:
        run(_close(api, watches))
        journal.versions.clear()


async def _open(api: Api, journal: Journal, world: World) -> list[asyncio.Task[Any]]:
    watches: list[asyncio.Task[Any]] = []
    await api.__aenter__()
    try:
        async with asyncio.timeout(START):
            await _list_all(api, journal, world, watches)
    except BaseException as error:
        await _close(api, watches)
        if isinstance(error, TimeoutError | ApiError):
            raise _not_watched(error) from error
        raise
    return watches


def _not_watched(error: TimeoutError | ApiError) -> ConformanceError:
    if isinstance(error, TimeoutError):
        return Unreachable(f"the API server has not listed every kind within {START:g} s")
    if isinstance(error, Unreachable):
        return Unreachable(f"the cluster cannot be watched: {error.message}")
    hint = error.hint or "may the user of the kubeconfig list and watch these objects?"
    return ClusterError(f"the cluster cannot be watched: {error.message}", hint=hint)


async def _list_all(
    api: Api, journal: Journal, world: World, watches: list[asyncio.Task[Any]]
) -> None:
    """Starts the watches, and returns when each of them has listed the objects that exist."""
    watched = await asyncio.gather(*(_is_served(api, resource) for resource in WATCHED))
    ready = []
    for resource in (r for r, served in zip(WATCHED, watched, strict=True) if served):
        listed = asyncio.Event()
        ready.append(listed.wait())
        watches.append(world.spawn(journal.keep(world, resource, listed.set), resource.plural))
    await asyncio.gather(*ready)


async def _is_served(api: Api, resource: Resource) -> bool:
    """Checks for the resource: some implementations have no task resource groups."""
    try:
        await api.raw(resource.path() + "?limit=1")
    except NotFound:
        return False
    return True


async def _close(api: Api, watches: Sequence[asyncio.Task[Any]]) -> None:
    await _ended(watches)
    await api.__aexit__()
