"""How the runtime looks at a TaskResource: its key, its lock, and what is read from the cache."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from kuscia_conformance.kube.kuscia import TASK_RESOURCE_GROUPS, TASK_RESOURCES
from kuscia_conformance.kube.objects import Obj, Resource, annotations_of, key_of, uid_of
from reference_controller import names
from reference_controller.cache import Cache
from reference_controller.task_resource.seen import Seen
from reference_controller.task_resource.transitions import MACHINE


class TaskResources:
    """The key is `<group> <namespace>/<name>`. The lock is the name of the group.

    So a group and its TaskResources are never worked on at the same time. A TaskResource that
    a user has created need not have a group; the name of the group is then empty.
    """

    name = "task_resource"
    machine = MACHINE

    def keys(self, resource: Resource, obj: Obj, cache: Cache) -> Iterable[str]:
        """Returns the key of a TaskResource, or the keys of all TaskResources of a group."""
        if resource == TASK_RESOURCES:
            return _keys([obj])
        if resource == TASK_RESOURCE_GROUPS:
            return _keys(cache.by(TASK_RESOURCES, "group", uid_of(obj)))
        return []

    def lock(self, key: str) -> str:
        return key.partition(" ")[0]

    def observe(self, cache: Cache, key: str, now: datetime) -> Seen | None:
        """Returns the TaskResource and its group; None if it is gone or being deleted."""
        group, _, resource_key = key.partition(" ")
        namespace, _, name = resource_key.partition("/")
        resource = cache.get(TASK_RESOURCES, name, namespace)
        if resource is None or "deletionTimestamp" in resource["metadata"]:
            return None
        return Seen(now, resource, cache.get(TASK_RESOURCE_GROUPS, group))


def _keys(resources: Iterable[Obj]) -> list[str]:
    groups = ((annotations_of(r).get(names.TASK_RESOURCE_GROUP), key_of(r)) for r in resources)
    return [f"{group or ''} {key}" for group, key in groups]
