"""Runs a day of many tasks on a virtual clock, with seeded arrivals, durations and faults.

The guarantees of scheduling are checked at every change. `--full` runs five times as many tasks on
larger nodes.
"""

import heapq
import itertools
from random import Random

from kuscia_conformance.kube.kuscia import KUSCIA_TASKS
from kuscia_conformance.kube.objects import name_of, namespace_of, uid_of
from kuscia_conformance.simulated_nodes import nodes
from tests.reference_controller.promises import phase_of
from tests.reference_controller.world_of_tasks import DOMAINS, TaskWorld

HOUR = 3600.0
DAY, LAST_ARRIVAL = 24 * HOUR, 22 * HOUR
FEW, MANY = 60, 300
#: Seconds between cleanups of pods and tasks; slots of a node; average seconds that a pod runs.
LOOK, SLOTS_OF, AVERAGE = 120.0, {FEW: 4, MANY: 10}, 900.0
#: Each fault with the action that repairs it.
MISHAPS = {
    "cordon": "uncordon",
    "delete_node": "remake_node",
    "put_plain_pod": "take_plain_pod",
    "shrink": "grow",
    "kill": "start",
}


class Day:
    """The events of a day in the order of their times."""

    def __init__(self, tasks, seed):
        self.random, self.slots = Random(seed), SLOTS_OF[tasks]
        self.world = TaskWorld(seed=seed)
        self.ends = {}
        self._due, self._numbers = [], itertools.count()
        self._planned = set()
        for node in self.nodes:
            self.grow(node)
        for number in range(tasks):
            self._at(self.random.uniform(0, LAST_ARRIVAL), self.arrive, f"t-{number}")
        for _ in range(tasks // 3):
            self._at(self.random.uniform(0, LAST_ARRIVAL), self.break_something)
        for step in range(int(DAY / LOOK)):
            self._at(step * LOOK, self.look_after)

    @property
    def nodes(self):
        return [node for names in self.world.nodes.values() for node in names]

    def _at(self, moment, action, *args):
        heapq.heappush(self._due, (moment, next(self._numbers), action, args))

    def pass_by(self):
        self.world.start()
        while self._due:
            moment, _, action, args = heapq.heappop(self._due)
            self.world.pass_time(max(moment - self.world.loop.time(), 0))
            action(*args)
            assert not self.world.promises.broken, "\n".join(self.world.promises.broken)

    def arrive(self, name):
        pick = self.random
        parties = {}
        for domain in pick.sample(DOMAINS, pick.randint(1, len(DOMAINS))):
            replicas = pick.randint(1, 3)
            parties[domain] = (pick.randint(1, 2), replicas, pick.choice((None, 1, replicas)))
        members = pick.choice((None, None, pick.randint(1, len(parties))))
        self.world.create_task(
            name,
            parties,
            minReservedMembers=members,
            resourceReservedSeconds=pick.choice((None, 10, 60)),
            retryIntervalSeconds=pick.choice((None, 5, 45)),
            lifecycleSeconds=pick.choice((None, 600, 3600)),
        )

    def look_after(self):
        """Plans the end of pods that have started, and deletes tasks that have ended."""
        for pod in self.world.pods_of_tasks():
            if phase_of(pod) == "Running" and uid_of(pod) not in self._planned:
                self._planned.add(uid_of(pod))
                end = self.world.loop.time() + self.random.expovariate(1 / AVERAGE)
                code = 1 if self.random.random() < 1 / 20 else 0
                self._at(min(end, DAY - HOUR), self.world.finish, pod, code)
        for task in self.world.all(KUSCIA_TASKS):
            if phase_of(task) in ("Succeeded", "Failed"):
                self.ends[name_of(task)] = phase_of(task)
                self.world.delete(KUSCIA_TASKS, name_of(task), namespace_of(task))

    def break_something(self):
        """Causes a random fault, and plans its repair."""
        what, node = self.random.choice(sorted(MISHAPS)), self.random.choice(self.nodes)
        self._do(what, node)
        mended = self.world.loop.time() + self.random.uniform(1, 300)
        self._at(mended, self._do, MISHAPS[what], node)

    def _do(self, what, node):
        if what in ("kill", "start"):
            getattr(self.world, what)()
        elif what in ("shrink", "grow"):
            getattr(self, what)(node)
        else:
            getattr(self.world, what)(node)

    def shrink(self, node):
        self.world.set_room(node, 1)

    def grow(self, node):
        self.world.set_room(node, self.slots)


def test_all_guarantees_of_scheduling_hold_for_a_day_of_random_tasks(pytestconfig, monkeypatch):
    # No component reads node leases here, and renewing them for a day would take long.
    monkeypatch.setattr(nodes, "RENEW_SECONDS", HOUR)
    tasks = MANY if pytestconfig.getoption("full") else FEW
    day = Day(tasks, seed=1)
    try:
        day.pass_by()
        assert len(day.ends) == tasks
        assert list(day.ends.values()).count("Succeeded") > tasks / 2
        assert not day.world.all(KUSCIA_TASKS)
        assert not day.world.pods_of_tasks()
    finally:
        day.world.close()
