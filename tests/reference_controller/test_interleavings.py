"""Property test: the guarantees of scheduling hold for any sequence of events.

Hypothesis plays users, nodes, clients that delete objects of others, and time. It shrinks a
failure to the shortest script of calls and prints it. `--full` runs two thousand scripts.
"""

import os

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from kuscia_conformance.kube.kuscia import (
    KUSCIA_TASKS,
    TASK_NAMESPACE,
    TASK_RESOURCE_GROUPS,
    TASK_RESOURCES,
)
from kuscia_conformance.kube.objects import (
    CONFIG_MAPS,
    PODS,
    SERVICES,
    key_of,
    name_of,
    namespace_of,
)
from tests.reference_controller.promises import is_of_task, phase_of
from tests.reference_controller.world_of_tasks import DOMAINS, PACES, TaskWorld

NAMES = ("one", "two", "three", "four")
NODES_OF = {f"{domain}-{number}": domain for domain in DOMAINS for number in (1, 2)}
#: Room for all tasks that a script can create.
AMPLE = 50
DELETABLE = {"pod": PODS, "group": TASK_RESOURCE_GROUPS, "resource": TASK_RESOURCES}
EVENTS = (
    "cordon",
    "uncordon",
    "delete_node",
    "remake_node",
    "put_plain_pod",
    "take_plain_pod",
)
MADE = (TASK_RESOURCES, TASK_RESOURCE_GROUPS, PODS, SERVICES, CONFIG_MAPS)

names = st.sampled_from(NAMES)
nodes = st.sampled_from(sorted(NODES_OF))
several = st.integers(0, 5)
#: The most room first, because hypothesis shrinks towards the first value.
rooms = st.sampled_from((3, 2, 1, 0))


@st.composite
def parties(draw):
    """Generates for each domain: slots of a pod, replicas, minReservedPods."""
    chosen = draw(st.lists(st.sampled_from(DOMAINS), min_size=1, max_size=3, unique=True))
    found = {}
    for domain in chosen:
        replicas = draw(st.integers(1, 3))
        needed = draw(st.none() | st.integers(1, replicas))
        found[domain] = (draw(st.integers(1, 2)), replicas, needed)
    return found


@st.composite
def tasks(draw):
    """Generates the parties and the schedule of a task."""
    return draw(parties()), {
        "minReservedMembers": draw(st.none() | st.integers(1, 3)),
        "resourceReservedSeconds": draw(st.integers(1, 4)),
        "retryIntervalSeconds": draw(st.integers(1, 5)),
        "lifecycleSeconds": draw(st.integers(4, 60)),
    }


class Interleavings(RuleBasedStateMachine):
    """Runs random events on a TaskWorld and checks the guarantees after each."""

    def __init__(self):
        super().__init__()
        self.world = TaskWorld()
        self.promises = self.world.promises

    @initialize(
        rooms=st.tuples(*[rooms] * len(NODES_OF)),
        pace=st.sampled_from(PACES),
        first=tasks(),
        second=tasks(),
    )
    def begin(self, rooms, pace, first, second):
        self.world.server.pace = pace
        for node, slots in zip(NODES_OF, rooms, strict=True):
            self.world.set_room(node, slots)
        self.world.start()
        self.create_task("one", first)
        self.create_task("two", second)

    def _judge(self):
        self.promises.look()
        assert not self.promises.broken, "\n".join(self.promises.broken)

    @rule(name=names, task=tasks())
    def create_task(self, name, task):
        parties, schedule = task
        self.world.create_task(name, parties, **schedule)
        self._judge()

    @rule(name=names)
    def delete_task(self, name):
        self.world.delete(KUSCIA_TASKS, name, TASK_NAMESPACE)
        self._judge()

    @rule(what=st.sampled_from(sorted(DELETABLE)), which=several)
    def delete(self, what, which):
        """Another client deletes an object that it does not own."""
        objects = self.world.pods_of_tasks() if what == "pod" else self.world.all(DELETABLE[what])
        for obj in objects[which : which + 1]:
            self.world.delete(DELETABLE[what], name_of(obj), namespace_of(obj))
        self._judge()

    @rule(which=several, code=st.integers(0, 1))
    def finish(self, which, code):
        running = [pod for pod in self.world.pods_of_tasks() if phase_of(pod) == "Running"]
        for pod in running[which : which + 1]:
            self.world.finish(pod, code)
        self._judge()

    @rule(node=nodes, slots=rooms)
    def set_room(self, node, slots):
        self.world.set_room(node, slots)
        self._judge()

    @rule(node=nodes, event=st.sampled_from(EVENTS))
    def to_node(self, node, event):
        getattr(self.world, event)(node)
        self._judge()

    @rule(event=st.sampled_from(("kill or start", *PACES)))
    def to_controller(self, event):
        """Kills or starts the controller, or sets the seconds that its writes take."""
        if event != "kill or start":
            self.world.server.pace = event
        elif self.promises.controller_since is None:
            self.world.start()
        else:
            self.world.kill()
        self._judge()

    @rule(tenths=st.integers(1, 150))
    def pass_time(self, tenths):
        self.world.pass_time(tenths / 10)
        self._judge()

    def teardown(self):
        try:
            if not self.promises.broken:
                self._end()
        finally:
            self.world.close()

    def _end(self):
        """Gives room to all tasks; asserts that all end and that deleted tasks leave no objects."""
        if self.promises.controller_since is None:
            self.world.start()
        for node in NODES_OF:
            for event in ("remake_node", "uncordon", "take_plain_pod"):
                getattr(self.world, event)(node)
            self.world.set_room(node, AMPLE)
        self._wait(self._running, 90)
        for task in self.world.all(KUSCIA_TASKS):
            self.world.delete(KUSCIA_TASKS, name_of(task), TASK_NAMESPACE)
        self._wait(self._left, 60)

    def _wait(self, found, seconds):
        for _ in range(seconds):
            if not found():
                return
            self.world.pass_time(1)
            self._judge()
        assert not found()

    def _running(self):
        for pod in self.world.pods_of_tasks():
            if phase_of(pod) == "Running":
                self.world.finish(pod)
        tasks = self.world.all(KUSCIA_TASKS)
        return [key_of(t) for t in tasks if phase_of(t) not in ("Succeeded", "Failed")]

    def _left(self):
        left = [(r, obj) for r in MADE for obj in self.world.all(r)]
        return [
            f"{r.kind} {key_of(obj)}"
            for r, obj in left
            if r in (TASK_RESOURCES, TASK_RESOURCE_GROUPS) or is_of_task(obj)
        ]


def test_the_guarantees_of_scheduling_hold_for_random_scripts(pytestconfig):
    full = pytestconfig.getoption("full")
    run_state_machine_as_test(
        Interleavings,
        settings=settings(
            derandomize=not full,
            max_examples=int(os.environ.get("EXAMPLES", "2000")) if full else 40,
            stateful_step_count=40 if full else 30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=full,
            database=None,
        ),
    )
