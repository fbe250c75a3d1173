"""Finds and ends the processes that carry the mark of a run, also those that others have started.

A controller may have started programs in sessions of their own, and a killed run cannot end its
children. They all have inherited the run's folder in their environment.
"""

from __future__ import annotations

import os
from pathlib import Path

import psutil

from kuscia_conformance.clusters.run_folder import VARIABLE

#: How many seconds a docker command may go on. If it is killed, Docker may make a container later.
_OF_DOCKER = 15
#: How many times the processes are looked for; each may have started another one until it ended.
_ROUNDS = 5


def strays(folder: Path) -> list[psutil.Process]:
    """Returns the processes that live and carry the mark of this run's folder."""
    mine = os.getpid()
    found = psutil.process_iter()
    return [each for each in found if each.pid != mine and _mark(each) == str(folder)]


def end_strays(folder: Path) -> list[psutil.Process]:
    """Ends these processes, and returns those that it has found.

    The kernel may have given an id to another process meanwhile; psutil compares the start time
    before it sends a signal.
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
    psutil.wait_procs(docker, timeout=_OF_DOCKER)
    for each in docker:
        _kill(each)
    psutil.wait_procs(found, timeout=3)


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.Error:  # it has ended, or belongs to another user
        return


def _mark(process: psutil.Process) -> str:
    try:
        return "" if _is_zombie(process) else str(process.environ().get(VARIABLE, ""))
    except (psutil.Error, OSError):
        return ""


def _is_zombie(process: psutil.Process) -> bool:
    return bool(process.status() == psutil.STATUS_ZOMBIE)


def _name(process: psutil.Process) -> str:
    try:
        return str(process.name())
    except psutil.Error:
        return ""
