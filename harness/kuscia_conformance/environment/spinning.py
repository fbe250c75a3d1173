"""Ends a controller that never rests, on the virtual clock.

There, a controller that creates and deletes in a loop does in each second of the clock what a real
one would do in each second, and a check waits for many such seconds. So two things are bounded:

    turns      how often the event loop turns in a second of the clock (`virtual_clock`)
    requests   how many the controller sends in a minute of the clock

In a run of all checks the reference controller causes 2,500 turns in the busiest second. It sends
257 requests in the busiest minute, for ten tasks, and the same one 18 times. The bounds are 23 to
40 times as large: 200 tasks that are created together stay below them.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime

import orjson

from kuscia_conformance.kube.kubeconfig import Access
from kuscia_conformance.kube.transport import Call, Reply, Transport

#: How many requests, and how many of the same request, may be sent in a minute of the clock.
MOST_REQUESTS, MOST_ALIKE = 6_000, 600
#: How many requests are shown of a controller that spins.
SHOWN = 8


class ControllerSpins(Exception):
    """The controller was ended because it never rests. The text has its last requests."""

    def __init__(self, why: str, requests: Requests) -> None:
        lines = [f"it spins: {why}", *requests.in_words()]
        super().__init__("\n  ".join(lines))

    def __repr__(self) -> str:
        return str(self)


@dataclass
class Requests:
    """Counts the controller's requests, and calls `spins` with a text when there are too many."""

    now: Callable[[], datetime]
    spins: Callable[[str], None]
    latest: deque[str] = field(default_factory=lambda: deque(maxlen=SHOWN))
    _minute: str = ""
    _alike: Counter[str] = field(default_factory=Counter)

    def note(self, call: Call) -> None:
        """Counts the request."""
        request, now = _in_words(call), self.now()
        if f"{now:%d %H:%M}" != self._minute:
            self._minute, self._alike = f"{now:%d %H:%M}", Counter()
        self.latest.append(f"{now:%H:%M:%S.%f} {request}")
        self._alike[request] += 1
        if self._alike[request] > MOST_ALIKE:
            self.spins(f"it sent {request} {MOST_ALIKE} times within a minute of the clock")
        elif self._alike.total() > MOST_REQUESTS:
            self.spins(f"it sent {MOST_REQUESTS:,} requests within a minute of the clock")

    def in_words(self) -> list[str]:
        """Returns lines with the latest requests, the last one at the end."""
        if not self.latest:
            return ["it has sent no request"]
        return ["its last requests:", *(f"  {each}" for each in self.latest)]


def noted(access: Access, requests: Requests) -> Access:
    """Returns an access whose clients also note their requests."""
    connect = access.connect
    if connect is None:
        raise ValueError("only requests within the process can be noted")

    def connect_noting(access: Access, user_agent: str) -> Transport:
        return _Noting(connect(access, user_agent), requests)

    return replace(access, connect=connect_noting)


@dataclass
class _Noting:
    """The transport of a client, which notes each request before it is sent."""

    transport: Transport
    requests: Requests

    async def close(self) -> None:
        await self.transport.close()

    def open(self, call: Call) -> AbstractAsyncContextManager[Reply]:
        self.requests.note(call)
        return self.transport.open(call)

    async def exec(self, call: Call) -> tuple[bytes, bytes]:
        self.requests.note(call)
        return await self.transport.exec(call)


def _in_words(call: Call) -> str:
    """Returns the method and the path, for a POST with the name of the new object."""
    name = f"/{_name(call.body)}" if call.method == "POST" and call.body else ""
    return f"{call.method} {call.path}{name}"


def _name(body: bytes) -> str:
    metadata = orjson.loads(body).get("metadata") or {}
    return str(metadata.get("name") or metadata.get("generateName") or "")
