"""Locks between the processes that run scenarios on one cluster: on nodes, and on running alone.

Each lock is a file that is locked with `flock`. The kernel releases it when a process dies, even by
SIGKILL. `work` is the folder with these files; it belongs to the cluster's environment.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from kuscia_conformance.errors import ClusterError


@contextmanager
def running(work: Path, *, alone: bool) -> Iterator[None]:
    """Holds the right to run a scenario while the context is open.

    With `alone` it waits until no other scenario runs, and keeps others from starting.
    """
    with _held(work / "running.lock", fcntl.LOCK_EX if alone else fcntl.LOCK_SH):
        yield


@contextmanager
def borrowed(work: Path, nodes: tuple[str, ...], count: int) -> Iterator[list[str]]:
    """Locks `count` nodes for the caller while the context is open; yields their names.

    Waits until that many nodes are free. Callers get their nodes in the order in which they asked.
    Raises ClusterError if the pool has fewer nodes, not counting nodes that are kept (`keep`).
    """
    with ExitStack() as held:
        with _held(work / "nodes.lock", fcntl.LOCK_EX):
            mine: list[str] = []
            _require(work, nodes, count)
            for attempt in (_try, _wait):
                for node in nodes:
                    wanted = len(mine) < count and node not in mine
                    # The scenario that held the node until now may have kept it.
                    if wanted and attempt(held, work / f"{node}.node") and not _kept(work, node):
                        mine.append(node)
            _require(work, nodes, count)
        yield mine


def keep(work: Path, nodes: Iterable[str]) -> None:
    """Takes these nodes out of use until the cluster ends, so that the user can inspect them."""
    for node in nodes:
        (work / f"{node}.kept").touch()


def _kept(work: Path, node: str) -> bool:
    return (work / f"{node}.kept").exists()


def _require(work: Path, nodes: tuple[str, ...], count: int) -> None:
    kept = [node for node in nodes if _kept(work, node)]
    if len(nodes) - len(kept) >= count:
        return
    text = f"the scenario needs {count} nodes, the pool has {len(nodes)}"
    if not kept:
        raise ClusterError(text, hint="give the cluster more nodes with --nodes")
    raise ClusterError(
        f"{text}, of which failures are kept on {', '.join(kept)}",
        hint="when you have looked at the failures: `kuscia-conformance down`, then `up` again",
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
