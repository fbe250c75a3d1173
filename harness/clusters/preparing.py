"""What every cluster needs before a run: an answering server, definitions, a namespace, nodes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from pathlib import Path
from typing import TypeVar

from harness import documents
from harness.api import Api
from harness.clusters.types import POOL
from harness.errors import AlreadyExists, ApiError, ClusterError
from harness.kubeconfig import Access
from harness.objects import (
    DEFINITIONS,
    NAMESPACES,
    NODES,
    TASK_NAMESPACE,
    Obj,
    condition_of,
    name_of,
)
from harness.world import Listed, World, follow

T = TypeVar("T")

MANAGER = "kuscia-conformance"
#: How long server, definitions and nodes may take to become usable, in seconds.
LONGEST_WAIT = 180.0
#: Seconds between two questions whether a starting server is ready; it has no other way to say.
_LOOK = 0.05


async def wait_until_ready(access: Access, *, alive: Callable[[], None]) -> None:
    """Wait until the server says that it is ready; `alive` raises if that can never be.

    ClusterError, with the last answer, if it takes too long.
    """
    said = "nothing was asked"
    try:
        async with asyncio.timeout(LONGEST_WAIT), Api(access, MANAGER) as api:
            while True:
                try:
                    await api.raw("/readyz")
                    return
                except ApiError as error:
                    said = str(error)
                    alive()
                    await asyncio.sleep(_LOOK)
    except TimeoutError as error:
        text = f"{access.server} was not ready within {LONGEST_WAIT:g} s"
        raise ClusterError(text, hint=f"it last answered: {said}") from error


async def check_reachable(access: Access, where: str, seconds: float = 10) -> None:
    """ClusterError if the server does not answer within that time."""
    async with Api(access, MANAGER) as api:
        try:
            await asyncio.wait_for(api.raw("/version"), seconds)
        except TimeoutError as error:
            text = f"{where}: {access.server} does not answer within {seconds:g} s"
            raise ClusterError(text, hint="is the cluster running?") from error
        except ApiError as error:
            raise ClusterError(f"{where}: {error}", hint="is the cluster running?") from error


async def install(access: Access, definitions: Path, *, replace: bool) -> None:
    """Have the definitions served, and the namespace of tasks made.

    With `replace` ours are applied over what is there; without it a definition that differs
    from ours is a ClusterError.
    """
    wanted = [obj for file in sorted(definitions.glob("*.yaml")) for obj in load(file)]
    async with Api(access, MANAGER) as api:
        present = {name_of(obj): obj for obj in (await api.list(DEFINITIONS))[0]}
        if not replace:
            _refuse_differences(wanted, present)
            wanted = [obj for obj in wanted if name_of(obj) not in present]
        await asyncio.gather(*(api.apply(DEFINITIONS, obj, manager=MANAGER) for obj in wanted))
        await _namespace(api)
        await _bounded(_established(api, {name_of(obj) for obj in wanted}), "the definitions")


async def _bounded(waiting: Awaitable[T], what: str) -> T:
    """What is waited for may never come: then the cluster is at fault."""
    try:
        return await asyncio.wait_for(waiting, LONGEST_WAIT)
    except TimeoutError as error:
        raise ClusterError(f"{what} were not ready within {LONGEST_WAIT:g} s") from error


def load(file: Path) -> list[Obj]:
    return documents.load_manifests(file)


def _refuse_differences(wanted: list[Obj], present: dict[str, Obj]) -> None:
    for ours in wanted:
        theirs = present.get(name_of(ours))
        if theirs and _versions(theirs) != _versions(ours):
            raise ClusterError(
                f"the cluster has a definition {name_of(ours)} that serves other versions: "
                f"{', '.join(_versions(theirs))} instead of {', '.join(_versions(ours))}"
            )


def _versions(definition: Obj) -> list[str]:
    return sorted(version["name"] for version in definition["spec"]["versions"])


async def _established(api: Api, names: set[str]) -> None:
    async with aclosing(follow(World(api), DEFINITIONS)) as news:
        async for said in news:
            objects = said.objects if isinstance(said, Listed) else (said.object,)
            names -= {name_of(obj) for obj in objects if _holds(obj, "Established")}
            if not names:
                return


def _holds(obj: Obj, condition: str) -> bool:
    return (condition_of(obj, condition) or {}).get("status") == "True"


async def _namespace(api: Api) -> None:
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": TASK_NAMESPACE}}
    try:
        await api.create(NAMESPACES, namespace)
    except AlreadyExists:
        return


async def ready_nodes(access: Access, count: int) -> tuple[str, ...]:
    """The names of the pool's nodes, once so many are Ready."""
    return await _bounded(_ready_nodes(access, count), "the nodes")


async def _ready_nodes(access: Access, count: int) -> tuple[str, ...]:
    ready: set[str] = set()
    async with (
        Api(access, MANAGER) as api,
        aclosing(follow(World(api), NODES, labels=POOL)) as news,
    ):
        async for said in news:
            objects = said.objects if isinstance(said, Listed) else (said.object,)
            ready |= {name_of(obj) for obj in objects if _holds(obj, "Ready")}
            if len(ready) >= count:
                break
    return tuple(sorted(ready))


async def pool(access: Access) -> tuple[str, ...]:
    """The names of the nodes that are labelled as the pool."""
    async with Api(access, MANAGER) as api:
        nodes, _ = await api.list(NODES, labels=POOL)
    return tuple(sorted(name_of(node) for node in nodes))
