"""The embedded server with simulated nodes: how both come to work, whatever the clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from kuscia_conformance.apiserver.server import Server
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import Access
from kuscia_conformance.kube.world import World
from kuscia_conformance.simulated_nodes import kubelet, nodes

#: Who the nodes are in the server's log.
USER_AGENT = "kuscia-conformance-simulated-nodes"


@asynccontextmanager
async def at_work(
    server: Server, access: Access, count: int, world: Callable[[Api], World] = World
) -> AsyncIterator[None]:
    """Has the server's controllers and so many nodes at work meanwhile; the nodes are ready then.

    `access` leads to the server within this process; `world` decides what time it is for the nodes.
    """
    async with server.running(), Api(access, USER_AGENT) as api:
        ready = asyncio.Event()
        kubelets = kubelet.Kubelets(world(api))
        server.kubelet = kubelets
        serving = kubelet.serve(kubelets, nodes.names(count), on_ready=ready.set)
        work = asyncio.create_task(serving)
        await ready.wait()
        try:
            yield
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
