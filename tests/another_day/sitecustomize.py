"""Sleeping under libfaketime: with this folder on PYTHONPATH every Python imports it as it starts.

libfaketime moves the day, and has to leave the monotonic clock alone: Python waits for locks by a
function that it does not know. Then its `clock_nanosleep`, by which Python sleeps, refuses
(EINVAL, libfaketime 0.9.10). `select` sleeps as long.
"""

import select
import time


def sleep(seconds):
    """Sleeps by another call of the system."""
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    select.select([], [], [], seconds)


time.sleep = sleep
