"""The embedded cluster as a process: an API server on a port of loopback, and simulated nodes.

    python -m kuscia_conformance.apiserver --folder DIR [--port 0] [--nodes 4] [--pace 8]

It writes `kubeconfig` and its certificates into DIR, and prints `ready` once requests are
answered and the nodes are there. SIGTERM or SIGINT ends it, and with it all that it holds.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from kuscia_conformance.apiserver.http.asgi import Application
from kuscia_conformance.apiserver.http.in_process import access_to
from kuscia_conformance.apiserver.server import PACE, Server
from kuscia_conformance.clusters.certificates import write_certificates
from kuscia_conformance.clusters.embedded import gc_tuning
from kuscia_conformance.clusters.kubeconfigs import write_kubeconfig
from kuscia_conformance.errors import UsageError
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.world import World
from kuscia_conformance.simulated_nodes import kubelet, nodes

log = logging.getLogger(__name__)

USER_AGENT = "kuscia-conformance-simulated-nodes"
ADDRESS = "127.0.0.1"
#: Connections that wait to be accepted: a thousand watches may come at once.
BACKLOG = 2048
#: For how long a connection may lie idle, in seconds, as with real servers.
IDLE = 90


@dataclass(frozen=True)
class Serving:
    """How the process is to run."""

    #: Where certificates and kubeconfig are written.
    folder: Path
    #: 0 is any that is free.
    port: int = 0
    nodes: int = 4
    #: Seconds by which a write's answer is held back.
    pace: float = PACE
    #: Definitions to install before it counts as ready.
    definitions: Path | None = None


def main(serving: Serving, on_ready: Callable[[Path], None]) -> None:
    """Serve until SIGTERM or SIGINT; `on_ready` is told the kubeconfig. UsageError for the port."""
    import uvloop

    uvloop.run(_until_told_to_end(serving, on_ready))


async def _until_told_to_end(serving: Serving, on_ready: Callable[[Path], None]) -> None:
    loop, ending = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)
    async with cluster(serving) as kubeconfig:
        on_ready(kubeconfig)
        with gc_tuning.seldom_looked_for():
            await ending.wait()


@asynccontextmanager
async def cluster(serving: Serving) -> AsyncIterator[Path]:
    """A server that answers and nodes that are ready; the kubeconfig."""
    listener = _listen(serving.port)
    port = listener.getsockname()[1]
    token = secrets.token_hex(16)
    server = Server({token: "admin"}, serving.pace, address=f"{ADDRESS}:{port}")
    kubeconfig = _write_credentials(serving.folder, port, token)
    async with (
        server.running(),
        _answering(server, listener, serving.folder),
        simulated_nodes(server, token, serving.nodes),
    ):
        if serving.definitions:
            # Reading YAML takes longer than the rest of the start, and not everybody wants it.
            from kuscia_conformance.clusters import preparing

            await preparing.install(access_to(server, token), serving.definitions)
        yield kubeconfig


@asynccontextmanager
async def simulated_nodes(server: Server, token: str, count: int) -> AsyncIterator[None]:
    """Nodes of this process, which ask the server directly."""
    async with Api(access_to(server, token), USER_AGENT) as api:
        ready = asyncio.Event()
        kubelets = kubelet.Kubelets(World(api))
        work = asyncio.create_task(kubelet.serve(kubelets, nodes.names(count), on_ready=ready.set))
        server.kubelet = kubelets
        await ready.wait()
        try:
            yield
        finally:
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work


def _write_credentials(folder: Path, port: int, token: str) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_certificates(folder)
        return write_kubeconfig(folder, port, token)
    except OSError as error:
        raise UsageError(f"--folder {folder}: cannot write there: {error.strerror}") from error


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((ADDRESS, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise UsageError(
            f"--port {port}: cannot listen on {ADDRESS}:{port}: {error.strerror or error}",
            hint="name a port that is free; without --port one is chosen",
        ) from error
    return listener


def _is_no_refusal(record: logging.LogRecord) -> bool:
    """Uvicorn takes it for an error of ours that a WebSocket is refused by an answer."""
    return not record.getMessage().startswith("ASGI callable returned without completing")


@asynccontextmanager
async def _answering(server: Server, listener: socket.socket, folder: Path) -> AsyncIterator[None]:
    """Have HTTPS spoken on the listener meanwhile, by uvicorn's protocol."""
    import uvicorn
    from uvicorn.server import ServerState

    from kuscia_conformance.apiserver.http.write_coalescing import Protocol

    config = uvicorn.Config(
        Application(server),
        ssl_certfile=folder / "tls.crt",
        ssl_keyfile=folder / "tls.key",
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
