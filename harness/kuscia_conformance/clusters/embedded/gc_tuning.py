"""Makes Python's garbage collector run rarely in a process that serves requests."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

#: The thresholds for `gc.set_threshold`. A request makes thousands of objects, and a server keeps
#: most of them for long. With the usual thresholds the collector takes an eighth of the time.
_SELDOM = (50_000, 20, 100)


@contextmanager
def rare_collections() -> Iterator[None]:
    """Collects rarely while the context is open, and never looks at objects that exist already."""
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()
