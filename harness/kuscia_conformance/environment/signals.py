"""The signals that end a run, so that it cleans up behind itself.

A signal raises KeyboardInterrupt wherever the process is. Python drops an exception that is raised
while it runs a destructor or the callback of a weak reference, so the signal is noted as well, and
the run looks at the note between two checks.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
#: The signal that came first; None before.
_came: signal.Signals | None = None


def end_on_signals() -> None:
    """Makes Ctrl-C, SIGTERM, and SIGHUP from a closed terminal end the run.

    A signal that was ignored when the process started stays so: `nohup` lets a program survive its
    terminal, and a shell lets its background jobs survive Ctrl-C.
    """
    global _came
    _came = None
    for number in _ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


def raise_if_interrupted() -> None:
    """Raises KeyboardInterrupt if a signal came, whether or not its exception was dropped."""
    if _came is not None:
        raise KeyboardInterrupt


@contextmanager
def undisturbed() -> Iterator[None]:
    """Ignores these signals within the context, in which a run cleans up."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, _: FrameType | None) -> NoReturn:
    global _came
    _came = _came or signal.Signals(number)
    raise KeyboardInterrupt
