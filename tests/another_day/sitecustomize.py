"""Replaces `time.sleep` for runs under libfaketime.

Every Python with this folder on its PYTHONPATH imports this module when it starts.


libfaketime changes the date. It must not change the monotonic clock, because Python waits for
locks with a function that libfaketime does not replace. With that setting its `clock_nanosleep`,
which Python's `time.sleep` calls, fails with EINVAL (libfaketime 0.9.10). `select` sleeps for the
same time and works.
"""

import select
import time


def sleep(seconds):
    """Sleeps for `seconds` with the `select` system call. Raises ValueError if it is negative."""
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    select.select([], [], [], seconds)


time.sleep = sleep
