"""An API server and the kubelet of one node, in the test's process and on a virtual clock."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

from kuscia_conformance.apiserver.http.in_process import access_to
from kuscia_conformance.apiserver.server import Server
from kuscia_conformance.environment.virtual_clock import VirtualLoop, VirtualWorld
from kuscia_conformance.kube.client import Api
from kuscia_conformance.simulated_nodes.kubelet import Kubelets, serve

NODE, TOKEN = "simulated-1", "t"


@asynccontextmanager
async def asked(loop):
    """Yields a client of a server with kubelets for one node."""
    server = Server({TOKEN: "admin"}, now=loop.now)
    async with server.running(), Api(access_to(server, TOKEN), "tests") as api:
        server.kubelet = kubelets = Kubelets(VirtualWorld(api, loop))
        ready = asyncio.Event()
        work = asyncio.create_task(serve(kubelets, [NODE], on_ready=ready.set))
        await ready.wait()
        try:
            yield api
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)


def virtually(scene):
    """Runs `scene(api)` on a virtual clock and returns its result."""

    async def play(loop):
        async with asked(loop) as api:
            return await scene(api)

    loop = VirtualLoop()
    try:
        return loop.run_until_complete(play(loop))
    finally:
        loop.close()
