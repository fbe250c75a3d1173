"""Uvicorn's protocol with the limits that kube-apiserver sets to the head of a request.

The parser collects the request line and the headers, and has no limit of its own. It would take
time that grows with the square of their size, before the server can ask for a token.
"""

from __future__ import annotations

import asyncio
from typing import Final

from kuscia_conformance.apiserver.http.write_coalescing import Protocol

#: The largest head in bytes: Go's DefaultMaxHeaderBytes, and the 4096 bytes that Go adds to it. The
#: last piece that the socket delivered may go beyond it.
LARGEST_HEAD: Final = 1024 * 1024 + 4096
#: How long a head may take, in seconds: kube-apiserver's ReadHeaderTimeout.
SLOWEST_HEAD: Final = 32.0
#: The answer of Go's HTTP server.
_TOO_LARGE: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: text/plain; charset=utf-8\r\n"
    b"connection: close\r\n\r\n"
    b"431 Request Header Fields Too Large"
)


class LimitedProtocol(Protocol):
    """Answers 431 to a head that is too large, and closes a connection whose head is too slow.

    Trailers, which follow a body in chunks, have the same limit.
    """

    _slow: asyncio.TimerHandle | None = None
    #: The bytes since the parser last came to the end of a head, or to a piece of a body.
    _pending = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._limit_time()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_limit()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._pending += len(data)
        super().data_received(data)
        if self._pending > LARGEST_HEAD:
            self._pending = 0
            self._refuse()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._slow is None:
            self._limit_time()

    def on_headers_complete(self) -> None:
        self._end_limit()
        self._pending = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._pending = 0
        super().on_body(body)

    def _limit_time(self) -> None:
        self._slow = self.loop.call_later(SLOWEST_HEAD, self.transport.close)

    def _end_limit(self) -> None:
        if self._slow is not None:
            self._slow.cancel()
            self._slow = None

    def _refuse(self) -> None:
        is_answering = self.cycle is not None and not self.cycle.response_complete
        if not is_answering:
            self.transport.write(_TOO_LARGE)
        self.transport.close()
