"""Locks between the processes of a run: who may use which node, who runs alone.

Files and `flock`: the kernel gives them back when a process dies, however it dies.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path


@contextmanager
def running(work: Path, *, alone: bool) -> Iterator[None]:
    """Run beside other scenarios, or alone: then wait until all others have ended."""
    with _held(work / "running.lock", fcntl.LOCK_EX if alone else fcntl.LOCK_SH):
        yield


@contextmanager
def borrowed(work: Path, nodes: tuple[str, ...], count: int) -> Iterator[list[str]]:
    """So many nodes for oneself; waits until as many are free. Whoever waits first gets first."""
    with ExitStack() as held:
        with _held(work / "nodes.lock", fcntl.LOCK_EX):
            mine: list[str] = []
            for attempt in (_try, _wait):
                for node in nodes:
                    if (
                        len(mine) < count
                        and node not in mine
                        and attempt(held, work / f"{node}.node")
                    ):
                        mine.append(node)
        yield mine


def keep(work: Path, nodes: Iterable[str]) -> None:
    """Nobody gets these nodes any more."""
    for node in nodes:
        (work / f"{node}.kept").touch()


def not_kept(work: Path, nodes: Iterable[str]) -> tuple[str, ...]:
    return tuple(node for node in nodes if not (work / f"{node}.kept").exists())


def _try(held: ExitStack, path: Path) -> bool:
    with suppress(BlockingIOError):
        held.enter_context(_held(path, fcntl.LOCK_EX | fcntl.LOCK_NB))
        return True
    return False


def _wait(held: ExitStack, path: Path) -> bool:
    held.enter_context(_held(path, fcntl.LOCK_EX))
    return True


@contextmanager
def _held(path: Path, how: int) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, how)
        yield
