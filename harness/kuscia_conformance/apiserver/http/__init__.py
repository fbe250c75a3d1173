"""Transports: requests reach the server over HTTPS, over a WebSocket, or within the process.

Comes in: bytes, or a `Call` of our client. Goes out: the router's answer.

    https              listens with uvicorn
    head_limits        bounds the size and the time of a request's head
    write_coalescing   makes uvicorn send an answer in one write
    asgi               the application that uvicorn calls
    sockets            `pods/exec` over a WebSocket
    in_process         a transport for clients on the same event loop

This room must not know what requests mean.
"""
