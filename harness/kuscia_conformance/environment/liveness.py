"""Notices that an API server does not answer any more, and ends everything that waits for it.

Without this, each step would wait for its own timeout, and then each cleanup for another one. A
`Liveness` asks for `/version` all the time, on a connection of its own:

    an answer, also one that is an error   the server is there
    no request, for want of credentials    nothing is known; the next request says what is wrong
    no answer, MISSES times in a row       the server is lost, for the rest of the process

A process that was stopped for a minute (Ctrl-Z) misses one answer only, however late it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from kuscia_conformance.errors import ConformanceError, Unreachable
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import Access

T = TypeVar("T")

USER_AGENT = "kuscia-conformance-liveness"
#: How many seconds an answer may take, and how many pass between two questions.
BEAT = 3.0
#: How many answers are missing in a row when the server is lost: 15 s.
MISSES = 5


@dataclass
class Liveness:
    """Whether an API server answers. All methods belong to one event loop."""

    access: Access
    #: Called once, when the server is lost.
    on_loss: Callable[[Unreachable], None]
    _lost: asyncio.Event = field(default_factory=asyncio.Event)

    async def watch(self) -> None:
        """Asks for the version until the server is lost."""
        async with Api(self.access, USER_AGENT) as api:
            misses = 0
            while misses < MISSES:
                misses = 0 if await _answers_within_a_beat(api) else misses + 1
        self._lost.set()
        self.on_loss(self.loss())

    def loss(self) -> Unreachable:
        """Returns the error of a lost server."""
        return Unreachable(f"{self.access.server} has not answered for {BEAT * MISSES:g} s")

    async def or_loss(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Returns the result of the coroutine. Raises Unreachable when the server is lost."""
        work, lost = asyncio.ensure_future(coroutine), asyncio.ensure_future(self._lost.wait())
        try:
            await asyncio.wait({work, lost}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                return work.result()
            raise self.loss()
        finally:
            work.cancel()
            lost.cancel()


async def _answers_within_a_beat(api: Api) -> bool:
    answered = False
    with suppress(TimeoutError):
        async with asyncio.timeout(BEAT):
            answered = await _answers(api)
            await asyncio.sleep(BEAT)  # the timeout ends this
    return answered


async def _answers(api: Api) -> bool:
    try:
        await api.raw("/version", retry=False)
    except Unreachable:
        return False
    except ConformanceError:  # an error of the server, or of the program that has the credentials
        return True
    return True
