"""The domains of a scenario: a namespace each, and borrowed nodes that serve it alone.

A node serves a domain by its label; its room is an extended resource, patched onto its
status, so that "room for 1 pod" means the same on a real kubelet and on a simulated one.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing, suppress

from kuscia_conformance.clusters.inventory import listed
from kuscia_conformance.clusters.run_label import RUN, mark, remove_ours, run_of
from kuscia_conformance.errors import AlreadyExists, ClusterError, NotFound
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kuscia import DOMAIN_LABEL, DOMAINS
from kuscia_conformance.kube.objects import (
    NAMESPACES,
    NODES,
    Obj,
    Resource,
    name_of,
)

SLOT = "conformance.kuscia.secretflow/slot"
#: Room that no scenario fills, where a feature does not speak of room.
PLENTY = 20


async def make_domain(api: Api, namespace: str, nodes: list[str], run: str) -> None:
    """The namespace, the Domain object that the original's controller wants, and its nodes."""
    await _ensure(api, NAMESPACES, {"kind": "Namespace", "metadata": {"name": namespace}}, run)
    domain = {"kind": "Domain", "metadata": {"name": namespace}, "spec": {}}
    # Not every cluster's implementation knows the kind.
    with suppress(NotFound):
        await _ensure(api, DOMAINS, {"apiVersion": DOMAINS.api_version, **domain}, run)
    await asyncio.gather(*(serve(api, node, namespace, run) for node in nodes))


async def require_free(api: Api, namespace: str) -> None:
    """Have the name free for a namespace: an earlier scenario's may still be on its way out.

    ClusterError if somebody else's is there: what is in it is none of ours to touch.
    """
    name = f"metadata.name={namespace}"
    _refuse_others(await listed(api, NAMESPACES, None, fields=name))
    _refuse_others(await listed(api, DOMAINS, None, fields=name))
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
