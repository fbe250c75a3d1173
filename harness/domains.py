"""The domains of a scenario: a namespace each, and borrowed nodes that serve it alone.

A node serves a domain by its label; its room is an extended resource, patched onto its
status, so that "room for 1 pod" means the same on a real kubelet and on a simulated one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from contextlib import aclosing, suppress
from typing import Any

from harness.api import Api
from harness.errors import AlreadyExists, ApiError, ClusterError, Conflict, NotFound
from harness.journal import Journal
from harness.objects import (
    DOMAINS,
    GROUP,
    NAMESPACES,
    NODES,
    PODS,
    TASK_RESOURCE_GROUPS,
    Obj,
    Resource,
    name_of,
    namespace_of,
    uid_of,
)
from harness.ownership import RUN, mark, run_of

DOMAIN_LABEL = "kuscia.secretflow/namespace"
SLOT = "conformance.kuscia.secretflow/slot"
#: Room that no scenario fills, where a feature does not speak of room.
PLENTY = 20
#: What Kubernetes puts into every namespace by itself.
OF_KUBERNETES = frozenset({("configmaps", "kube-root-ca.crt"), ("serviceaccounts", "default")})
#: Kinds that tell of what happened and stay behind by design.
NOT_INVENTORIED = frozenset({"events", "leases"})


async def make_domain(api: Api, namespace: str, nodes: list[str], run: str) -> None:
    """The namespace, the Domain object that the original's controller wants, and its nodes."""
    await _ensure(api, NAMESPACES, {"kind": "Namespace", "metadata": {"name": namespace}}, run)
    domain = {"kind": "Domain", "metadata": {"name": namespace}, "spec": {}}
    # Not every cluster's implementation knows the kind.
    with suppress(NotFound):
        await _ensure(api, DOMAINS, {"apiVersion": f"{GROUP}/v1alpha1", **domain}, run)
    await asyncio.gather(*(serve(api, node, namespace, run) for node in nodes))


async def require_free(api: Api, namespace: str) -> None:
    """Have the name free for a namespace: an earlier scenario's may still be on its way out.

    ClusterError if somebody else's is there: what is in it is none of ours to touch.
    """
    name = f"metadata.name={namespace}"
    _refuse_others(await _list(api, NAMESPACES, None, fields=name))
    _refuse_others(await _list(api, DOMAINS, None, fields=name))
    await wait_while_ending(api, namespace)


async def wait_while_ending(api: Api, namespace: str) -> None:
    """Wait until a namespace that is on its way out is gone."""
    name = f"metadata.name={namespace}"
    there, version = await api.list(NAMESPACES, fields=name)
    if not any("deletionTimestamp" in obj["metadata"] for obj in there):
        return
    async with aclosing(api.watch(NAMESPACES, version=version, fields=name)) as events:
        async for event in events:
            if event.type == "DELETED":
                return


def _refuse_others(objects: list[Obj]) -> None:
    for obj in objects:
        if run_of(obj) is None:
            raise ClusterError(
                f"the scenario needs the name {name_of(obj)} for itself, and the cluster has a "
                f"{obj['kind']} {name_of(obj)} that no run has made",
                hint="it is left as it is; run this scenario on a cluster without it",
            )


async def _ensure(api: Api, resource: Resource, obj: Obj, run: str) -> None:
    try:
        await api.create(resource, {"apiVersion": resource.api_version, **mark(obj, run)})
    except AlreadyExists:
        return


async def serve(api: Api, node: str, namespace: str, run: str) -> None:
    """Let the node serve that domain alone."""
    labels = {DOMAIN_LABEL: namespace, RUN: run}
    await api.patch(NODES, node, None, {"metadata": {"labels": labels}})


async def give_back(api: Api, node: str) -> None:
    """Take everything away from the node that `serve` and `set_room` have put on it."""
    await set_room(api, node, None)
    labels = {DOMAIN_LABEL: None, RUN: None}
    await api.patch(NODES, node, None, {"metadata": {"labels": labels}})


async def set_room(api: Api, node: str, pods: int | None) -> None:
    """Give the node room for so many of our pods; None takes the resource away."""
    value = None if pods is None else str(pods)
    room = {"capacity": {SLOT: value}, "allocatable": {SLOT: value}}
    await api.patch(NODES, node, None, {"status": room}, sub="status")


async def remove_domain(api: Api, namespace: str) -> None:
    for resource in (DOMAINS, NAMESPACES):
        await remove_ours(api, resource, namespace)


async def remove_ours(
    api: Api, resource: Resource, name: str, namespace: str | None = None
) -> None:
    """Delete it if a run has made it; what somebody else has made, under that name, stays."""
    with suppress(NotFound, Conflict):
        there = await api.get(resource, name, namespace)
        if run_of(there) is not None:
            # Of this very uid: another may have been made meanwhile.
            await api.delete(resource, name, namespace, uid=uid_of(there))


async def evict(api: Api, pods: list[Obj]) -> None:
    """Delete pods that are left, with their grace."""
    for pod in pods:
        with suppress(NotFound):
            await api.delete(PODS, name_of(pod), namespace_of(pod))


async def inventory(api: Api, namespace: str, tasks: Collection[str]) -> list[str]:
    """Everything in a namespace, of whatever kind the cluster knows, and the tasks' groups."""
    kinds = [kind for kind in await served_kinds(api) if kind.namespaced]
    lists = await asyncio.gather(*(_list(api, kind, namespace) for kind in kinds))
    groups = await _list(api, TASK_RESOURCE_GROUPS, None)
    found = [
        f"{kind.kind} {namespace}/{name_of(obj)}"
        for kind, listed in zip(kinds, lists, strict=True)
        for obj in listed
        if (kind.plural, name_of(obj)) not in OF_KUBERNETES
    ]
    found += [f"{g['kind']} {name_of(g)}" for g in groups if name_of(g) in tasks]
    return sorted(found)


async def _list(
    api: Api, resource: Resource, namespace: str | None, *, fields: str = ""
) -> list[Obj]:
    try:
        return (await api.list(resource, namespace, fields=fields))[0]
    except ApiError as error:
        if error.code in (404, 405):
            return []
        raise


async def served_kinds(api: Api) -> list[Resource]:
    """Every kind of which the cluster lists and deletes objects, but those that stay by design."""
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


def pods_on(journal: Journal, nodes: list[str]) -> list[str]:
    """The pods of conformance runs that are on these nodes, or about to leave them."""
    there = [v for v in journal.there(PODS) if v.object["spec"].get("nodeName") in nodes]
    return sorted(v.key for v in there if _takes_room(v.object))


def _takes_room(pod: Obj) -> bool:
    requests = [(c.get("resources") or {}).get("requests") or {} for c in pod["spec"]["containers"]]
    return any(SLOT in request for request in requests)
