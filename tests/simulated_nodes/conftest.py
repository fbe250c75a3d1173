"""Fixtures and helpers: a shared cluster with one node, and kubelets in the test's process."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress

import pytest

from kuscia_conformance.clusters import ClusterOptions, cluster
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import read_access
from kuscia_conformance.simulated_nodes.kubelet import run

#: The longest wait in seconds; only failing tests wait that long.
SOON = 10


@pytest.fixture(scope="session")
def one_node(tmp_path_factory, plane):
    """Yields the kubeconfig of a cluster with the node `simulated-1`."""
    work = tmp_path_factory.mktemp("plane")
    (work / "definitions").mkdir()
    options = ClusterOptions(plane, work / "definitions", work / "run", nodes=1)
    options.work.mkdir()
    with cluster(options) as made:
        yield made.kubeconfig


def client(kubeconfig):
    return Api(read_access(kubeconfig), "tests")


@asynccontextmanager
async def kubelets(world, *names):
    """Runs kubelets in this process for nodes with these names."""
    ready = asyncio.Event()
    work = asyncio.create_task(run(world, names, on_ready=ready.set))
    try:
        async with asyncio.timeout(SOON):
            await ready.wait()
        yield
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work
