"""The server as an ASGI application: uvicorn calls it for each request."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

from kuscia_conformance.apiserver.apimachinery.request import Answer, Request
from kuscia_conformance.apiserver.http import sockets
from kuscia_conformance.apiserver.router import LARGEST_BODY, handle
from kuscia_conformance.apiserver.server import Server

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
#: Answers up to this many bytes are not compressed, as in kube-apiserver.
COMPRESSED_FROM = 128 * 1024


class Application:
    """The ASGI application: passes requests to the router, and sends its answers."""

    def __init__(self, server: Server) -> None:
        self.server = server

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await sockets.serve(self.server, _request(scope, b""), scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)

    async def _http(self, scope: Message, receive: Receive, send: Send) -> None:
        body = b"" if scope["method"] in ("GET", "HEAD") else await _body(receive)
        if body is None:
            return
        request = _request(scope, body)
        answer = await handle(self.server, request)
        headers = [(b"content-type", answer.content_type.encode())] if answer.content_type else []
        headers += [(k.lower().encode(), v.encode()) for k, v in answer.headers.items()]
        if answer.stream is not None:
            await _stream(answer, answer.stream, headers, receive, send)
            return
        content = answer.body
        if len(content) > COMPRESSED_FROM and "gzip" in request.headers.get("accept-encoding", ""):
            content = gzip.compress(content, 1)
            headers += [(b"content-encoding", b"gzip"), (b"vary", b"Accept-Encoding")]
        headers.append((b"content-length", b"%d" % len(content)))
        await send({"type": "http.response.start", "status": answer.code, "headers": headers})
        await send({"type": "http.response.body", "body": content})


def _request(scope: Message, body: bytes) -> Request:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    return Request(
        scope.get("method", "GET"),
        scope["path"],
        scope["query_string"].decode("latin-1"),
        headers,
        body,
    )


async def _body(receive: Receive) -> bytes | None:
    """Returns the whole body, or None if the client has closed the connection.

    Of a body that is too large it returns a little more than LARGEST_BODY without waiting for the
    rest, so that the router refuses it. Uvicorn drops the rest.
    """
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > LARGEST_BODY or not message.get("more_body"):
            return b"".join(parts)


async def _stream(
    answer: Answer,
    stream: AsyncIterator[bytes],
    headers: list[tuple[bytes, bytes]],
    receive: Receive,
    send: Send,
) -> None:
    """Sends the pieces of the stream until it ends or the client closes the connection."""
    await send({"type": "http.response.start", "status": answer.code, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": True})
    sending = asyncio.ensure_future(_send_all(stream, send))
    leaving = asyncio.ensure_future(_left(receive))
    try:
        await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (sending, leaving):
            task.cancel()
        await asyncio.gather(sending, leaving, return_exceptions=True)


async def _send_all(stream: AsyncIterator[bytes], send: Send) -> None:
    async for piece in stream:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
