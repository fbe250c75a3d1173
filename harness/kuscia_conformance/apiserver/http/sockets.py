"""`pods/exec` over a WebSocket, the way kubectl and the client libraries call it.

`asgi` calls `serve` for every WebSocket. In the protocols `v4.channel.k8s.io` and
`v5.channel.k8s.io` the first byte of a message is the number of its channel:

    1   stdout of the command
    2   stderr of the command
    3   a Kubernetes Status that says how the command ended
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
    """Runs the command to its end, sends its output and its Status, and closes the WebSocket.

    Input from the client is not read. If the request is refused, no WebSocket is opened: the answer
    is an HTTP response with the Status of the error. `scope`, `receive` and `send` are ASGI's.
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
