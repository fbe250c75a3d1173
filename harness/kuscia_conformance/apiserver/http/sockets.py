"""`pods/exec` over a WebSocket, as kubectl and the Kubernetes clients speak it.

The protocols v4 and v5.channel.k8s.io: the first byte of a message is its channel, 1 what the
command printed, 2 what it complained of, 3 the Status with which it ended.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import orjson

from kuscia_conformance.apiserver.apimachinery.request import Request, refused
from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError
from kuscia_conformance.apiserver.handlers import pods
from kuscia_conformance.apiserver.server import Server

Message = MutableMapping[str, Any]
PROTOCOLS = ("v5.channel.k8s.io", "v4.channel.k8s.io")


async def serve(
    server: Server,
    request: Request,
    scope: Message,
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    """Run the command, say what it said, and close; refused before the handshake if it cannot."""
    await receive()
    try:
        done = await pods.execute(server, request)
    except StatusError as refusal:
        await _refuse(refusal, send)
        return
    offered = scope.get("subprotocols") or []
    chosen = next((each for each in PROTOCOLS if each in offered), None)
    await send({"type": "websocket.accept", "subprotocol": chosen})
    parts = ((1, done.output), (2, done.complaints), (3, orjson.dumps(done.status)))
    for channel, content in parts:
        if content:
            await send({"type": "websocket.send", "bytes": bytes([channel]) + content})
    await send({"type": "websocket.close", "code": 1000})


async def _refuse(refusal: StatusError, send: Callable[[Message], Awaitable[None]]) -> None:
    answer = refused(refusal)
    headers = [(b"content-type", answer.content_type.encode())]
    start = {"type": "websocket.http.response.start", "status": answer.code, "headers": headers}
    await send(start)
    await send({"type": "websocket.http.response.body", "body": answer.body})
