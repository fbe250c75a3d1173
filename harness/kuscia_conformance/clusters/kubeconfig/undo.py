"""Undoing what a run has done to a cluster: at its end, or after a crash.

What bears the run's id goes, and what its tasks have brought into being; what the run has
changed is put back. In this order: nodes, tasks, what they left, namespaces, definitions.
All of it may be done twice: what is undone already is not there.
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

#: How long a controller has for what it wants to do before a task of its goes, in seconds.
FINALIZING = 15.0
#: What is not the run's to delete, or is deleted in a place of its own.
_NOT_SWEPT = ("nodes", "namespaces", "customresourcedefinitions")


async def undo(api: Api, run: str | None, say: Say, *, crashed: bool = True) -> None:
    """Undo what that run has done, or with None every run; `say` is told each thing.

    After a crash objects of any kind are looked for: what `--setup` has made need not be of ours.
    ClusterError, naming it, if something does not go.
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
        say(f"gave the node {name_of(node)} back: its domain and its room are taken away")


async def _tasks(api: Api, run: str | None, say: Say) -> None:
    tasks = await _ours(api, KUSCIA_TASKS, run)
    if not tasks:
        return
    for task in tasks:
        await _delete(api, KUSCIA_TASKS, task, say)
    for task in await preparing.left(api, KUSCIA_TASKS, partial(is_of, run=run), FINALIZING):
        say(f"nobody finalizes {key_of(task)}: its finalizers are taken away")
        bare = {"metadata": {"finalizers": None}}
        with suppress(NotFound):
            await api.patch(KUSCIA_TASKS, name_of(task), namespace_of(task), bare)
    await preparing.wait_until_gone(api, KUSCIA_TASKS, partial(is_of, run=run))


async def _namespaces(api: Api, run: str | None, say: Say) -> None:
    for namespace in await _ours(api, NAMESPACES, run):
        name = name_of(namespace)
        if name == TASK_NAMESPACE and await _list(api, KUSCIA_TASKS, name):
            say(f"left the namespace {name}: there are tasks in it that no run has made")
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
    # Of others' objects there may be many: only tasks bear the id where no server can select.
    labels = "" if resource is KUSCIA_TASKS else RUN
    return [obj for obj in await _list(api, resource, labels=labels) if is_of(obj, run)]


async def _list(
    api: Api, resource: Resource, namespace: str | None = None, *, labels: str = ""
) -> list[Obj]:
    """Nothing where the cluster does not know the kind."""
    try:
        return await preparing.list_when_ready(api, resource, namespace, labels=labels)
    except NotFound:
        return []


async def _delete(api: Api, resource: Resource, obj: Obj, say: Say) -> None:
    with suppress(NotFound):
        await api.delete(resource, name_of(obj), namespace_of(obj), uid=uid_of(obj))
        say(f"deleted the {resource.kind} {key_of(obj)}")
