"""The domains of a scenario: each is a namespace, with borrowed nodes that serve only this domain.

A label says which domain a node serves. The room of a node is an extended resource (`SLOT`) in its
status, so that "room for 1 pod" means the same on a real node and on a simulated one.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing, suppress

from kuscia_conformance.clusters.inventory import listed
from kuscia_conformance.clusters.run_label import RUN, mark, remove_ours, run_of
from kuscia_conformance.errors import AlreadyExists, ClusterError, NotFound
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kuscia import DOMAIN_LABEL, DOMAINS, PARTNER, ROLE_LABEL
from kuscia_conformance.kube.objects import (
    NAMESPACES,
    NODES,
    Obj,
    Resource,
    name_of,
)

SLOT = "conformance.kuscia.secretflow/slot"
#: How many seconds after its Domain a domain gets its nodes. In a cluster that grows they come
#: later, too: a controller must not depend on their being there.
NODES_COME = 1.0
#: The room of a node if the feature does not mention room: more than any scenario fills.
PLENTY = 20


async def make_domain(api: Api, namespace: str, nodes: list[str], run: str) -> None:
    """Creates the namespace and the Domain object; `NODES_COME` later the nodes serve the domain.

    The original controller needs the Domain object. An existing object of the same name is kept.
    """
    await _ensure(api, NAMESPACES, {"kind": "Namespace", "metadata": {"name": namespace}}, run)
    domain = {"kind": "Domain", "metadata": {"name": namespace}, "spec": {}}
    # Some clusters do not have the Domain definition.
    with suppress(NotFound):
        await _ensure(api, DOMAINS, {"apiVersion": DOMAINS.api_version, **domain}, run)
    await asyncio.sleep(NODES_COME)
    await asyncio.gather(*(serve(api, node, namespace, run) for node in nodes))


async def require_free(api: Api, namespace: str) -> None:
    """Waits until an earlier scenario's namespace of this name is gone.

    Raises ClusterError if a namespace or Domain of this name was not made by a run. The run must
    not touch it.
    """
    name = f"metadata.name={namespace}"
    _refuse_others(await listed(api, NAMESPACES, None, fields=name))
    _refuse_others(await listed(api, DOMAINS, None, fields=name))
    await wait_while_ending(api, namespace)


async def wait_while_ending(api: Api, namespace: str) -> None:
    """Waits until the namespace is gone, if its deletion has begun; otherwise returns at once."""
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
                f"the scenario needs the name {name_of(obj)} for itself, but the cluster has a "
                f"{obj['kind']} {name_of(obj)} that no run has made",
                hint="the run does not touch it; run this scenario on a cluster without it",
            )


async def _ensure(api: Api, resource: Resource, obj: Obj, run: str) -> None:
    try:
        await api.create(resource, {"apiVersion": resource.api_version, **mark(obj, run)})
    except AlreadyExists:
        return


async def serve(api: Api, node: str, namespace: str, run: str) -> None:
    """Labels the node so that it serves only this domain, and marks it as changed by the run."""
    labels = {DOMAIN_LABEL: namespace, RUN: run}
    await api.patch(NODES, node, None, {"metadata": {"labels": labels}})


async def make_partner(api: Api, namespace: str) -> None:
    """Marks the domain as a partner's, as Kuscia does: its namespace by a label, and its Domain."""
    await api.patch(NAMESPACES, namespace, None, {"metadata": {"labels": {ROLE_LABEL: PARTNER}}})
    with suppress(NotFound):
        await api.patch(DOMAINS, namespace, None, {"spec": {"role": PARTNER}})


async def give_back(api: Api, node: str) -> None:
    """Removes from the node everything that `serve` and `set_room` have put on it."""
    await set_room(api, node, None)
    labels = {DOMAIN_LABEL: None, RUN: None}
    await api.patch(NODES, node, None, {"metadata": {"labels": labels}})


async def set_room(api: Api, node: str, pods: int | None) -> None:
    """Sets how many of our pods the node has room for; None removes the resource."""
    value = None if pods is None else str(pods)
    room = {"capacity": {SLOT: value}, "allocatable": {SLOT: value}}
    await api.patch(NODES, node, None, {"status": room}, sub="status")


async def remove_domain(api: Api, namespace: str) -> None:
    """Deletes the Domain and the namespace of this name, if a run has made them."""
    for resource in (DOMAINS, NAMESPACES):
        await remove_ours(api, resource, namespace)
