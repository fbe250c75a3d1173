"""Tests the virtual clock, which moves only when no task has anything to do."""

import asyncio
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from kuscia_conformance.environment import virtual_clock
from kuscia_conformance.environment.virtual_clock import BEGINNING, VirtualLoop
from kuscia_conformance.errors import HarnessError


@pytest.fixture
def loop():
    made = VirtualLoop()
    yield made
    made.close()


def test_a_sleep_moves_the_virtual_clock_by_its_length(loop):
    loop.run_until_complete(asyncio.sleep(3600))
    assert loop.time() == 3600
    assert (loop.now() - BEGINNING).total_seconds() == 3600


def test_virtual_time_stands_still_while_a_task_is_busy(loop):
    async def busy():
        before = loop.time()
        for _ in range(1_000):
            await asyncio.sleep(0)
        return loop.time() - before

    async def both():
        sleeping = asyncio.create_task(asyncio.sleep(1))
        passed = await busy()
        await sleeping
        return passed

    assert loop.run_until_complete(both()) == 0
    assert loop.time() == 1


def test_ten_thousand_sleepers_wake_in_the_order_of_their_times(loop):
    woken = []

    async def sleeper(seconds):
        await asyncio.sleep(seconds)
        woken.append((loop.time(), seconds))

    async def all_of_them():
        # A permutation of all seconds, because 7919 and 10,000 are coprime.
        moments = (1 + (7919 * i) % 10_000 for i in range(10_000))
        await asyncio.gather(*map(sleeper, moments))

    loop.run_until_complete(all_of_them())
    assert woken == [(float(second), second) for second in range(1, 10_001)]


def test_sleepers_with_the_same_time_wake_in_a_reproducible_order():
    assert order_of_waking() == order_of_waking()


def order_of_waking():
    woken = []

    async def sleeper(name):
        await asyncio.sleep(5)
        woken.append(name)

    async def all_of_them():
        await asyncio.gather(*map(sleeper, range(1_000)))

    loop = VirtualLoop()
    loop.run_until_complete(all_of_them())
    loop.close()
    assert sorted(woken) == list(range(1_000))
    return woken


def test_a_deadlock_of_all_tasks_raises_an_error(loop):
    with pytest.raises(HarnessError, match="all tasks wait, and none for a time"):
        loop.run_until_complete(asyncio.Event().wait())


def test_the_virtual_clock_does_not_wait_for_a_socket(loop):
    near, far = socket.socketpair()
    near.setblocking(False)

    async def receive():
        async with asyncio.timeout(10):
            await loop.sock_recv(near, 1)

    with near, far, pytest.raises(TimeoutError):
        loop.run_until_complete(receive())
    assert loop.time() == 10


def test_the_virtual_clock_does_not_wait_for_another_thread(loop):
    go = threading.Event()

    async def ask():
        async with asyncio.timeout(10):
            await loop.run_in_executor(threads, go.wait)

    with ThreadPoolExecutor() as threads:
        with pytest.raises(TimeoutError):
            loop.run_until_complete(ask())
        go.set()
    assert loop.time() == 10


@pytest.mark.parametrize("start", [0.0, 1e6, 1e9])
@pytest.mark.parametrize("seconds", [0.1, 0.001, 1 / 3])
def test_many_small_sleeps_neither_drift_nor_spin(loop, start, seconds):
    """Each sleep takes at most a few turns of the loop, however large the clock's time is."""
    turns = 0
    run_once = loop._run_once

    def counted():
        nonlocal turns
        turns += 1
        run_once()

    loop._run_once = counted

    async def sleep():
        loop.move_on(start)
        for _ in range(1_000):
            await asyncio.sleep(seconds)

    loop.run_until_complete(sleep())
    assert loop.time() - start == pytest.approx(1_000 * seconds, rel=1e-3)
    assert turns < 4_000


def test_a_sleep_below_the_resolution_of_the_clock_ends(loop):
    async def sleep():
        loop.move_on(1e9)
        await asyncio.sleep(1e-12)

    loop.run_until_complete(sleep())
    assert loop.time() == pytest.approx(1e9)


def test_a_timeout_fires_exactly_at_its_time(loop):
    async def wait():
        async with asyncio.timeout(2.5):
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        loop.run_until_complete(wait())
    assert loop.time() == 2.5


def test_the_clock_does_not_wait_for_a_cancelled_sleep(loop):
    async def cancel():
        long = asyncio.create_task(asyncio.sleep(1e6))
        await asyncio.sleep(1)
        long.cancel()
        await asyncio.gather(long, return_exceptions=True)
        await asyncio.sleep(1)

    loop.run_until_complete(cancel())
    assert loop.time() == 2


def test_a_task_that_never_rests_raises_an_error(loop, monkeypatch):
    monkeypatch.setattr(virtual_clock, "MOST_TURNS", 1_000)

    async def restless():
        while True:
            await asyncio.sleep(0)

    with pytest.raises(
        HarnessError, match="a task never waits: 1,000 turns of the event loop within a second"
    ):
        loop.run_until_complete(restless())
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(1))
