"""An embedded server in the test's process, on a virtual clock, and helpers to send it requests.

`in_process` starts the server with its controllers. `InProcess` sends requests and moves the
clock. `Complaints` collects log records at WARNING or above; the fixture `cluster` asserts that
its list is empty.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, TypeVar
from urllib.parse import urlencode

import orjson
import yaml

from kuscia_conformance.apiserver.apimachinery.request import Answer, Request
from kuscia_conformance.apiserver.router import handle
from kuscia_conformance.apiserver.server import Server
from kuscia_conformance.environment.virtual_clock import VirtualLoop
from kuscia_conformance.features.folders import (
    suite_folder,
)
from kuscia_conformance.kube.objects import Obj

TOKEN = "t"
T = TypeVar("T")
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
CONFIGMAPS = "/api/v1/namespaces/default/configmaps"
MERGE = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
APPLY = "application/apply-patch+yaml"


@dataclass
class InProcess:
    """The server and its event loop; virtual time passes only in `run` and `settle`."""

    loop: VirtualLoop
    server: Server

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(coroutine)

    def settle(self, seconds: float = 0.001) -> None:
        """Runs all pending work: the virtual clock moves only when every task waits."""
        self.run(asyncio.sleep(seconds))

    def ask(
        self,
        method: str,
        path: str,
        body: object = b"",
        headers: Mapping[str, str] | None = None,
        **query: str,
    ) -> Answer:
        """Sends a request with the admin's token and returns the answer; dicts become JSON."""
        content = body if isinstance(body, bytes) else orjson.dumps(body)
        sent = {"authorization": f"Bearer {TOKEN}", **(headers or {})}
        return self.run(handle(self.server, Request(method, path, urlencode(query), sent, content)))

    def create(self, path: str, obj: Obj) -> Obj:
        return told(self.ask("POST", path, obj), 201)

    def read(self, path: str, **query: str) -> Obj:
        return told(self.ask("GET", path, b"", None, **query))

    def exists(self, path: str) -> bool:
        return self.ask("GET", path).code == 200


def told(answer: Answer, code: int = 200) -> Obj:
    """Returns the JSON object of an answer; AssertionError if its status is not `code`."""
    obj: Obj = orjson.loads(answer.body)
    assert answer.code == code, obj
    return obj


def watch_of(
    cluster: InProcess, path: str, headers: Mapping[str, str] | None = None, **query: str
) -> Answer:
    """Returns the answer of a watch; its `stream` yields the events."""
    return cluster.ask("GET", path, headers=headers, watch="1", **query)


@contextmanager
def in_process(history: int = 10_000) -> Iterator[InProcess]:
    """Yields a server on a virtual clock, with its controllers running; stops both at the end."""
    loop = VirtualLoop()
    server = Server({TOKEN: "admin"}, 0, loop.now, Random(1), history)
    working = loop.create_task(_work(server))
    cluster = InProcess(loop, server)
    cluster.settle()
    try:
        yield cluster
    finally:
        working.cancel()
        loop.run_until_complete(asyncio.gather(working, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


async def _work(server: Server) -> None:
    async with server.running():
        await asyncio.Event().wait()


def install_definitions(cluster: InProcess) -> None:
    """Creates the suite's own resource definitions on the server."""
    for file in sorted((suite_folder("fixtures") / "crds").glob("*.yaml")):
        for document in yaml.safe_load_all(Path(file).read_text()):
            cluster.create(DEFINITIONS, document)
    cluster.settle()


def config_map(name: str, **metadata: Any) -> Obj:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, **metadata},
        "data": {"a": "b"},
    }


class Complaints(logging.Handler):
    """Collects log records at WARNING or above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)
