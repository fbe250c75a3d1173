"""What a controller of the server's own has still to look at: each thing once, in order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError

T = TypeVar("T", bound=Hashable)

log = logging.getLogger(__name__)


class Dues(Generic[T]):
    """Things are added as changes are told of, and looked at once the change is over."""

    def __init__(self) -> None:
        self._things: dict[T, None] = {}
        self._woken = asyncio.Event()

    def add(self, *things: T) -> None:
        for thing in things:
            self._things[thing] = None
            self._woken.set()

    async def work(self, look: Callable[[T], None]) -> None:
        """Look at each, for ever. What is refused has been changed by others, who told so."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            while self._things:
                # Others come first: whoever made the change is answered before it has effects.
                await asyncio.sleep(0)
                thing = next(iter(self._things))
                del self._things[thing]
                try:
                    look(thing)
                except StatusError as refusal:
                    log.debug("%s: %s", thing, refusal.message)
                except Exception:
                    log.exception("%s: a bug, of this thing only", thing)
