"""Standard output and standard error that a closed pipe or a full disk cannot break.

`kuscia-conformance run | head` closes the pipe early. A run must go on then, and its exit code must
say what the controller did. So a failed write silences the stream, and nothing else happens.
"""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO


class Silenced(io.RawIOBase):
    """Writes to a file descriptor until that fails, and to nowhere from then on."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lost = False

    def write(self, data: io.ReadableBuffer) -> int:  # type: ignore[name-defined]
        """Returns how many bytes were written; all of them, once the reader is gone."""
        if not self._lost:
            try:
                return os.write(self._descriptor, data)
            except OSError:
                self._lost = True
        return memoryview(data).nbytes

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def isatty(self) -> bool:
        return os.isatty(self._descriptor)


def protect_streams() -> None:
    """Replaces `sys.stdout` and `sys.stderr` by streams that raise no error.

    Characters that the terminal's encoding lacks are shown as `?`.
    """
    _take_standard_descriptors()
    sys.stdout, sys.stderr = _protected(sys.stdout), _protected(sys.stderr)


def _take_standard_descriptors() -> None:
    """Opens the null device for those of the descriptors 0, 1 and 2 that the caller has closed.

    Otherwise the next file or socket would get such a number, and pytest, which redirects these
    three, would write into it.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)


def _protected(stream: TextIO | None) -> TextIO:
    if stream is None:  # the caller has closed it, as with `>&-`
        return open(os.devnull, "w")
    stream.flush()
    raw = Silenced(stream.fileno())
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=stream.encoding,
        errors="replace",
        line_buffering=True,
    )
