"""What every cluster needs before a run: an answering server, definitions, a namespace, nodes.

And how to wait: until kinds are served, nodes are ready, or objects are gone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing, suppress
from pathlib import Path
from typing import TypeVar

from kuscia_conformance.clusters.types import POOL
from kuscia_conformance.errors import AlreadyExists, ApiError, ClusterError
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import Access
from kuscia_conformance.kube.kuscia import TASK_NAMESPACE
from kuscia_conformance.kube.objects import (
    DEFINITIONS,
    NAMESPACES,
    NODES,
    Obj,
    Resource,
    condition_of,
    key_of,
    name_of,
)
from kuscia_conformance.kube.world import Listed, World, follow
from kuscia_conformance.kube.yaml import read_own

T = TypeVar("T")

MANAGER = "kuscia-conformance"
#: How long server, definitions and nodes may take to become usable, in seconds.
LONGEST_WAIT = 180.0
#: Seconds between two questions whether a starting server is ready; it has no other way to say.
_LOOK = 0.05
#: "Ask again": the status of an answer whose storage is being initialized.
TOO_MANY_REQUESTS = 429


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


async def install(access: Access, definitions: Path) -> None:
    """Have our definitions served, over what is there, and the namespace of tasks made."""
    wanted = load_all(definitions)
    async with Api(access, MANAGER) as api:
        await asyncio.gather(*(api.apply(DEFINITIONS, obj, manager=MANAGER) for obj in wanted))
        await _namespace(api)
        await served(api, wanted)


def load_all(folder: Path) -> list[Obj]:
    """The objects of every manifest in a folder of ours."""
    files = sorted(folder.glob("*.yaml"))
    return [obj for file in files for obj in read_own(file)]


async def served(api: Api, definitions: Sequence[Obj]) -> None:
    """Wait until what these define can be listed. ClusterError if it never can."""
    if definitions:
        names = {name_of(obj) for obj in definitions}
        await _bounded(_established(api, names), "the definitions")
        # A definition is Established a moment before its storage is there.
        await asyncio.gather(*(list_when_ready(api, defined(obj)) for obj in definitions))


def defined(definition: Obj) -> Resource:
    """The resource of a definition, in the first version that is served."""
    spec = definition["spec"]
    version = next(version["name"] for version in spec["versions"] if version["served"])
    names = spec["names"]
    return Resource(spec["group"], version, names["plural"], names["kind"])


async def _bounded(waiting: Awaitable[T], what: str) -> T:
    """What is waited for may never come: then the cluster is at fault."""
    try:
        return await asyncio.wait_for(waiting, LONGEST_WAIT)
    except TimeoutError as error:
        raise ClusterError(f"{what} were not ready within {LONGEST_WAIT:g} s") from error


async def list_when_ready(
    api: Api, resource: Resource, namespace: str | None = None, *, labels: str = ""
) -> list[Obj]:
    """The objects; a server that still prepares to serve a new kind is asked again, as it says.

    Raises NotFound where the cluster does not know the kind.
    """
    return await _bounded(_list_when_ready(api, resource, namespace, labels), resource.plural)


async def _list_when_ready(
    api: Api, resource: Resource, namespace: str | None, labels: str
) -> list[Obj]:
    while True:
        try:
            return (await api.list(resource, namespace, labels=labels))[0]
        except ApiError as error:
            if error.code != TOO_MANY_REQUESTS:
                raise
            await asyncio.sleep(_LOOK)


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


async def wait_until_gone(api: Api, resource: Resource, which: Callable[[Obj], bool]) -> None:
    """Wait until none of these is there. ClusterError, naming them, if that takes too long."""
    if there := await left(api, resource, which, LONGEST_WAIT):
        names = ", ".join(key_of(obj) for obj in there)
        raise ClusterError(
            f"{resource.kind} {names}: deleted, and still there after {LONGEST_WAIT:g} s",
            hint=f"see `kubectl get {resource.plural} -o yaml`: what holds it?",
        )


async def left(
    api: Api, resource: Resource, which: Callable[[Obj], bool], seconds: float
) -> list[Obj]:
    """Which of them are still there once all have gone or the time is over."""
    there: dict[str, Obj] = {}
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await _follow_until_gone(api, resource, which, there)
    return list(there.values())


async def _follow_until_gone(
    api: Api, resource: Resource, which: Callable[[Obj], bool], there: dict[str, Obj]
) -> None:
    async with aclosing(follow(World(api), resource)) as news:
        async for said in news:
            if isinstance(said, Listed):
                there.clear()
                there.update({key_of(obj): obj for obj in said.objects if which(obj)})
            elif said.type == "DELETED":
                there.pop(key_of(said.object), None)
            if not there:
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
