"""`pods/exec` over a WebSocket, as kubectl and the Kubernetes clients use it.

In the protocols v4 and v5.channel.k8s.io the first byte of a message is its channel:

    1   stdout of the command
    2   stderr of the command
    3   the Status with which the command ended
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
    """Runs the command, sends its output and its Status, and closes the WebSocket.

    If the command cannot be run, answers with the StatusError over HTTP before the handshake.
    """
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
