"""Measures a scheduling pass while many tasks wait: CPU time, and the number of observed objects.

All parts run in one process on a virtual clock. Half of the 20 domains have room and half have
none. Each task has one party in each half, so that one party holds its reservation and the other
one waits.
"""

import asyncio
import time
from collections import Counter
from itertools import pairwise
from timeit import Timer

from kuscia_conformance.environment.virtual_clock import VirtualWorld
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.objects import NODES
from reference_controller.co_scheduler.controller import CoScheduler
from reference_controller.runtime import run
from reference_controller.server import controllers
from tests.reference_controller.world_of_tasks import TaskWorld

COUNTS, DOMAINS, ROOM = (250, 500, 1000), 20, 1000
#: The largest allowed growth of the time when the number of tasks doubles: for a pass over all
#: domains, and for an event in a domain whose own number of tasks stays the same.
BUDGET_PASS, BUDGET_EVENT = 2.4, 1.3
#: The number of tasks with a party in the domain of the event, and the repetitions of a timing.
OWN, ROUNDS = 10, 7
#: Schedules that are longer than the benchmark, so that every waiting task keeps waiting.
PATIENT = {
    "resourceReservedSeconds": 80_000,
    "retryIntervalSeconds": 80_000,
    "lifecycleSeconds": 86_000,
}


class Counted:
    """Wraps a controller: counts its observations and remembers its cache."""

    def __init__(self, inner, looks):
        self.inner, self.looks, self.cache = inner, looks, None
        self.name, self.machine = inner.name, inner.machine
        self.keys, self.lock = inner.keys, inner.lock

    def observe(self, cache, key, now):
        self.cache = cache
        self.looks[self.name] += 1
        return self.inner.observe(cache, key, now)


def measure(counts=COUNTS):
    """Returns the figures for each number of waiting tasks in `counts`."""
    runs = [once(count) for count in counts]
    passes = _ratios(run["milliseconds of a pass"] for run in runs)
    events = _ratios(run["milliseconds of an event"] for run in runs)
    looks = [run["looks upon an event"] for run in runs]
    return {
        "benchmark": "pass",
        "what": f"tasks of two parties wait in {DOMAINS} domains; a pass is over all of these, an "
        f"event is in one with {OWN} tasks",
        "runs": runs,
        "ratios of a pass": passes,
        "ratios of an event": events,
        "budgets": [BUDGET_PASS, BUDGET_EVENT],
        "ok": max(passes) <= BUDGET_PASS
        and max(events) <= BUDGET_EVENT
        and looks.count(looks[0]) == len(looks),
    }


def _ratios(figures):
    known = list(figures)
    return [round(more / less, 2) for less, more in pairwise(known)]


def once(count):
    """Times passes and events while `count` tasks wait."""
    names = tuple(f"d{number:02}" for number in range(DOMAINS))
    world = TaskWorld(domains=names, pace=0)
    world.promises.deaf = True
    looks: Counter[str] = Counter()
    counted = [Counted(controller, looks) for controller in controllers()]
    try:
        for name in names[::2]:
            world.set_room(world.nodes[name][0], ROOM)
        world.drive(_start(world, counted))
        for number in range(count):
            world.create_task(f"t{number}", _parties(names, number), **PATIENT)
        world.drive(asyncio.sleep(60))
        cache = counted[0].cache
        return {
            "tasks": count,
            "milliseconds of a pass": _best(lambda: _pass(cache, names, world.loop.now())),
            "milliseconds of an event": _best(lambda: _event(world, names[0], looks)),
            "looks upon an event": dict(looks),
        }
    finally:
        world.close()


def _parties(names, number):
    """Returns the parties of a task; the first OWN tasks have one in the domain of the event."""
    roomy, full = names[::2], names[1::2]
    first = roomy[0] if number < OWN else roomy[1 + number % (len(roomy) - 1)]
    return {first: (1, 1, None), full[number % len(full)]: (1, 1, None)}


async def _start(world, counted):
    ready = asyncio.Event()

    async def work():
        async with Api(world.access, "benchmark") as api:
            await run(VirtualWorld(api, world.loop), counted, on_ready=ready.set)

    world.loop.create_task(work())
    await ready.wait()


def _best(doing):
    """Returns the shortest of ROUNDS runs in milliseconds of CPU, without garbage collection."""
    return round(min(Timer(doing, timer=time.process_time).repeat(ROUNDS, 1)) * 1000, 2)


def _pass(cache, names, now):
    scheduler = CoScheduler()
    for name in names:
        seen = scheduler.observe(cache, name, now)
        assert seen, "no task waits"
        assert scheduler.machine.decide(seen) is None, "a task does not wait"


def _event(world, domain, looks):
    """Changes an annotation of a node that no controller reads."""
    looks.clear()
    patch = {"metadata": {"annotations": {"benchmark": str(time.monotonic())}}}
    world.drive(world.api.patch(NODES, world.nodes[domain][0], None, patch))
    world.drive(asyncio.sleep(1))
