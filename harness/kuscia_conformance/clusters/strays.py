"""Finds and ends the processes that carry the mark of a run, also those that others have started.

A controller may have started programs in sessions of their own, and a killed run cannot end its
children. They all have inherited the run's folder in their environment.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import psutil

from kuscia_conformance.clusters.run_folder import VARIABLE

#: How many seconds a docker command may go on. If it is killed, Docker may make a container later.
_OF_DOCKER = 15.0
#: How many seconds the kernel may take to end a process that was killed.
_OF_A_KILL = 3.0
#: The pause between two looks at processes that are to end, in seconds.
_LOOK = 0.02
#: How many times the processes are looked for; each may have started another one until it ended.
_ROUNDS = 5


def strays(folder: Path) -> list[psutil.Process]:
    """Returns the processes that live and carry the mark of this run's folder."""
    mine = os.getpid()
    found = psutil.process_iter()
    return [each for each in found if each.pid != mine and _mark(each) == str(folder)]


def end_strays(folder: Path) -> list[psutil.Process]:
    """Ends these processes, and returns those that it has found.

    psutil compares the start time before it sends a signal, because the kernel may have given the
    id of a process that has ended to another one.
    """
    ended = []
    for _ in range(_ROUNDS):
        if not (found := strays(folder)):
            break
        ended += found
        _end(found)
    return ended


def _end(found: list[psutil.Process]) -> None:
    docker = [each for each in found if _name(each) == "docker"]
    for each in found:
        if each not in docker:
            _kill(each)
    _wait(docker, _OF_DOCKER)
    for each in docker:
        _kill(each)
    _wait(found, _OF_A_KILL)


def _wait(processes: list[psutil.Process], seconds: float) -> None:
    """Waits until none of them lives.

    psutil's own wait would take the exit codes of our children away from those that started them.
    """
    deadline = time.monotonic() + seconds
    while any(map(_lives, processes)) and time.monotonic() < deadline:
        time.sleep(_LOOK)


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.Error:  # it has ended, or belongs to another user
        return


def _mark(process: psutil.Process) -> str:
    try:
        return str(process.environ().get(VARIABLE, "")) if _lives(process) else ""
    except (psutil.Error, OSError):
        return ""


def _lives(process: psutil.Process) -> bool:
    """Returns whether the process runs; one that has ended may still have an entry (zombie)."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _name(process: psutil.Process) -> str:
    try:
        return str(process.name())
    except psutil.Error:
        return ""
