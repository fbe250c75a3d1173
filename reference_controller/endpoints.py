"""The HTTP endpoints of the process: `/healthz`, `/readyz` and `/metrics`.

`/healthz` answers 200 as long as the event loop runs, because all the work is done on that loop.
`/readyz` answers 200 if `is_ready()`, else 503.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from kuscia_conformance.errors import UsageError


@asynccontextmanager
async def endpoints(
    address: str, port: int, *, is_ready: Callable[[], bool], metrics: Callable[[], str]
) -> AsyncIterator[None]:
    """Serves the endpoints until the context is left; with port 0 it serves nothing.

    Raises UsageError if it cannot listen on that address and port.
    """
    if not port:
        yield
        return
    runner = web.AppRunner(_application(is_ready, metrics), access_log=None)
    await runner.setup()
    try:
        await _listen(runner, address, port)
        yield
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, address: str, port: int) -> None:
    try:
        await web.TCPSite(runner, address, port).start()
    except OSError as error:
        raise UsageError(
            f"--metrics-port {port}: cannot listen on {address}:{port}: {error.strerror or error}",
            hint="name a port that is free, and an address of this machine (--metrics-address)",
        ) from error


def _application(is_ready: Callable[[], bool], metrics: Callable[[], str]) -> web.Application:
    async def healthz(_: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def readyz(_: web.Request) -> web.Response:
        ready = is_ready()
        return web.Response(text="ok" if ready else "not ready", status=200 if ready else 503)

    async def scrape(_: web.Request) -> web.Response:
        headers = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
        return web.Response(body=metrics().encode(), headers=headers)

    application = web.Application()
    application.router.add_get("/healthz", healthz)
    application.router.add_get("/readyz", readyz)
    application.router.add_get("/metrics", scrape)
    return application
