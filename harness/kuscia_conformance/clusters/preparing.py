"""Prepares a cluster for a run: the API server answers, definitions are served, nodes are ready.

Providers call the functions that they need in this order: `wait_until_ready` or `check_reachable`,
`install`, `ready_nodes`. The `kubeconfig` kind does not use `install`, because it has to restore
the user's definitions (`kubeconfig/definitions`). `wait_until_gone` and `left` wait for deletions.

Nearly every wait ends after `LONGEST_WAIT` with a ClusterError that names what was waited for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing, suppress
from pathlib import Path
from typing import TypeVar

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
from kuscia_conformance.simulated_nodes.nodes import POOL

T = TypeVar("T")

MANAGER = "kuscia-conformance"
#: How many seconds each of these may take: the server, the definitions, the nodes, a deletion.
LONGEST_WAIT = 180.0
#: Seconds between two requests to a server that is not ready yet. A server does not announce that
#: it is ready, so it has to be asked.
_LOOK = 0.05
#: The HTTP status with which an API server answers while the storage of a new kind is initialized.
#: It means: ask again.
TOO_MANY_REQUESTS = 429


async def wait_until_ready(access: Access, *, alive: Callable[[], None]) -> None:
    """Waits until GET /readyz succeeds.

    `alive` is called after every answer that is an error. It raises an error if the server's
    process has ended, since the server can then never become ready.

    Raises ClusterError, with the last answer, after `LONGEST_WAIT`.
    """
    said = "nothing"
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
    """Raises ClusterError if GET /version does not succeed within that many seconds."""
    async with Api(access, MANAGER) as api:
        try:
            await asyncio.wait_for(api.raw("/version"), seconds)
        except TimeoutError as error:
            text = f"{where}: {access.server} does not answer within {seconds:g} s"
            raise ClusterError(text, hint="is the cluster running?") from error
        except ApiError as error:
            raise ClusterError(f"{where}: {error.message}", hint=error.hint) from error


async def install(access: Access, definitions: Path) -> None:
    """Applies the definitions of a folder, and creates the namespace of tasks.

    Existing definitions of the same names are overwritten. Returns once all kinds are served;
    raises ClusterError if that takes too long.
    """
    wanted = load_all(definitions)
    async with Api(access, MANAGER) as api:
        await asyncio.gather(*(api.apply(DEFINITIONS, obj, manager=MANAGER) for obj in wanted))
        await _namespace(api)
        await served(api, wanted)


def load_all(folder: Path) -> list[Obj]:
    """Returns the objects of all manifests (*.yaml) in a folder, in the order of the file names."""
    files = sorted(folder.glob("*.yaml"))
    return [obj for file in files for obj in read_own(file)]


async def served(api: Api, definitions: Sequence[Obj]) -> None:
    """Waits until objects of these definitions can be listed.

    Raises ClusterError if that takes longer than `LONGEST_WAIT`.
    """
    if definitions:
        names = {name_of(obj) for obj in definitions}
        await _bounded(_established(api, names), "the definitions")
        # A definition becomes Established shortly before its objects can be listed.
        await asyncio.gather(*(list_when_ready(api, defined(obj)) for obj in definitions))


def defined(definition: Obj) -> Resource:
    """Returns the resource that a definition defines, in the first version that it serves."""
    spec = definition["spec"]
    version = next(version["name"] for version in spec["versions"] if version["served"])
    names = spec["names"]
    return Resource(spec["group"], version, names["plural"], names["kind"])


async def _bounded(waiting: Awaitable[T], what: str) -> T:
    """Awaits it for at most `LONGEST_WAIT`, then raises ClusterError; `what` is a plural noun."""
    try:
        return await asyncio.wait_for(waiting, LONGEST_WAIT)
    except TimeoutError as error:
        raise ClusterError(f"{what} were not ready within {LONGEST_WAIT:g} s") from error


async def list_when_ready(
    api: Api, resource: Resource, namespace: str | None = None, *, labels: str = ""
) -> list[Obj]:
    """Returns the objects of a kind that may be new.

    Repeats the request while the server answers 429 because it still initializes the storage.
    Raises NotFound if the cluster does not know the kind.
    """
    return await _bounded(_list_when_ready(api, resource, namespace, labels), resource.plural)


async def _list_when_ready(
    api: Api, resource: Resource, namespace: str | None, labels: str
) -> list[Obj]:
    while True:
        try:
            return (await api.list(resource, namespace, labels=labels, retry=False))[0]
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
    """Waits until the resource has no object for which `which` returns True.

    Raises ClusterError, with the names of the objects that are left, after `LONGEST_WAIT`.
    """
    if there := await left(api, resource, which, LONGEST_WAIT):
        names = ", ".join(key_of(obj) for obj in there)
        raise ClusterError(
            f"{resource.kind} {names}: deleted, but still there after {LONGEST_WAIT:g} s",
            hint=f"see `kubectl get {resource.plural} -A -o yaml`: do finalizers keep it?",
        )


async def left(
    api: Api, resource: Resource, which: Callable[[Obj], bool], seconds: float
) -> list[Obj]:
    """Waits until all matching objects are gone or the time is over; returns those still there."""
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
    """Waits until that many nodes of the pool are Ready, and returns the names of the ready ones.

    Raises ClusterError after `LONGEST_WAIT`.
    """
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
    """Returns the names of the nodes that have the label `POOL`, sorted."""
    async with Api(access, MANAGER) as api:
        nodes, _ = await api.list(NODES, labels=POOL)
    return tuple(sorted(name_of(node) for node in nodes))
