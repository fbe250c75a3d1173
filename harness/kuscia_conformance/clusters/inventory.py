"""Lists what is in a cluster: the kinds that it serves, and the objects in a namespace.

Scenarios compare two inventories of a namespace, to see whether a controller leaves objects behind.
`kubeconfig/undo` uses the kinds to find everything that a crashed run has made.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any

from kuscia_conformance.errors import ApiError
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kuscia import TASK_RESOURCE_GROUPS
from kuscia_conformance.kube.objects import Obj, Resource, name_of

#: The objects that Kubernetes itself creates in every namespace.
OF_KUBERNETES = frozenset({("configmaps", "kube-root-ca.crt"), ("serviceaccounts", "default")})
#: Kinds that record what happened, and whose objects stay behind by design.
NOT_INVENTORIED = frozenset({"events", "leases"})
#: How many times `settled` looks at most, and the seconds between two looks.
LOOKS, PAUSE = 10, 1.0


async def inventory(api: Api, namespace: str, tasks: Collection[str]) -> list[str]:
    """Returns the objects of every kind in a namespace, and the task resource groups of the tasks.

    Each is a line `KIND NAMESPACE/NAME`, or `KIND NAME` for a group. The lines are sorted.
    """
    kinds = [kind for kind in await served_kinds(api) if kind.namespaced]
    lists = await asyncio.gather(*(listed(api, kind, namespace) for kind in kinds))
    groups = await listed(api, TASK_RESOURCE_GROUPS, None)
    found = [
        f"{kind.kind} {namespace}/{name_of(obj)}"
        for kind, listed in zip(kinds, lists, strict=True)
        for obj in listed
        if (kind.plural, name_of(obj)) not in OF_KUBERNETES
    ]
    found += [f"{g['kind']} {name_of(g)}" for g in groups if name_of(g) in tasks]
    return sorted(found)


async def settled(api: Api, namespace: str, tasks: Collection[str]) -> list[str]:
    """Returns the inventory of a namespace that is new, once two looks `PAUSE` apart are equal.

    A controller may give every domain some objects, which belong to no task and come a little
    later than the domain. After `LOOKS` looks the last one counts.
    """
    found = await inventory(api, namespace, tasks)
    for _ in range(LOOKS - 1):
        await asyncio.sleep(PAUSE)
        before, found = found, await inventory(api, namespace, tasks)
        if before == found:
            break
    return found


async def listed(
    api: Api, resource: Resource, namespace: str | None, *, fields: str = ""
) -> list[Obj]:
    """Returns the objects of a kind; an empty list if the cluster does not serve or list it."""
    try:
        return (await api.list(resource, namespace, fields=fields))[0]
    except ApiError as error:
        if error.code in (404, 405):
            return []
        raise


async def served_kinds(api: Api) -> list[Resource]:
    """Returns every kind whose objects can be listed and deleted, except `NOT_INVENTORIED`."""
    groups = (await api.raw("/apis"))["groups"]
    versions = ["v1", *(group["preferredVersion"]["groupVersion"] for group in groups)]
    kinds: list[Resource] = []
    for version in versions:
        answer = await api.raw("/api/v1" if version == "v1" else f"/apis/{version}")
        kinds += [_resource(version, kind) for kind in answer["resources"] if _is_kept(kind)]
    return kinds


def _is_kept(kind: dict[str, Any]) -> bool:
    listable = "list" in kind["verbs"] and "delete" in kind["verbs"]
    return listable and "/" not in kind["name"] and kind["name"] not in NOT_INVENTORIED


def _resource(group_version: str, kind: dict[str, Any]) -> Resource:
    group, _, version = group_version.rpartition("/")
    return Resource(group, version, kind["name"], kind["kind"], kind["namespaced"])
