"""A virtual clock: when no task can run, time jumps to the next moment that a task waits for.

`VirtualLoop` is an asyncio event loop with this clock. Tasks sleep and wait on it as on any other
loop, but waiting takes no real time: a wait of five minutes takes only as long as the work that
other tasks do in those five minutes.

The loop never waits for sockets or for other threads. So the API server, its clients and the
controller all have to run as tasks of the same loop.
"""

from __future__ import annotations

import asyncio
import selectors
from datetime import UTC, datetime, timedelta
from typing import Any

from kuscia_conformance.errors import ClusterError
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.world import World

#: The start of every virtual clock: the same in every run, so that runs can be repeated.
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
#: The resolution of the clock, in seconds.
RESOLUTION = 1e-6
#: How many turns the loop may take without moving the clock. More turns mean that a task never
#: waits for a time; then the clock would stop for all others.
MOST_TURNS = 1_000_000


class _Selector(selectors.SelectSelector):
    """Moves the clock on where an ordinary selector would wait.

    `select` raises ClusterError if every task waits but none for a time, and if MOST_TURNS is
    exceeded. Both errors end the run, which would otherwise hang.
    """

    loop: VirtualLoop
    turns = 0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if ready or timeout == 0:
            self._count()
            return ready
        if timeout is None:
            raise ClusterError("the virtual clock stops: all tasks wait, and none for a time")
        self.loop.move_on(timeout)
        self.turns = 0
        return []

    def _count(self) -> None:
        self.turns += 1
        if self.turns > MOST_TURNS:
            self.turns = 0  # cancelling the tasks needs turns, too
            raise ClusterError(
                f"a task never waits: {MOST_TURNS:,} turns of the loop at {self.loop.now()}",
                hint="does a controller with nothing to do look again without a pause?",
            )


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop with a virtual clock.

    `time` is in seconds since the loop was created; `now` is the same moment as a date.
    """

    def __init__(self) -> None:
        self._elapsed = 0.0
        selector = _Selector()
        selector.loop = self
        super().__init__(selector)
        # asyncio runs timers early that are due within this time. With a value smaller than the
        # precision of a float, a timer could never become due; this value suffices for centuries.
        self._clock_resolution = RESOLUTION

    def time(self) -> float:
        return self._elapsed

    def move_on(self, seconds: float) -> None:
        """Moves the clock on by so many seconds."""
        self._elapsed += seconds

    def now(self) -> datetime:
        return BEGINNING + timedelta(seconds=self._elapsed)


class VirtualWorld(World):
    """A `World` whose clock is that of a `VirtualLoop`."""

    def __init__(self, api: Api, loop: VirtualLoop) -> None:
        super().__init__(api)
        self._loop = loop

    def now(self) -> datetime:
        return self._loop.now()
