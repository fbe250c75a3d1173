"""How requests get to the server: over HTTPS, over a WebSocket, or within the process.

Comes in: bytes, or a `Call` of our client. Goes out: the router's answer, sent back. `https`
listens by uvicorn (`write_coalescing` makes that fast), `asgi` is the application, `sockets` speaks
`pods/exec`, `in_process` is a transport for clients on the same event loop. It must not know what
requests mean.
"""
