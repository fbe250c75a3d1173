"""How the runtime looks at a TaskResourceGroup: its key, and what is read from the cache."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from kuscia_conformance.kube.kuscia import TASK_RESOURCE_GROUPS, TASK_RESOURCES
from kuscia_conformance.kube.objects import PODS, Obj, Resource, annotations_of, name_of, uid_of
from reference_controller import names
from reference_controller.cache import Cache
from reference_controller.task_resource_group.seen import Seen
from reference_controller.task_resource_group.transitions import MACHINE


class TaskResourceGroups:
    """The key is the name of the group, and so is the lock.

    The machines of the group's task and of its TaskResources use the same lock.
    """

    name = "task_resource_group"
    machine = MACHINE

    def keys(self, resource: Resource, obj: Obj, cache: Cache) -> Iterable[str]:  # noqa: ARG002
        """Returns the name of the group, or the group that a TaskResource or pod belongs to."""
        if resource == TASK_RESOURCE_GROUPS:
            return [name_of(obj)]
        if resource in (TASK_RESOURCES, PODS):
            group = annotations_of(obj).get(names.TASK_RESOURCE_GROUP)
            return [group] if group else []
        return []

    def lock(self, key: str) -> str:
        return key

    def observe(self, cache: Cache, key: str, now: datetime) -> Seen | None:
        """Returns the group, its TaskResources and pods; None if it is gone or being deleted."""
        group = cache.get(TASK_RESOURCE_GROUPS, key)
        if group is None or "deletionTimestamp" in group["metadata"]:
            return None
        return Seen(
            now, group, cache.by(TASK_RESOURCES, "group", uid_of(group)), _pods(cache, group)
        )


def _pods(cache: Cache, group: Obj) -> dict[str, Obj]:
    found = {}
    for party in group["spec"].get("parties") or ():
        for listed in party.get("pods") or ():
            pod = cache.get(PODS, listed["name"], party["domainID"])
            if pod:
                found[f"{party['domainID']}/{listed['name']}"] = pod
    return found
