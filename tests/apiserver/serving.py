"""The embedded cluster as a separate process, and clients that may send malformed requests.

`served` starts the process and yields a `Served`. Its `ask` and `status` send valid HTTP; `raw` and
`head` send any bytes over TLS, so that tests can break the protocol.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson
import yaml

from kuscia_conformance.clusters.process import Process
from kuscia_conformance.kube.objects import Obj

#: The longest time to wait for an answer, in seconds; after it the server counts as hung.
PATIENCE = 20.0


@dataclass
class Served:
    """A running server process, with its folder, port and token."""

    folder: Path
    process: Process
    port: int
    token: str

    @property
    def proc(self) -> Path:
        return Path("/proc") / str(self.process.pid)

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def logged(self) -> str:
        return self.log.read_text()

    def tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.folder / "cluster" / "ca.crt"))

    def connect(self) -> ssl.SSLSocket:
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        return self.tls().wrap_socket(plain, server_hostname="127.0.0.1")

    def connection(self) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=PATIENCE, context=self.tls()
        )

    def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, bytes]:
        """Sends a request with the token and returns the status and the body."""
        sent = {"authorization": f"Bearer {self.token}", **(headers or {})}
        connection = self.connection()
        try:
            connection.request(method, path, body or None, sent)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def status(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Obj:
        """Returns an answer that must be a Status whose `code` equals the HTTP status."""
        code, content = self.ask(method, path, body, headers)
        status: Obj = orjson.loads(content)
        assert status["kind"] == "Status", status
        assert status["code"] == code
        return status

    def answers(self) -> bool:
        return self.ask("GET", "/readyz") == (200, b"ok")

    def raw(self, request: bytes) -> bytes:
        """Sends the bytes and returns all that the server sends until it closes the connection."""
        with self.connect() as connection:
            connection.sendall(request)
            return read_all(connection)

    def head(self, method: str, path: str, *more: str) -> bytes:
        """Returns the bytes of a request's head without checking any part of it."""
        lines = [f"{method} {path} HTTP/1.1", "host: x", f"authorization: Bearer {self.token}"]
        return "\r\n".join([*lines, *more, "", ""]).encode("latin-1")


def read_all(connection: ssl.SSLSocket) -> bytes:
    """Reads until the server closes or resets the connection."""
    parts = []
    try:
        while part := connection.recv(65536):
            parts.append(part)
    except (ConnectionError, ssl.SSLEOFError):
        pass
    return b"".join(parts)


@contextmanager
def served(folder: Path, *more: str) -> Iterator[Served]:
    """Starts the server with one node and pace 0; arguments in `more` override these."""
    made = folder / "cluster"
    command = [sys.executable, "-m", "kuscia_conformance.clusters.embedded", "--folder", str(made)]
    command += ["--nodes", "1", "--pace", "0", *more]
    log = folder / "server.log"
    with Process("embedded cluster", command, log=log, ready="ready") as process:
        config = yaml.safe_load((made / "kubeconfig").read_text())
        port = int(config["clusters"][0]["cluster"]["server"].rpartition(":")[2])
        yield Served(folder, process, port, config["users"][0]["user"]["token"])
