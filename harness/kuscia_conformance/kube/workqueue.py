"""Work that is due, for controllers: looked at once, however often it has become due meanwhile.

`WorkQueue` has one worker, which looks at one key after the other. An `Item` is a single key with a
worker of its own, which may wait; it can also become due by an alarm. Neither looks at one key
twice at a time, and what becomes due during a look is looked at again (as client-go's workqueue).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from kuscia_conformance.kube.world import World

T = TypeVar("T", bound=Hashable)

log = logging.getLogger(__name__)


class WorkQueue(Generic[T]):
    """Keys in the order in which they became due; `work` looks at them, one at a time."""

    def __init__(self, refused: type[Exception]) -> None:
        """`refused` is raised by a look that others have overtaken: they make the key due again."""
        self._refused = refused
        self._keys: dict[T, None] = {}
        self._woken = asyncio.Event()

    def add(self, *keys: T) -> None:
        """Makes these keys due; one that is due already keeps its place."""
        for key in keys:
            self._keys[key] = None
            self._woken.set()

    async def work(self, look: Callable[[T], None]) -> None:
        """Looks at each key that is due, until cancelled; an error concerns one key alone."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            while self._keys:
                # Who made the key due is answered before that has effects.
                await asyncio.sleep(0)
                key = next(iter(self._keys))
                del self._keys[key]
                try:
                    look(key)
                except self._refused as refusal:
                    log.debug("%s: %s", key, refusal)
                except Exception:
                    log.exception("%s: a bug, of this key only", key)


def _nothing(_: bool) -> None:
    """For items of which no one counts how many are at work."""


@dataclass(eq=False)
class Item:
    """One key: while it is due, a task of its own looks at it; an alarm makes it due later."""

    world: World
    name: str
    look: Callable[[], Awaitable[None]]
    #: Told True when the task begins, and False when the item has come to rest.
    working: Callable[[bool], None] = _nothing
    due: bool = False
    _task: asyncio.Task[Any] | None = None
    _alarm: asyncio.Task[Any] | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nothing will happen unless somebody makes it due."""
        return self._task is None and self._alarm is None and not self.due

    def make_due(self) -> None:
        """Has the item looked at, by a task that is started if none is at work."""
        self.due = True
        if self._task is None:
            self.working(True)
            self._task = self.world.spawn(self._work(), self.name)

    def set_alarm(self, seconds: float | None) -> None:
        """Makes the item due after so many seconds, in place of any earlier alarm; None: never."""
        if self._alarm:
            self._alarm.cancel()
            self._alarm = None
        if seconds is not None:
            self._alarm = self.world.spawn(self._ring(seconds), f"{self.name} alarm")

    def cancel(self) -> list[asyncio.Task[Any]]:
        """Cancels its tasks and returns them: what they do ends once they have been awaited."""
        tasks = [task for task in (self._task, self._alarm) if task]
        for task in tasks:
            task.cancel()
        return tasks

    async def _work(self) -> None:
        try:
            while self.due:
                self.due = False
                await self.look()
        finally:
            self._task = None
            self.working(False)

    async def _ring(self, seconds: float) -> None:
        await self.world.sleep(max(seconds, 0))
        self._alarm = None
        self.make_due()
