"""Starts the embedded server together with its simulated nodes, on a real or a virtual clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from kuscia_conformance.apiserver.server import Server
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import Access
from kuscia_conformance.kube.world import World
from kuscia_conformance.simulated_nodes import kubelet, nodes
from kuscia_conformance.simulated_nodes.tempo import REAL, Tempo

#: The user agent of the nodes in the server's request log.
USER_AGENT = "kuscia-conformance-simulated-nodes"


@asynccontextmanager
async def at_work(
    server: Server,
    access: Access,
    count: int,
    world: Callable[[Api], World] = World,
    tempo: Tempo = REAL,
) -> AsyncIterator[None]:
    """Runs the server's controllers and that many nodes while the context is open.

    The nodes are ready when the context is entered; what keeps them from that is raised. `access`
    leads to the server within this process. `world` makes the `World` of the nodes, and so decides
    which clock they use; `tempo` is how long they take for the steps of a pod.
    """
    async with server.running(), Api(access, USER_AGENT) as api:
        ready = asyncio.Event()
        signalled = asyncio.create_task(ready.wait())
        kubelets = kubelet.Kubelets(world(api), tempo)
        server.kubelet = kubelets
        serving = kubelet.serve(kubelets, nodes.names(count), on_ready=ready.set)
        work = asyncio.create_task(serving)
        try:
            await asyncio.wait((signalled, work), return_when=asyncio.FIRST_COMPLETED)
            if work.done():  # the nodes have failed, and would never be ready
                await work
            yield
        finally:
            work.cancel()
            signalled.cancel()
            await asyncio.gather(work, signalled, return_exceptions=True)
