"""A clock that moves when nobody has anything to do, to the next moment that is waited for.

`VirtualLoop` is an event loop whose time is no machine's. What runs on it sleeps and waits as on
any other, and a wait of five minutes takes as long as what happens in them. It has to be alone:
nothing that comes through a socket or from another thread is waited for.
"""

from __future__ import annotations

import asyncio
import selectors
from datetime import UTC, datetime, timedelta
from typing import Any

from kuscia_conformance.errors import ClusterError
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.world import World

#: When a virtual clock begins: at the same moment in every run.
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
#: How fine the clock is, in seconds.
RESOLUTION = 1e-6
#: How many turns the loop may take at one moment. Who takes more never comes to rest, and would
#: have nobody else's moment come.
MOST_TURNS = 1_000_000


class _Selector(selectors.SelectSelector):
    """Instead of waiting, time is moved on."""

    loop: VirtualLoop
    turns = 0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if ready or timeout == 0:
            self._count()
            return ready
        if timeout is None:
            raise ClusterError("the virtual clock stands still: all wait, and nobody for a moment")
        self.loop.move_on(timeout)
        self.turns = 0
        return []

    def _count(self) -> None:
        self.turns += 1
        if self.turns > MOST_TURNS:
            self.turns = 0  # whoever ends all that is at work needs turns, too
            raise ClusterError(
                f"somebody never comes to rest: {MOST_TURNS:,} turns at {self.loop.now()}",
                hint="a controller that has nothing to do but looks again at once?",
            )


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop with a virtual clock."""

    def __init__(self) -> None:
        self._elapsed = 0.0
        selector = _Selector()
        selector.loop = self
        super().__init__(selector)
        # What is due within this is due now. Below what a float can tell apart nothing would ever
        # be due: at this it is after centuries.
        self._clock_resolution = RESOLUTION

    def time(self) -> float:
        return self._elapsed

    def move_on(self, seconds: float) -> None:
        self._elapsed += seconds

    def now(self) -> datetime:
        return BEGINNING + timedelta(seconds=self._elapsed)


class VirtualWorld(World):
    """A world on such a loop."""

    def __init__(self, api: Api, loop: VirtualLoop) -> None:
        super().__init__(api)
        self._loop = loop

    def now(self) -> datetime:
        return self._loop.now()
