"""Tests the kubelets on an API server with several pods, and the process that runs them."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from contextlib import aclosing

import pytest

from kuscia_conformance.errors import Unreachable
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import read_access
from kuscia_conformance.kube.objects import (
    CONFIG_MAPS,
    LEASES,
    NODES,
    PODS,
    condition_of,
    labels_of,
    name_of,
)
from kuscia_conformance.kube.world import World
from kuscia_conformance.simulated_nodes import nodes
from tests.simulated_nodes.conftest import SOON, client, kubelets
from tests.simulated_nodes.pods import SLOT, container

SIMULATED = "simulated-1"


def bound(name, *containers, node=SIMULATED, **metadata):
    spec = {"nodeName": node, "restartPolicy": "Never", "containers": list(containers)}
    metadata = {"name": name, "namespace": "default", **metadata}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def in_a_slot(name, node):
    ask = {SLOT: 1}
    return bound(name, container(resources={"requests": ask, "limits": ask}), node=node)


async def until(api, resource, name, holds, namespace="default"):
    """Returns the object once `holds(object)` is true; TimeoutError after SOON seconds."""
    fields = f"metadata.name={name}"
    async with asyncio.timeout(SOON):
        found, version = await api.list(resource, namespace, fields=fields)
        if found and holds(found[0]):
            return found[0]
        watch = api.watch(resource, namespace, version=version, fields=fields)
        async with aclosing(watch):
            async for event in watch:
                if event.type != "BOOKMARK" and holds(event.object):
                    return event.object
    raise AssertionError(f"the watch of {name} ended")


def is_in(*phases):
    return lambda pod: pod["status"]["phase"] in phases


async def runs(api, name):
    return await until(api, PODS, name, is_in("Running"))


async def clean(api, *names):
    for name in names:
        await api.delete(PODS, name, "default", grace_seconds=0)


async def give_slots(api, node, count):
    room = {"capacity": {SLOT: count}, "allocatable": {SLOT: count}}
    await api.patch(NODES, node, None, {"status": room}, sub="status")


def test_a_simulated_node_is_ready_and_has_its_labels_and_lease(one_node):
    async def check():
        async with client(one_node) as api:
            node = await api.get(NODES, SIMULATED)
            lease = await until(api, LEASES, SIMULATED, bool, nodes.LEASE_NAMESPACE)
        ready = condition_of(node, "Ready")
        assert ready
        assert ready["status"] == "True"
        assert labels_of(node).items() >= {nodes.POOL: "true", nodes.SIMULATED: "true"}.items()
        assert "taints" not in node["spec"]
        assert lease["spec"]["holderIdentity"] == SIMULATED

    asyncio.run(check())


def test_fields_of_a_node_written_by_other_clients_stay(one_node):
    async def check():
        async with client(one_node) as api:
            await give_slots(api, SIMULATED, "3")
            await api.create(PODS, bound("beside", container()))
            await runs(api, "beside")
            node = await api.get(NODES, SIMULATED)
            await clean(api, "beside")
        assert node["status"]["allocatable"] == {**node["status"]["capacity"], SLOT: "3"}

    asyncio.run(check())


def test_of_two_pods_with_room_for_one_only_one_runs(one_node):
    """Two pods are created together, and one is refused.

    Its room is free again after the other pod is deleted.
    """

    async def check():
        async with client(one_node) as api, kubelets(World(api), "narrow"):
            await give_slots(api, "narrow", "1")
            await asyncio.gather(
                *(api.create(PODS, in_a_slot(name, "narrow")) for name in ("one", "two"))
            )
            settled = is_in("Running", "Failed")
            found = [await until(api, PODS, name, settled) for name in ("one", "two")]
            (winner,) = [pod for pod in found if pod["status"]["phase"] == "Running"]
            (loser,) = [pod for pod in found if pod["status"]["phase"] == "Failed"]
            await clean(api, name_of(winner))
            await api.create(PODS, in_a_slot("three", "narrow"))
            await runs(api, "three")
            await clean(api, name_of(loser), "three")
        assert loser["status"]["reason"] == f"OutOf{SLOT}"

    asyncio.run(check())


def test_room_that_has_just_been_added_is_used(one_node):
    """The watch of nodes may be late; a pod must not be refused because of that."""

    async def check():
        async with client(one_node) as api:
            for round_ in range(5):
                await give_slots(api, SIMULATED, "0")
                await give_slots(api, SIMULATED, "1")
                await api.create(PODS, in_a_slot(f"quick-{round_}", SIMULATED))
                await runs(api, f"quick-{round_}")
                await clean(api, f"quick-{round_}")

    asyncio.run(check())


class Unlucky(Api):
    """A client whose first write of a pod status fails."""

    async def patch(self, resource, name, namespace, patch, **options):
        if options.get("sub") == "status" and not self.requests["patch", "pods/status"]:
            self.requests["patch", "pods/status"] += 1
            raise Unreachable("the API server does not answer")
        return await super().patch(resource, name, namespace, patch, **options)


def test_a_status_that_could_not_be_written_is_written_later(one_node):
    async def check():
        access = read_access(one_node)
        async with Unlucky(access, "tests") as api, kubelets(World(api), "unlucky"):
            await api.create(PODS, bound("patient", container(), node="unlucky"))
            await runs(api, "patient")
            await clean(api, "patient")

    asyncio.run(check())


def test_pods_of_other_nodes_are_left_alone(one_node):
    async def check():
        async with client(one_node) as api:
            await api.create(PODS, bound("elsewhere", container(), node="of-somebody-else"))
            await api.create(PODS, bound("here", container()))
            await runs(api, "here")
            pod = await api.get(PODS, "elsewhere", "default")
            await clean(api, "elsewhere", "here")
        assert "startTime" not in pod["status"]

    asyncio.run(check())


def test_a_pod_needs_four_status_writes_and_one_read_of_its_config_map(one_node):
    """One status write each: creating, running, containers ended, pod finished."""

    async def check():
        async with (
            client(one_node) as own,
            client(one_node) as api,
            kubelets(World(own), "thrifty"),
        ):
            settings = {"name": "settings", "namespace": "default"}
            await api.create(CONFIG_MAPS, {"metadata": settings})
            pod = bound("cheap", container(command=["sleep", "0.2"]), node="thrifty")
            pod["spec"]["volumes"] = [{"name": "v", "configMap": {"name": "settings"}}]
            before = own.requests.copy()
            await api.create(PODS, pod)
            await until(api, PODS, "cheap", is_in("Succeeded"))
            spent = own.requests - before
            await clean(api, "cheap")
            await api.delete(CONFIG_MAPS, "settings", "default")
        del spent["patch", "leases"], spent["create", "leases"]
        assert spent == {("patch", "pods/status"): 4, ("get", "configmaps"): 1}

    asyncio.run(check())


def start(*arguments):
    command = [sys.executable, "-m", "kuscia_conformance.simulated_nodes", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_the_process_prints_ready_and_exits_with_0_after_a_signal(one_node, sent):
    with start("--kubeconfig", str(one_node), "--nodes", "1") as process:
        try:
            assert process.stdout.readline() == "ready\n"
            process.send_signal(sent)
            assert process.wait(SOON) == 0
            assert process.stderr.read() == ""
        finally:
            process.kill()


def test_a_kubeconfig_that_does_not_exist_exits_with_2(tmp_path):
    with start("--kubeconfig", str(tmp_path / "none")) as process:
        _, errors = process.communicate(timeout=SOON)
    assert process.returncode == 2
    assert errors.startswith(f"error: kubeconfig {tmp_path / 'none'}: there is no such file\n")
    assert "check the path" in errors
