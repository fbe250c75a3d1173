"""Tests the locks by which parallel scenarios share the nodes of a pool."""

import fcntl
import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from kuscia_conformance.clusters import node_locks
from kuscia_conformance.errors import ClusterError

NODES = ("node-1", "node-2", "node-3")


def test_a_borrowed_node_is_not_lent_a_second_time(tmp_path):
    with (
        node_locks.borrowed(tmp_path, NODES, 2) as mine,
        node_locks.borrowed(tmp_path, NODES, 1) as other,
    ):
        assert len(mine) == 2
        assert not set(mine) & set(other)


def test_nodes_can_be_borrowed_again_after_they_are_returned(tmp_path):
    for _ in range(2):
        with node_locks.borrowed(tmp_path, NODES, 3) as mine:
            assert sorted(mine) == sorted(NODES)


def test_borrowing_more_nodes_than_the_pool_has_is_refused(tmp_path):
    with (
        pytest.raises(ClusterError, match="the scenario needs 4 nodes, the pool has 3\n"),
        node_locks.borrowed(tmp_path, NODES, 4),
    ):
        pytest.fail("it was given them")


def test_a_node_kept_for_a_failure_is_not_lent(tmp_path):
    node_locks.keep(tmp_path, NODES[:1])
    for _ in range(2):
        with node_locks.borrowed(tmp_path, NODES, 2) as mine:
            assert mine == list(NODES[1:])
    node_locks.keep(tmp_path, NODES[1:2])
    with (
        pytest.raises(ClusterError, match="failures are kept on node-1, node-2\n"),
        node_locks.borrowed(tmp_path, NODES, 2),
    ):
        pytest.fail("it was given them")


def test_a_kept_node_is_not_lent_to_a_caller_that_already_waits(tmp_path):
    def wait():
        with node_locks.borrowed(tmp_path, NODES, 1) as mine:
            return mine

    with ThreadPoolExecutor() as beside:
        with node_locks.borrowed(tmp_path, NODES, 3):
            waiting = beside.submit(wait)
            while not _is_held(tmp_path / "nodes.lock"):
                assert not waiting.done()
            node_locks.keep(tmp_path, NODES[:1])
        assert waiting.result(timeout=30) == ["node-2"]


def _is_held(path):
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _borrow(folder, barrier):
    """Borrows two nodes; fails if another process has one of them at the same time."""
    barrier.wait()
    with node_locks.borrowed(folder, NODES, 2) as mine:
        assert len(mine) == 2
        for node in mine:
            (folder / f"{node}.taken").touch(exist_ok=False)
        for node in mine:
            (folder / f"{node}.taken").unlink()


def test_a_process_waits_until_enough_nodes_are_free(tmp_path):
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(3)
    people = [context.Process(target=_borrow, args=(tmp_path, barrier)) for _ in range(3)]
    for person in people:
        person.start()
    for person in people:
        person.join()
        assert person.exitcode == 0


def _run_alone(folder, log):
    with node_locks.running(folder, alone=True):
        log.put("alone")


def test_a_run_that_must_be_alone_waits_for_running_ones(tmp_path):
    context = multiprocessing.get_context("spawn")
    log = context.Queue()
    with ExitStack() as others:
        for _ in range(2):
            others.enter_context(node_locks.running(tmp_path, alone=False))
        person = context.Process(target=_run_alone, args=(tmp_path, log))
        person.start()
        person.join(timeout=1)
        assert person.is_alive()
        assert log.empty()
    assert log.get(timeout=30) == "alone"
    person.join()
