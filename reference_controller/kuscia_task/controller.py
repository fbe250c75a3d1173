"""How the runtime looks at a KusciaTask: its key, and what is read from the cache."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from kuscia_conformance.kube.kuscia import (
    APP_IMAGES,
    KUSCIA_TASKS,
    TASK_NAMESPACE,
    TASK_RESOURCE_GROUPS,
    TASK_RESOURCES,
)
from kuscia_conformance.kube.objects import (
    CONFIG_MAPS,
    NAMESPACES,
    PODS,
    SERVICES,
    Obj,
    Resource,
    annotations_of,
    condition_of,
    labels_of,
    name_of,
    namespace_of,
    uid_of,
)
from reference_controller import names
from reference_controller.cache import Cache
from reference_controller.kuscia_task import status
from reference_controller.kuscia_task.plan import is_outdated
from reference_controller.kuscia_task.reasons import Missing, Obstacle, Reason, Wrong
from reference_controller.kuscia_task.seen import Phase, Seen
from reference_controller.kuscia_task.transitions import MACHINE

#: The resources of the objects that are created for a task, in the order of their creation.
_MADE = (PODS, CONFIG_MAPS, SERVICES, TASK_RESOURCE_GROUPS)


class KusciaTasks:
    """The key is the name of the task, and so is the lock.

    Tasks in other namespaces than `TASK_NAMESPACE` are ignored (KT-021).
    """

    name = "kuscia_task"
    machine = MACHINE

    def keys(self, resource: Resource, obj: Obj, cache: Cache) -> Iterable[str]:
        """Returns the task itself, the task that an object was made for, or the waiting tasks.

        A new AppImage or namespace concerns the tasks that may wait for it.
        """
        if resource == KUSCIA_TASKS:
            return [name_of(obj)] if namespace_of(obj) == TASK_NAMESPACE else []
        if resource in _MADE:
            task = annotations_of(obj).get(names.TASK_ID)
            return [task] if task and labels_of(obj).get(names.TASK_UID) else []
        if resource in (APP_IMAGES, NAMESPACES):
            field = "appImageRef" if resource == APP_IMAGES else "domainID"
            return _waiting_for(cache, field, name_of(obj))
        return []

    def lock(self, key: str) -> str:
        return key

    def observe(self, cache: Cache, key: str, now: datetime) -> Seen | None:
        task = cache.get(KUSCIA_TASKS, key, TASK_NAMESPACE)
        mine, others = _made(cache, key, uid_of(task) if task else "")
        leftovers = tuple((resource, obj) for resource, obj in others if _is_left(obj))
        if not leftovers and (task is None or _is_set_aside(task)):
            return None
        group = next(iter(mine[TASK_RESOURCE_GROUPS]), None)
        return Seen(
            now,
            task,
            pods=mine[PODS],
            services=mine[SERVICES],
            config_maps=mine[CONFIG_MAPS],
            group=group,
            resources=cache.by(TASK_RESOURCES, "group", uid_of(group)) if group else (),
            leftovers=leftovers,
            predecessor=bool(others),
            refusal=_refusal(cache, task) if task else None,
            **(_needed(cache, task) if task and not _is_created(task) else {}),
        )


def _waiting_for(cache: Cache, field: str, name: str) -> Iterator[str]:
    """Yields new and Pending tasks of which a party names this AppImage, or this namespace."""
    for task in cache.all(KUSCIA_TASKS):
        waits = (task.get("status") or {}).get("phase") in (None, Phase.NEW, Phase.PENDING)
        if waits and any(party.get(field) == name for party in task["spec"]["parties"]):
            yield name_of(task)


def _made(
    cache: Cache, name: str, uid: str
) -> tuple[dict[Resource, tuple[Obj, ...]], list[tuple[Resource, Obj]]]:
    """Returns the objects of the task with that uid, and those of earlier tasks of its name."""
    mine: dict[Resource, tuple[Obj, ...]] = {}
    others = []
    for resource in _MADE:
        made = [o for o in cache.by(resource, "task-name", name) if names.TASK_UID in labels_of(o)]
        mine[resource] = tuple(obj for obj in made if labels_of(obj)[names.TASK_UID] == uid)
        others += [(resource, obj) for obj in made if labels_of(obj)[names.TASK_UID] != uid]
    return mine, others


def _refusal(cache: Cache, task: Obj) -> Obstacle | None:
    """Returns the API server's refusal to create an object of the task; None if there is none.

    A refusal for good (Wrong) comes before one that may end, such as of a quota (Missing).
    """
    refusals = [r for r in cache.refusals(uid_of(task)) if not is_outdated(r.object, task)]
    if not refusals:
        return None
    first = min(refusals, key=lambda refusal: (not refusal.final, refusal.message))
    return (Wrong if first.final else Missing)(Reason.OBJECT_REFUSED, first.message)


def _is_left(obj: Obj) -> bool:
    """Returns whether it has to be deleted: it is not being deleted, and has no owner to follow."""
    return not status.is_ending(obj) and "ownerReferences" not in obj["metadata"]


def _is_set_aside(task: Obj) -> bool:
    """Returns whether the task is suspended by its label, or being deleted (KT-022, KT-023)."""
    failed = (task.get("status") or {}).get("phase") == Phase.FAILED
    suspended = labels_of(task).get(names.UNSCHEDULABLE) == "true" and not failed
    return suspended or status.is_ending(task)


def _is_created(task: Obj) -> bool:
    return (condition_of(task, "ResourceCreated") or {}).get("status") == "True"


def _needed(cache: Cache, task: Obj) -> dict[str, Any]:
    """Returns the fields of `Seen` that a plan needs; none is read once everything is created."""
    parties = task["spec"]["parties"]
    images = {party["appImageRef"] for party in parties}
    domains = {party["domainID"] for party in parties}
    return {
        "app_images": {i: image for i in images if (image := cache.get(APP_IMAGES, i))},
        "namespaces": frozenset(d for d in domains if cache.get(NAMESPACES, d)),
        "partners": frozenset(d for d in domains if names.is_partner(cache.get(NAMESPACES, d))),
        "taken": {domain: cache.ports(domain) for domain in domains},
    }
