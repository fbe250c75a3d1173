"""`kubeconfig[:PATH[#CONTEXT]]`: a cluster that exists; only nodes of the pool are used."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.api import Api
from harness.clusters import preparing
from harness.clusters.types import POOL, Cluster, ClusterOptions
from harness.errors import ClusterError
from harness.kubeconfig import Access, read_access
from harness.objects import NODES, labels_of

SIMULATED = "conformance.kuscia.secretflow/simulated"


@contextmanager
def provide(argument: str, options: ClusterOptions) -> Iterator[Cluster]:
    """The cluster of a kubeconfig. ClusterError if it does not answer or offers no nodes."""
    path, _, context = argument.partition("#")
    file = Path(path or os.environ.get("KUBECONFIG") or Path.home() / ".kube" / "config")
    access = read_access(file, context or None)
    name = f"kubeconfig:{argument}" if argument else "kubeconfig"
    asyncio.run(preparing.check_reachable(access, name))
    asyncio.run(preparing.install(access, options.definitions, replace=False))
    nodes = asyncio.run(preparing.pool(access))
    if len(nodes) < 2:
        raise ClusterError(
            f"{name}: two nodes are needed that carry the label {POOL}, found {len(nodes)}",
            hint=f"kubectl label node NAME {POOL}=true",
        )
    can = asyncio.run(_can(access))
    yield Cluster(name, file, context or None, can, nodes, outlives=True)


async def _can(access: Access) -> frozenset[str]:
    async with Api(access, preparing.MANAGER) as api:
        nodes, _ = await api.list(NODES, labels=POOL)
    simulated = all(labels_of(node).get(SIMULATED) == "true" for node in nodes)
    return frozenset({"simulated-nodes" if simulated else "real-pods"})
