"""Undoes what a run has done to the user's cluster: at the end of the run, or after a crash.

Objects with the run's id are deleted, and so is what the run's tasks have made. Changed objects are
restored. The order is: nodes, tasks, what the tasks have left, namespaces, definitions. `undo` can
be repeated after an interruption, because it skips what is already undone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial

from kuscia_conformance.clusters import (
    preparing,
)
from kuscia_conformance.clusters.borrowed_nodes import give_back
from kuscia_conformance.clusters.inventory import served_kinds
from kuscia_conformance.clusters.kubeconfig import (
    definitions,
)
from kuscia_conformance.clusters.run_label import RUN, is_of
from kuscia_conformance.errors import NotFound
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kuscia import (
    APP_IMAGES,
    DOMAINS,
    KUSCIA_TASKS,
    TASK_NAMESPACE,
    TASK_RESOURCE_GROUPS,
)
from kuscia_conformance.kube.objects import (
    DEFINITIONS,
    NAMESPACES,
    NODES,
    Obj,
    Resource,
    key_of,
    name_of,
    namespace_of,
    uid_of,
)

Say = Callable[[str], None]

#: How many seconds a controller has to remove its finalizers from a deleted task.
FINALIZING = 15.0
#: Kinds that `_sweep` skips: a run must not delete nodes, and the others are deleted elsewhere.
_NOT_SWEPT = ("nodes", "namespaces", "customresourcedefinitions")


async def undo(api: Api, run: str | None, say: Say, *, crashed: bool = True) -> None:
    """Undoes what that run has done, or with None what all runs have done; `say` gets each step.

    After a crash, objects of every kind are searched for the run's id, because the manifests of
    `--setup` can contain any kind. Raises ClusterError, with the names, if a deleted object stays.
    """
    await _nodes(api, run, say)
    namespaces = {name_of(obj) for obj in await _ours(api, NAMESPACES, run)}
    await _tasks(api, run, say)
    for group in await _list(api, TASK_RESOURCE_GROUPS):
        if _parties(group) & namespaces:
            await _delete(api, TASK_RESOURCE_GROUPS, group, say)
    await _sweep(api, (APP_IMAGES, DOMAINS), run, say)
    await _namespaces(api, run, say)
    await definitions.restore(api, run, say)
    if crashed:
        kinds = [kind for kind in await served_kinds(api) if kind.plural not in _NOT_SWEPT]
        await _sweep(api, kinds, run, say)
    names = await definitions.remove(api, run, say)
    await preparing.wait_until_gone(api, DEFINITIONS, lambda obj: name_of(obj) in names)


async def _nodes(api: Api, run: str | None, say: Say) -> None:
    for node in await _ours(api, NODES, run):
        await give_back(api, name_of(node))
        say(f"gave the node {name_of(node)} back: its domain and its room are removed")


async def _tasks(api: Api, run: str | None, say: Say) -> None:
    tasks = await _ours(api, KUSCIA_TASKS, run)
    if not tasks:
        return
    for task in tasks:
        await _delete(api, KUSCIA_TASKS, task, say)
    for task in await preparing.left(api, KUSCIA_TASKS, partial(is_of, run=run), FINALIZING):
        say(f"no controller removes the finalizers of {key_of(task)}: they are removed now")
        bare = {"metadata": {"finalizers": None}}
        with suppress(NotFound):
            await api.patch(KUSCIA_TASKS, name_of(task), namespace_of(task), bare)
    await preparing.wait_until_gone(api, KUSCIA_TASKS, partial(is_of, run=run))


async def _namespaces(api: Api, run: str | None, say: Say) -> None:
    for namespace in await _ours(api, NAMESPACES, run):
        name = name_of(namespace)
        if name == TASK_NAMESPACE and await _list(api, KUSCIA_TASKS, name):
            say(f"kept the namespace {name}: there are tasks in it that no run has made")
            await api.patch(NAMESPACES, name, None, {"metadata": {"labels": {RUN: None}}})
        elif "deletionTimestamp" not in namespace["metadata"]:
            await _delete(api, NAMESPACES, namespace, say)
    await preparing.wait_until_gone(api, NAMESPACES, partial(is_of, run=run))


async def _sweep(api: Api, kinds: Iterable[Resource], run: str | None, say: Say) -> None:
    for kind in kinds:
        for obj in await _ours(api, kind, run):
            await _delete(api, kind, obj, say)


def _parties(group: Obj) -> set[str]:
    return {party["domainID"] for party in group["spec"].get("parties") or []}


async def _ours(api: Api, resource: Resource, run: str | None) -> list[Obj]:
    # The server selects by label, since others may have many objects. Tasks have the id as an
    # annotation, by which no server can select.
    labels = "" if resource is KUSCIA_TASKS else RUN
    return [obj for obj in await _list(api, resource, labels=labels) if is_of(obj, run)]


async def _list(
    api: Api, resource: Resource, namespace: str | None = None, *, labels: str = ""
) -> list[Obj]:
    """Returns the objects of a kind; an empty list if the cluster does not know the kind."""
    try:
        return await preparing.list_when_ready(api, resource, namespace, labels=labels)
    except NotFound:
        return []


async def _delete(api: Api, resource: Resource, obj: Obj, say: Say) -> None:
    with suppress(NotFound):
        await api.delete(resource, name_of(obj), namespace_of(obj), uid=uid_of(obj))
        say(f"deleted the {resource.kind} {key_of(obj)}")
