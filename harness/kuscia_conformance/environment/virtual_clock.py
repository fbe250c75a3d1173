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
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Any

from kuscia_conformance.errors import HarnessError
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.world import World

#: The start of every virtual clock: the same in every run, so that runs can be repeated.
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
#: The resolution of the clock, in seconds.
RESOLUTION = 1e-6
#: How many turns the loop may take in one second of the clock; `spinning` says why. More turns mean
#: that a task hardly ever waits: then the clock would stand still for all others.
MOST_TURNS = 100_000
#: True for the tasks of the controller: the first one sets it, and each task inherits it.
OF_CONTROLLER: ContextVar[bool] = ContextVar("OF_CONTROLLER", default=False)


class _Selector(selectors.SelectSelector):
    """Moves the clock on where an ordinary selector would wait.

    `select` raises HarnessError if every task waits but none for a time, and if MOST_TURNS is
    exceeded. Both errors end the run, which would otherwise hang.
    """

    loop: VirtualLoop
    second = 0
    #: The turns in this second, and those of them in which a task of the controller had to run.
    turns = 0
    of_controller = 0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        self._count()
        if ready or timeout == 0:
            return ready
        if timeout is None:
            raise HarnessError("the virtual clock stops: all tasks wait, and none for a time")
        self.loop.move_on(timeout)
        return []

    def _count(self) -> None:
        second = int(self.loop.time())
        if second != self.second:
            self.second, self.turns, self.of_controller = second, 0, 0
        self.turns += 1
        self.of_controller += self.loop.runs_controller()
        if self.turns > MOST_TURNS:
            # A controller with short sleeps runs in every second turn: timers have turns, too.
            is_controller = self.of_controller > MOST_TURNS / 3
            self.turns = self.of_controller = 0  # cancelling the tasks needs turns, too
            self.loop.end_what_never_waits(is_controller)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop with a virtual clock.

    `time` is in seconds since the loop was created; `now` is the same moment as a date.
    """

    #: Called, with the reason, if tasks of the controller exceed MOST_TURNS.
    controller_spins: Callable[[str], None] | None = None

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

    def runs_controller(self) -> bool:
        """Returns whether a task of the controller runs in this turn."""
        # asyncio has no public list of what runs next.
        ready: Iterable[asyncio.Handle] = self._ready  # type: ignore[attr-defined]
        return any(each._context.get(OF_CONTROLLER) for each in ready)  # type: ignore[attr-defined]

    def end_what_never_waits(self, is_controller: bool) -> None:
        """Blames the controller, or raises HarnessError."""
        turns = f"{MOST_TURNS:,} turns of the event loop within a second of the clock"
        if is_controller and self.controller_spins:
            self.controller_spins(f"it caused {turns}")
        else:
            hint = "report this as a fault of the suite, with the check that ran"
            raise HarnessError(f"a task never waits: {turns}, at {self.now()}", hint=hint)

    def now(self) -> datetime:
        return BEGINNING + timedelta(seconds=self._elapsed)


class VirtualWorld(World):
    """A `World` whose clock is that of a `VirtualLoop`."""

    def __init__(self, api: Api, loop: VirtualLoop) -> None:
        super().__init__(api)
        self._loop = loop

    def now(self) -> datetime:
        return self._loop.now()
