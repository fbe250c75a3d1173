"""A transport to a server in the same process and event loop: no sockets, no threads, no real time.

Each request runs in its own task, as it would on a remote server: if the caller is cancelled or
killed, the server still carries the request out.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing
from urllib.parse import urlencode

import orjson

from kuscia_conformance.apiserver import router
from kuscia_conformance.apiserver.apimachinery.request import Answer, Request
from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError
from kuscia_conformance.apiserver.handlers import pods
from kuscia_conformance.apiserver.server import Server
from kuscia_conformance.kube.kubeconfig import Access
from kuscia_conformance.kube.transport import Call, Reply, Transport

SERVER = "https://embedded.invalid"


def access_to(server: Server, token: str) -> Access:
    """Returns an access whose clients call the server directly."""

    def connect(access: Access, user_agent: str) -> Transport:
        return Local(server, access, user_agent)

    return Access(SERVER, None, lambda: f"Bearer {token}", connect=connect)


class Local:
    """The `kube.transport.Transport` of one client; it calls the router directly."""

    def __init__(self, server: Server, access: Access, user_agent: str) -> None:
        self.server, self.access, self.user_agent = server, access, user_agent
        self._under_way: set[asyncio.Task[Answer]] = set()

    async def close(self) -> None:
        """Waits until the requests under way have been carried out."""
        if self._under_way:
            await asyncio.wait(self._under_way)

    def open(self, call: Call) -> AbstractAsyncContextManager[Reply]:
        return _Opened(self, self._request(call))

    async def exec(self, call: Call) -> tuple[bytes, bytes]:
        try:
            done = await pods.execute(self.server, self._request(call))
        except StatusError as refusal:
            return b"", orjson.dumps(refusal.status)
        return done.output + done.complaints, orjson.dumps(done.status)

    def _request(self, call: Call) -> Request:
        headers = {"user-agent": self.user_agent, "accept": "application/json"}
        headers |= {name.lower(): value for name, value in call.headers.items()}
        headers["authorization"] = self.access.authorization() or ""
        query = urlencode(call.params)
        path, _, more = call.path.partition("?")
        return Request(call.method, path, query or more, headers, call.body or b"")

    async def handle(self, request: Request) -> Answer:
        """Runs the request in a task that survives the caller, and returns the answer."""
        task = asyncio.get_running_loop().create_task(router.handle(self.server, request))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return await asyncio.shield(task)


class _Opened:
    def __init__(self, local: Local, request: Request) -> None:
        self._local, self._request = local, request

    async def __aenter__(self) -> _Reply:
        return _Reply(await self._local.handle(self._request))

    async def __aexit__(self, *_: object) -> None:
        return None


class _Reply:
    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.status = answer.code
        self.headers = answer.headers

    async def read(self) -> bytes:
        return self._answer.body

    async def lines(self) -> AsyncIterator[bytes]:
        if self._answer.stream is None:
            return
        async with aclosing(self._answer.stream) as pieces:
            async for piece in pieces:
                for line in piece.splitlines():
                    yield line
