"""Tests whose room a kubelet counts, on a virtual clock: a pod that has ended takes none."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from kuscia_conformance.kube.objects import NODES, PODS
from kuscia_conformance.simulated_nodes.exit_order import Order, give
from tests.simulated_nodes.pods import SLOT, container
from tests.simulated_nodes.virtual import NODE, virtually

#: Runs until it is told to end, and ends on SIGTERM.
WORKS = ("sh", "-c", "./app --seconds=600")


async def bind(api, name):
    ask = {SLOT: "1"}
    app = container(command=WORKS, resources={"requests": ask, "limits": ask})
    spec = {"nodeName": NODE, "restartPolicy": "Never", "containers": [app]}
    metadata = {"name": name, "namespace": "default"}
    return await api.create(
        PODS, {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}
    )


async def settled(api, name, *phases):
    """Returns the pod as soon as its phase is one of these."""
    found, version = await api.list(PODS, "default", fields=f"metadata.name={name}")
    if found[0]["status"]["phase"] in phases:
        return found[0]
    watch = api.watch(PODS, "default", version=version, fields=f"metadata.name={name}")
    async with aclosing(watch):
        async for event in watch:
            if event.object["status"]["phase"] in phases:
                return event.object
    raise AssertionError(f"the watch of {name} ended")


async def be_deleted(api, pod):
    await api.delete(PODS, pod["metadata"]["name"], "default")


async def be_told(api, pod):
    await give(api, pod, Order(3), simulated=True)


async def be_deleted_after_it_was_told(api, pod):
    await be_told(api, pod)
    await asyncio.sleep(0.01)
    await be_deleted(api, pod)


@pytest.mark.parametrize("end", [be_deleted, be_told, be_deleted_after_it_was_told])
def test_the_room_of_a_pod_is_free_as_soon_as_its_end_is_reported(end):
    """A scheduler may count on it from that moment, and not only when the object has gone."""

    async def scene(api):
        room = {"capacity": {SLOT: "1"}, "allocatable": {SLOT: "1"}}
        await api.patch(NODES, NODE, None, {"status": room}, sub="status")
        await bind(api, "first")
        await end(api, await settled(api, "first", "Running"))
        await settled(api, "first", "Failed")
        await bind(api, "second")
        return (await settled(api, "second", "Running", "Failed"))["status"]["phase"]

    assert virtually(scene) == "Running"


def test_the_room_of_a_pod_that_still_ends_is_not_free():
    async def scene(api):
        room = {"capacity": {SLOT: "1"}, "allocatable": {SLOT: "1"}}
        await api.patch(NODES, NODE, None, {"status": room}, sub="status")
        await bind(api, "first")
        await be_told(api, await settled(api, "first", "Running"))
        await asyncio.sleep(0.02)
        await bind(api, "second")
        return (await settled(api, "second", "Running", "Failed"))["status"]["reason"]

    assert virtually(scene) == f"OutOf{SLOT}"
