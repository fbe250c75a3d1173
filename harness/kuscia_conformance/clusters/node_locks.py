"""Locks between the processes of a run: who may use which node, who runs alone.

Files and `flock`: the kernel gives them back when a process dies, however it dies.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from kuscia_conformance.errors import ClusterError


@contextmanager
def running(work: Path, *, alone: bool) -> Iterator[None]:
    """Run beside other scenarios, or alone: then wait until all others have ended."""
    with _held(work / "running.lock", fcntl.LOCK_EX if alone else fcntl.LOCK_SH):
        yield


@contextmanager
def borrowed(work: Path, nodes: tuple[str, ...], count: int) -> Iterator[list[str]]:
    """So many nodes for oneself; waits until as many are free. Whoever waits first gets first.

    ClusterError if there are not as many that are not kept.
    """
    with ExitStack() as held:
        with _held(work / "nodes.lock", fcntl.LOCK_EX):
            mine: list[str] = []
            _require(work, nodes, count)
            for attempt in (_try, _wait):
                for node in nodes:
                    wanted = len(mine) < count and node not in mine
                    # It may have come to be kept by the one that was waited for.
                    if wanted and attempt(held, work / f"{node}.node") and not _kept(work, node):
                        mine.append(node)
            _require(work, nodes, count)
        yield mine


def keep(work: Path, nodes: Iterable[str]) -> None:
    """Nobody gets these nodes any more."""
    for node in nodes:
        (work / f"{node}.kept").touch()


def _kept(work: Path, node: str) -> bool:
    return (work / f"{node}.kept").exists()


def _require(work: Path, nodes: tuple[str, ...], count: int) -> None:
    kept = [node for node in nodes if _kept(work, node)]
    if len(nodes) - len(kept) >= count:
        return
    text = f"{count} domains need as many nodes, the pool has {len(nodes)}"
    if not kept:
        raise ClusterError(text, hint="give the cluster more by --nodes")
    raise ClusterError(
        f"{text}, of which failures are kept on {', '.join(kept)}",
        hint="when you have looked at them: `kuscia-conformance down`, and `up` again",
    )


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
