"""The embedded cluster as a process: an API server on a port of loopback, and simulated nodes.

    python -m kuscia_conformance.clusters.embedded --folder DIR [--port 0] [--nodes 4] [--pace 8]

The process writes `kubeconfig` and its certificates into DIR. It prints `ready` when the server
answers requests and the nodes are ready. SIGTERM, SIGINT or SIGHUP ends it. Objects are kept in
memory only, and are then lost.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from kuscia_conformance.apiserver.http.https import BACKLOG, answering
from kuscia_conformance.apiserver.http.in_process import access_to
from kuscia_conformance.apiserver.server import PACE, Server
from kuscia_conformance.clusters.credentials import write_certificates, write_kubeconfig
from kuscia_conformance.clusters.embedded import gc_tuning
from kuscia_conformance.clusters.embedded.nodes import at_work
from kuscia_conformance.clusters.process import ENDING
from kuscia_conformance.errors import UsageError

ADDRESS = "127.0.0.1"


@dataclass(frozen=True)
class Serving:
    """The options of the process."""

    #: The folder into which certificates and kubeconfig are written.
    folder: Path
    #: The port to listen on; 0 is any free port.
    port: int = 0
    nodes: int = 4
    #: How long the answer to each write is delayed, in seconds.
    pace: float = PACE
    #: The folder of resource definitions to install before the cluster counts as ready.
    definitions: Path | None = None


def main(serving: Serving, on_ready: Callable[[Path], None]) -> None:
    """Serves until a signal; calls `on_ready` with the kubeconfig once all is ready.

    Raises UsageError if the port is taken or the folder cannot be written.
    """
    import uvloop

    uvloop.run(_until_told_to_end(serving, on_ready))


async def _until_told_to_end(serving: Serving, on_ready: Callable[[Path], None]) -> None:
    loop, ending = asyncio.get_running_loop(), asyncio.Event()
    for number in ENDING:
        loop.add_signal_handler(number, ending.set)
    async with cluster(serving) as kubeconfig:
        on_ready(kubeconfig)
        with gc_tuning.rare_collections():
            await ending.wait()


@asynccontextmanager
async def cluster(serving: Serving) -> AsyncIterator[Path]:
    """Runs the server and its nodes while the context is open; yields the path of the kubeconfig.

    Raises UsageError if the port is taken or the folder cannot be written.
    """
    listener = _listen(serving.port)
    port = listener.getsockname()[1]
    token = secrets.token_hex(16)
    server = Server({token: "admin"}, serving.pace, address=f"{ADDRESS}:{port}")
    kubeconfig = _write_credentials(serving.folder, port, token)
    async with (
        at_work(server, access_to(server, token), serving.nodes),
        answering(server, listener, serving.folder / "tls.crt", serving.folder / "tls.key"),
    ):
        if serving.definitions:
            # Imported late: reading YAML takes longer than the rest of the start, and is optional.
            from kuscia_conformance.clusters import preparing

            await preparing.install(access_to(server, token), serving.definitions)
        yield kubeconfig


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
            hint="name a port that is free; without --port a free one is chosen",
        ) from error
    return listener
