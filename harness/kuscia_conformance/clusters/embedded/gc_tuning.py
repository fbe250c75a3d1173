"""How often a process that serves looks for cycles of objects that nobody uses any more."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

#: A server, or a run in one process with it, keeps nearly all that it makes for long, and a request
#: makes thousands of objects: to look them through as often as usual takes an eighth of its time.
_SELDOM = (50_000, 20, 100)


@contextmanager
def rare_collections() -> Iterator[None]:
    """Have it look seldom meanwhile, and never at what is there at the start."""
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()
