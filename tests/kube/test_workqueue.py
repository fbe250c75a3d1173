"""Tests the work queue: due keys are handled once, in order, and one at a time."""

import asyncio
from typing import Any

import pytest

from kuscia_conformance.environment.virtual_clock import VirtualLoop, VirtualWorld
from kuscia_conformance.kube.workqueue import Item, WorkQueue


class Refused(Exception):
    """An error that the queue ignores without a log record."""


@pytest.fixture
def loop():
    made = VirtualLoop()
    yield made
    for task in asyncio.all_tasks(made):
        task.cancel()
    made.run_until_complete(asyncio.sleep(0))
    made.close()


def run_queue(loop, queue, look, seconds=1.0):
    work = loop.create_task(queue.work(look))
    loop.run_until_complete(asyncio.sleep(seconds))
    work.cancel()


def test_due_keys_are_handled_once_and_in_order(loop):
    queue, seen = WorkQueue[str](Refused), list[str]()
    queue.add("b", "a", "b")
    run_queue(loop, queue, seen.append)
    assert seen == ["b", "a"]


def test_a_key_that_becomes_due_while_it_is_handled_is_handled_again(loop):
    queue, seen = WorkQueue[str](Refused), list[str]()

    def look(key):
        seen.append(key)
        if len(seen) < 3:
            queue.add(key)

    queue.add("a")
    run_queue(loop, queue, look)
    assert seen == ["a", "a", "a"]


@pytest.mark.parametrize(("error", "levels"), [(Refused("old"), []), (ValueError("x"), ["ERROR"])])
def test_an_error_of_one_key_does_not_stop_the_others(loop, caplog, error, levels):
    queue, seen = WorkQueue[str](Refused), list[str]()

    def look(key):
        if key == "a":
            raise error
        seen.append(key)

    queue.add("a", "b")
    run_queue(loop, queue, look)
    assert seen == ["b"]
    assert [record.levelname for record in caplog.records] == levels


class Looks:
    """Records when the looks of an item begin; each look takes one second."""

    def __init__(self, loop):
        self.loop, self.began, self.working = loop, list[float](), list[bool]()
        world: Any = VirtualWorld(None, loop)  # type: ignore[arg-type]
        self.item = Item(world, "one", self._look, self.working.append)

    async def _look(self):
        self.began.append(self.loop.time())
        await asyncio.sleep(1)

    def after(self, seconds):
        self.loop.run_until_complete(asyncio.sleep(seconds))


@pytest.fixture
def looks(loop):
    return Looks(loop)


def make_due(looks):
    async def due():
        looks.item.make_due()

    looks.loop.run_until_complete(due())


def test_an_item_that_becomes_due_during_a_look_gets_one_more_look(looks):
    make_due(looks)
    looks.after(0.5)
    make_due(looks)
    make_due(looks)
    looks.after(5)
    assert looks.began == [0, 1]
    assert looks.working == [True, False]
    assert looks.item.is_idle


def test_a_later_alarm_of_an_item_replaces_the_earlier_one(looks):
    async def set_both():
        looks.item.set_alarm(3)
        looks.item.set_alarm(7)

    looks.loop.run_until_complete(set_both())
    looks.after(6)
    assert (looks.began, looks.item.is_idle) == ([], False)
    looks.after(3)
    assert looks.began == [7]


def test_an_alarm_of_an_item_can_be_cancelled(looks):
    async def set_and_take_back():
        looks.item.set_alarm(1)
        looks.item.set_alarm(None)

    looks.loop.run_until_complete(set_and_take_back())
    looks.after(3)
    assert (looks.began, looks.item.is_idle) == ([], True)


def test_a_cancelled_item_ends_in_the_middle_of_its_look(looks):
    make_due(looks)
    looks.after(0.5)

    async def cancel():
        await asyncio.gather(*looks.item.cancel(), return_exceptions=True)

    looks.loop.run_until_complete(cancel())
    looks.after(3)
    assert (looks.began, looks.working) == ([0], [True, False])
