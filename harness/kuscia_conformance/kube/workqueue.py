"""Work queues for controllers, with the rules of client-go's workqueue.

    WorkQueue   many keys, one worker, which processes one key after another without waiting
    Item        one key with its own worker, which may wait; an alarm can make it due later

A key that becomes due several times before it is processed is processed once. A key that becomes
due while it is processed is processed again afterwards. No key is ever processed twice at a time.
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
    """Keys that are due, in the order in which they became due.

    `add` makes keys due; `work` processes them, one at a time.
    """

    def __init__(self, refused: type[Exception]) -> None:
        """`refused` is the error that `look` raises when another writer was faster.

        It is only logged at debug level, because the other write makes the key due again.
        """
        self._refused = refused
        self._keys: dict[T, None] = {}
        self._woken = asyncio.Event()

    def add(self, *keys: T) -> None:
        """Makes these keys due. A key that is already due keeps its place."""
        for key in keys:
            self._keys[key] = None
            self._woken.set()

    async def work(self, look: Callable[[T], None]) -> None:
        """Calls `look` for each key that is due, until the task is cancelled.

        An error of one key is logged, and does not affect the other keys.
        """
        while True:
            await self._woken.wait()
            self._woken.clear()
            while self._keys:
                # Lets the request that made the key due be answered first.
                await asyncio.sleep(0)
                key = next(iter(self._keys))
                del self._keys[key]
                try:
                    look(key)
                except self._refused as refusal:
                    log.debug("%s: %s", key, refusal)
                except Exception:
                    log.exception("%s: unexpected error (a bug); other keys are not affected", key)


def _nothing(_: bool) -> None:
    """Ignores the call: the default of `Item.working`."""


@dataclass(eq=False)
class Item:
    """One key. While it is due, its task calls `look`; an alarm can make it due later.

    `look` may be cancelled at any await. Its errors end the task, so `look` must handle them.
    """

    world: World
    name: str
    look: Callable[[], Awaitable[None]]
    #: Called with True when the task starts, and with False when it ends.
    working: Callable[[bool], None] = _nothing
    due: bool = False
    _task: asyncio.Task[Any] | None = None
    _alarm: asyncio.Task[Any] | None = None

    @property
    def is_idle(self) -> bool:
        """Whether the item is not due, and has neither a task nor an alarm."""
        return self._task is None and self._alarm is None and not self.due

    def make_due(self) -> None:
        """Makes the item due, and starts its task if none is running."""
        self.due = True
        if self._task is None:
            self.working(True)
            self._task = self.world.spawn(self._work(), self.name)

    def set_alarm(self, seconds: float | None) -> None:
        """Makes the item due after so many seconds, instead of an earlier alarm; None: no alarm."""
        if self._alarm:
            self._alarm.cancel()
            self._alarm = None
        if seconds is not None:
            self._alarm = self.world.spawn(self._ring(seconds), f"{self.name} alarm")

    def cancel(self) -> list[asyncio.Task[Any]]:
        """Cancels the tasks and returns them; they have ended only when they have been awaited."""
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
