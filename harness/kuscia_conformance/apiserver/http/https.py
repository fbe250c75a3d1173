"""HTTPS by uvicorn's protocol, on a socket that listens already."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from uvicorn.server import ServerState

from kuscia_conformance.apiserver.http.asgi import Application
from kuscia_conformance.apiserver.http.write_coalescing import Protocol
from kuscia_conformance.apiserver.server import Server

#: Connections that wait to be accepted: a thousand watches may come at once.
BACKLOG = 2048
#: For how long a connection may lie idle, in seconds, as with real servers.
IDLE = 90


def _is_no_refusal(record: logging.LogRecord) -> bool:
    """Uvicorn takes it for an error of ours that a WebSocket is refused by an answer."""
    return not record.getMessage().startswith("ASGI callable returned without completing")


@asynccontextmanager
async def answering(
    server: Server, listener: socket.socket, certificate: Path, key: Path
) -> AsyncIterator[None]:
    """Has HTTPS spoken on the listener meanwhile."""
    config = uvicorn.Config(
        Application(server),
        ssl_certfile=certificate,
        ssl_keyfile=key,
        lifespan="off",
        log_config=None,
        # What clients do wrong is answered, and nothing to report.
        log_level="error",
        timeout_keep_alive=IDLE,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        http=Protocol,
        ws="websockets-sansio",
    )
    config.load()
    logging.getLogger("uvicorn.error").addFilter(_is_no_refusal)
    loop, state = asyncio.get_running_loop(), ServerState()

    def protocol() -> asyncio.Protocol:
        made: asyncio.Protocol = config.http_protocol_class(  # type: ignore[call-arg]
            config=config, server_state=state, app_state={}, _loop=loop
        )
        return made

    http = await loop.create_server(protocol, sock=listener, ssl=config.ssl, backlog=BACKLOG)
    try:
        yield
    finally:
        http.close()
        # Those that are cut off now are no errors, which Uvicorn takes them for.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        for connection in list(state.connections):
            connection.shutdown()
        for task in state.tasks:
            task.cancel()
        await asyncio.gather(*state.tasks, return_exceptions=True)
