"""Tests the runtime with a small machine, a fake API server and a manual clock."""

import asyncio
import logging
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from kuscia_conformance.errors import ApiError, Conflict, Unreachable
from kuscia_conformance.kube.kuscia import KUSCIA_TASKS
from kuscia_conformance.kube.objects import Obj, name_of
from reference_controller.actions import PatchStatus
from reference_controller.machine import Machine, do
from reference_controller.runtime import REST, run
from tests.reference_controller.fake import FakeWorld, T, key_of_task, task

SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Seen:
    now: datetime
    task: Obj

    @property
    def phase(self):
        return self.task.get("status", {}).get("phase", "")


def to(phase):
    def write(seen):
        return do(PatchStatus(KUSCIA_TASKS, seen.task, {"phase": phase}), why=f"to {phase}")

    return write


def begin(seen):
    return to("Waiting")(seen)


def ring(seen):
    return to("Done")(seen) if seen.now >= due(seen) else None


def due(_):
    return T + 5 * SECOND


def break_down(seen):
    raise ZeroDivisionError(name_of(seen.task))


def repeat(seen):
    return do(PatchStatus(KUSCIA_TASKS, seen.task, seen.task["status"]))


class Tasks:
    """A small controller for tasks with the phases of `table`; `looks` records observations."""

    name = "tasks"

    def __init__(self, **transitions):
        table: dict[Any, Any] = {
            "": [begin],
            "Waiting": [ring],
            "Broken": [break_down],
            "Odd": [repeat],
        }
        self.machine = Machine(lambda seen: seen.phase, table | transitions, {"Waiting": [due]})
        self.looks = []

    def keys(self, resource, obj, cache):
        return [name_of(obj)] if resource == KUSCIA_TASKS else []

    def lock(self, key):
        return "one"

    def observe(self, cache, key, now):
        self.looks.append(key)
        found = cache.get(KUSCIA_TASKS, key, "cross-domain")
        return Seen(now, found) if found else None


@asynccontextmanager
async def running(world, *controllers):
    work = asyncio.create_task(run(world, controllers or [Tasks()]))
    await world.settle()
    yield
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work


def played(scenario):
    """Turns an asynchronous scenario into a test with a fresh FakeWorld."""

    def test():
        asyncio.run(scenario(FakeWorld()))

    test.__name__ = scenario.__name__
    return test


def phase(world, name="psi"):
    return world.api.objects[key_of_task(name)]["status"]["phase"]


@played
async def test_objects_that_exist_at_the_start_are_handled(world):
    await world.api.create(KUSCIA_TASKS, task())
    async with running(world):
        assert phase(world) == "Waiting"


@played
async def test_a_new_object_is_handled_without_delay(world):
    async with running(world):
        await world.api.create(KUSCIA_TASKS, task())
        await world.settle()
        assert phase(world) == "Waiting"


@played
async def test_a_deadline_is_handled_without_any_event(world):
    await world.api.create(KUSCIA_TASKS, task())
    async with running(world):
        await world.advance(4)
        assert phase(world) == "Waiting"
        await world.advance(1)
        assert phase(world) == "Done"


@played
async def test_the_event_of_an_own_write_causes_no_second_write(world):
    await world.api.create(KUSCIA_TASKS, task())
    async with running(world):
        await world.advance(1)
        assert world.api.requests["patch", "kusciatasks"] == 1


@played
async def test_a_conflict_is_resolved_with_the_newer_version(world):
    await world.api.create(KUSCIA_TASKS, task())
    world.api.faults["patch"] = [Conflict(409, "Conflict", "changed")]
    async with running(world):
        assert "status" not in world.api.objects[key_of_task()]
        newer = world.api.objects[key_of_task()]
        world.api._store("MODIFIED", KUSCIA_TASKS, {**newer, "spec": {"parties": [1]}})
        await world.settle()
        assert phase(world) == "Waiting"


@played
async def test_the_pause_after_errors_grows(world):
    await world.api.create(KUSCIA_TASKS, task())
    world.api.faults["patch"] = [ApiError(500, "InternalError", "no"), Unreachable("gone")]
    async with running(world):
        await world.advance(0.2)
        assert world.api.requests["patch", "kusciatasks"] == 2
        await world.advance(0.3)
        assert world.api.requests["patch", "kusciatasks"] == 2
        await world.advance(0.1)
        assert phase(world) == "Waiting"


@played
async def test_the_pause_after_errors_ends_at_a_deadline(world):
    def refused(seen):
        return ring(seen) or do(PatchStatus(KUSCIA_TASKS, seen.task, {"phase": "Other"}))

    await world.api.create(KUSCIA_TASKS, task(phase="Waiting"))
    world.api.faults["patch"] = [ApiError(403, "Forbidden", "no")] * 5
    async with running(world, Tasks(Waiting=[refused])):
        for seconds in (1, 1, 1, 1.7):
            await world.advance(seconds)
        assert not world.api.faults["patch"]
        assert phase(world) == "Waiting"
        await world.advance(0.3)
        assert phase(world) == "Done"


def follow_spec(seen):
    number = str(len(seen.task["spec"]["parties"]))
    return to(number)(seen) if number != seen.phase else None


@played
async def test_events_during_a_rest_are_handled_together(world):
    world.rests = True
    await world.api.create(KUSCIA_TASKS, task())
    phases = {phase: [follow_spec] for phase in ("", "0", "1", "2", "3")}
    async with running(world, Tasks(**phases)):
        for number in (1, 2, 3):
            newer = world.api.objects[key_of_task()]
            spec = {"parties": [None] * number}
            world.api._store("MODIFIED", KUSCIA_TASKS, {**newer, "spec": spec})
            await world.settle()
        assert phase(world) == "0"
        await world.advance(REST)
        assert phase(world) == "3"
        assert world.api.requests["patch", "kusciatasks"] == 2


def test_a_bug_in_one_key_does_not_stop_other_keys(caplog):
    async def scenario(world):
        await world.api.create(KUSCIA_TASKS, task("bad", phase="Broken"))
        await world.api.create(KUSCIA_TASKS, task("good"))
        async with running(world):
            assert phase(world, "good") == "Waiting"

    asyncio.run(scenario(FakeWorld()))
    assert "tasks bad: a bug, of this item only" in caplog.text
    assert "ZeroDivisionError: bad" in caplog.text


def test_a_transition_that_changes_nothing_is_paused_and_logged(caplog):
    async def scenario(world):
        await world.api.create(KUSCIA_TASKS, task(phase="Odd"))
        tasks = Tasks()
        async with running(world, tasks):
            assert tasks.looks == ["psi"]
            await world.advance(0.2)
            assert tasks.looks == ["psi", "psi"]

    asyncio.run(scenario(FakeWorld()))
    assert "repeat changes nothing" in caplog.text


def test_every_transition_taken_is_logged(caplog):
    async def scenario(world):
        await world.api.create(KUSCIA_TASKS, task())
        async with running(world):
            await world.advance(5)

    caplog.set_level(logging.INFO, "reference_controller")
    asyncio.run(scenario(FakeWorld()))
    assert [record.message for record in caplog.records] == [
        "tasks psi begin to Waiting",
        "tasks psi ring to Done",
    ]


@played
async def test_decisions_with_the_same_lock_run_one_at_a_time(world):
    held = []
    patch = world.api.patch

    async def slow(*args, **kwargs):
        held.append(1)
        assert len(held) == 1
        await asyncio.sleep(0)
        held.pop()
        return await patch(*args, **kwargs)

    world.api.patch = slow
    for name in ("a", "b", "c"):
        await world.api.create(KUSCIA_TASKS, task(name))
    async with running(world):
        assert {phase(world, name) for name in ("a", "b", "c")} == {"Waiting"}


@played
async def test_the_runtime_waits_at_the_start_for_an_unreachable_api_server(world):
    await world.api.create(KUSCIA_TASKS, task())
    world.api.faults["list"] = [Unreachable("gone")]
    async with running(world):
        assert "status" not in world.api.objects[key_of_task()]
        await world.advance(1)
        assert phase(world) == "Waiting"
