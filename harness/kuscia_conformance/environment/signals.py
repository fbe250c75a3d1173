"""The signals that end a run, so that it cleans up behind itself.

The first signal raises KeyboardInterrupt wherever the process is. Later signals raise nothing,
because the process is cleaning up by then, and an interrupted cleaning would leave things behind.
Python drops an exception that is raised while it runs a destructor or the callback of a weak
reference, so the signal is noted as well, and the run looks at the note before each step.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from kuscia_conformance.clusters.process import ENDING

#: What a later signal is answered.
_ENDS_ALREADY = b"ending already: what was made is being undone (at most a minute)\n"
#: The signal that came first; None before.
_came: signal.Signals | None = None


def end_on_signals() -> None:
    """Makes Ctrl-C, SIGTERM, and SIGHUP from a closed terminal end the run.

    A second call changes nothing. A signal that was ignored when the process started stays so:
    `nohup` lets a program survive its terminal, and a shell lets its background jobs survive
    Ctrl-C.
    """
    global _came
    found = {number: signal.getsignal(number) for number in ENDING}
    if _interrupt not in found.values():
        _came = None
    for number, handler in found.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


def raise_if_interrupted() -> None:
    """Raises KeyboardInterrupt if a signal came, whether or not its exception was dropped."""
    if _came is not None:
        raise KeyboardInterrupt


def first_signal() -> str:
    """Returns the name of the signal that ends this process, such as SIGTERM; "" without one."""
    return _came.name if _came is not None else ""


@contextmanager
def undisturbed() -> Iterator[None]:
    """Ignores these signals within the context, in which a run cleans up."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, _: FrameType | None) -> None:
    global _came
    if _came is not None:
        with suppress(OSError):
            os.write(2, _ENDS_ALREADY)
        return
    _came = signal.Signals(number)
    raise KeyboardInterrupt
