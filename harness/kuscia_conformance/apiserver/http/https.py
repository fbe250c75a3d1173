"""HTTPS with uvicorn's protocol, on a socket that is already listening."""

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
from kuscia_conformance.apiserver.http.head_limits import LimitedProtocol
from kuscia_conformance.apiserver.server import Server

#: The number of connections that may wait to be accepted. A thousand watches may start together.
BACKLOG = 2048
#: The longest time that an idle connection stays open, in seconds, as with kube-apiserver.
IDLE = 90


def _is_worth_logging(record: logging.LogRecord) -> bool:
    """Drops uvicorn's error record for a WebSocket that was refused with an HTTP answer.

    Uvicorn logs this as a fault of the application, but refusing is intended (`sockets`).
    """
    return not record.getMessage().startswith("ASGI callable returned without completing")


@asynccontextmanager
async def answering(
    server: Server, listener: socket.socket, certificate: Path, key: Path
) -> AsyncIterator[None]:
    """Answers HTTPS requests on the listener while the context is open."""
    config = uvicorn.Config(
        Application(server),
        ssl_certfile=certificate,
        ssl_keyfile=key,
        lifespan="off",
        log_config=None,
        # Mistakes of clients are answered, and not worth a warning.
        log_level="error",
        timeout_keep_alive=IDLE,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        http=LimitedProtocol,
        ws="websockets-sansio",
    )
    config.load()
    logging.getLogger("uvicorn.error").addFilter(_is_worth_logging)
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
        # Uvicorn would log the requests that are cut off now as errors.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        for connection in list(state.connections):
            connection.shutdown()
        for task in state.tasks:
            task.cancel()
        await asyncio.gather(*state.tasks, return_exceptions=True)
