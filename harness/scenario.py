"""One scenario while it runs: its names, domains, tasks, history, and how it is cleaned up.

Steps ask it for what they need. `cursor` is where in the history the last When stood, or the
last Then found what it wanted: a Then looks from there on, so that successive Thens
say an order, and a state that came and went in between is still found.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import orjson
from pytest_bdd.parser import Step

from harness import domains, locks
from harness.checks import Check
from harness.connection import Connection
from harness.controllers import control
from harness.environment import Environment
from harness.errors import (
    AlreadyExists,
    ApiError,
    ClusterError,
    ControllerError,
    FeatureError,
)
from harness.failure import CheckFailed, render_failure
from harness.files import FixtureFiles
from harness.journal import WATCHED, History, Version
from harness.naming import Names
from harness.objects import (
    KUSCIA_TASKS,
    PODS,
    Obj,
    Resource,
    key_of,
    name_of,
    namespace_of,
    resource_of,
    uid_of,
)
from harness.ownership import mark, run_of
from harness.settings import Timeouts
from harness.setup import with_defaults
from harness.tasks import Task
from harness.writers import REQUEST_LOG, Write, known_writes

T = TypeVar("T")

#: kubectl notes down what it applied; some controllers do not look at a task without annotations.
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


@dataclass
class Scenario:
    """What the steps of one scenario share."""

    check: Check
    files: FixtureFiles
    environment: Environment
    connection: Connection
    timeouts: Timeouts
    names: Names
    history: History
    _ending: ExitStack
    #: Labels and annotations that every task is to have.
    task_defaults: Mapping[str, Any] = field(default_factory=dict)
    nodes: dict[str, list[str]] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    #: The AppImage of tasks that name no manifest, once it has been read, and whether it is made.
    app_image: Obj | None = None
    app_image_made: bool = False
    refusal: ApiError | None = None
    step: Step | None = None
    cursor: int = 0
    #: What each domain held when it was noted down, see `domains.inventory`.
    noted: dict[str, list[str]] = field(default_factory=dict)
    #: Whether missing and unmet status documents are to be written, and which were.
    updating: bool = False
    wrote: list[str] = field(default_factory=list)
    #: Whether what it has made is to stay.
    keep: bool = False
    _killed: bool = False

    # what is done to the cluster

    def add_domains(self, names: list[str], room: int, nodes: int = 1) -> None:
        """Make these domains, each with nodes of its own that have room for so many pods each.

        All at once: scenarios that held a node each and waited for another would wait for ever.
        """
        if self.nodes:
            raise FeatureError("the domains of a scenario have to be given in one step")
        api, run = self.connection.api, self.environment.run
        # Before anything is to be cleaned up: what is there under these names is somebody else's.
        self.connection.together(
            *(domains.require_free(api, self.names.namespace(name)) for name in names)
        )
        self._borrow_nodes(names, nodes)
        self._wait_until_empty([node for nodes in self.nodes.values() for node in nodes])
        made = ((self.names.namespace(name), nodes) for name, nodes in self.nodes.items())
        self.connection.together(
            *(domains.make_domain(api, namespace, nodes, run) for namespace, nodes in made)
        )
        for name in names:
            self.set_room(name, room)

    def _borrow_nodes(self, names: list[str], each: int) -> None:
        work = Path(self.environment.work)
        borrowed = locks.borrowed(work, self.environment.nodes, len(names) * each)
        free = self._ending.enter_context(borrowed)
        self.history.nodes.update(free)
        for index, name in enumerate(names):
            self.nodes[name] = free[index * each : (index + 1) * each]
            self._ending.callback(self._remove_domain, name)

    def set_room(self, domain: str, *pods: int) -> None:
        """Give each node of the domain room for so many pods: one number for all, or one each."""
        api, nodes = self.connection.api, self.nodes_of(domain)
        rooms = pods * len(nodes) if len(pods) == 1 else pods
        if len(rooms) != len(nodes):
            raise FeatureError(f"{domain} has {len(nodes)} nodes, and {len(rooms)} rooms are given")
        self.connection.together(
            *(domains.set_room(api, node, room) for node, room in zip(nodes, rooms, strict=True))
        )

    def nodes_of(self, domain: str) -> list[str]:
        if domain not in self.nodes:
            known = ", ".join(sorted(self.nodes)) or "none"
            raise FeatureError(f"the domain {domain!r} was not given", hint=f"given: {known}")
        return self.nodes[domain]

    def apply(self, manifest: Obj) -> Obj:
        """As `kubectl apply` does it to what does not exist yet: strictly validated."""
        resource = resource_of(manifest)
        if resource is None:
            raise FeatureError(
                f"cannot apply {manifest.get('kind')}: the suite does not know that kind"
            )
        sent = self.names.outgoing(manifest)
        if resource is KUSCIA_TASKS:
            sent = with_defaults(sent, self.task_defaults)
        sent = mark(sent, self.environment.run)
        annotations = sent["metadata"].setdefault("annotations", {})
        annotations[LAST_APPLIED] = orjson.dumps(manifest).decode()
        self._ending.callback(self._delete, resource, sent)
        try:
            made = self.connection.run(self.connection.api.create(resource, sent, strict=True))
        except AlreadyExists:
            self._refuse_if_others(resource, sent)
            raise
        self._await_seen(resource, made)
        return made

    def _await_seen(self, resource: Resource, made: Obj) -> None:
        """Steps look for what they are about in the history: what was made has to be there."""
        __tracebackhide__ = True
        if resource in WATCHED:
            self.until(
                lambda: (
                    any(uid_of(v.object) == uid_of(made) for v in self.history.versions) or None
                ),
                self.timeouts.status,
                lambda: f"expected: {key_of(made)} is seen once it is made\nactual:   it is not",
            )

    def task(self, name: str) -> Task:
        if name not in self.tasks:
            known = ", ".join(sorted(self.tasks)) or "none"
            raise FeatureError(f'the task "{name}" was not given', hint=f"given: {known}")
        return self.tasks[name]

    def kill_controller(self) -> None:
        """Kill the controller under test; at the latest it is started as the scenario ends."""
        self._ending.callback(self.start_controller)
        self._killed = True
        self.environment.ask(control.KILL)

    def controller_is_dead(self) -> str:
        """That a controller of ours has ended by itself, and its last words; "" if it runs."""
        try:
            self.environment.ask(control.LOOK)
        except ControllerError as error:
            return "" if self._killed else str(error)
        return ""

    def start_controller(self) -> None:
        self.environment.ask(control.START)
        self._killed = False

    # what is asked of the history

    def act(self) -> None:
        """A When is about to do something: what follows is looked for from here on."""
        self.history.update()
        self.cursor = len(self.history.versions)

    def versions(self, resource: Resource, key: str) -> list[tuple[int, Version]]:
        """An object's state at the cursor and every later one, with their places in the history."""
        places = enumerate(self.history.versions)
        mine = [(i, v) for i, v in places if v.resource is resource and v.key == key]
        before = [pair for pair in mine if pair[0] < self.cursor]
        return before[-1:] + [pair for pair in mine if pair[0] >= self.cursor]

    def until(self, look: Callable[[], T | None], seconds: float, failed: Callable[[], str]) -> T:
        """What `look` finds in that time; else the check fails with the text of `failed`."""
        __tracebackhide__ = True
        found = self.history.until(look, seconds)
        if found is not None:
            return found
        # A cluster that is gone is nobody's failure: this raises, and the check is an error.
        self.connection.run(self.connection.api.raw("/version"))
        self.fail(failed(), seconds)

    def writes(self) -> dict[int, Write]:
        """Who has written what, by version, in the scenario's own names, if the server knows it."""
        if REQUEST_LOG not in self.environment.can:
            return {}
        found = self.connection.run(known_writes(self.connection.api))
        return {
            version: replace(write, what=str(self.names.incoming(write.what)))
            for version, write in found.items()
        }

    def changes_within(self, seconds: float) -> bool:
        """Whether anything of the scenario's changes in that time."""
        self.history.update()
        count = len(self.history.versions)
        grown = self.history.until(lambda: len(self.history.versions) > count or None, seconds)
        return grown is not None

    def seconds_since(self, moment: datetime) -> float:
        """By the clock of the cluster."""
        return (self.connection.journal.now() - moment).total_seconds()

    def at_the_end(self, coroutine: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        """Have something undone when the scenario is over, before what was done earlier."""
        self._ending.callback(lambda: self.connection.run(coroutine()))

    def let_pass(self, seconds: float) -> None:
        """Do nothing for so long, by the clock of the cluster."""
        journal = self.connection.journal
        deadline = journal.now() + timedelta(seconds=seconds)
        while (left := (deadline - journal.now()).total_seconds()) > 0:
            journal.wait_beyond(len(journal.versions), left)

    def pods(self, who: str) -> list[Version]:
        """The pods that exist of a task or of a domain: the newest version of each."""
        newest = self.history.latest(PODS).values()
        return [version for version in newest if self.is_of(version.object, who)]

    def is_of(self, pod: Obj, who: str) -> bool:
        """Whether a pod is one of a task's, or of a domain's, or the one of that key."""
        namespace, name = pod["metadata"]["namespace"], name_of(pod)
        if "/" in who:
            return f"{namespace}/{name}" == who
        if who in self.tasks:
            return namespace in self.tasks[who].domains and name.startswith(f"{who}-")
        if who in self.nodes:
            return bool(namespace == who)
        given = ", ".join(sorted({*self.tasks, *self.nodes}))
        raise FeatureError(
            f"{who!r} is neither a task nor a domain of this scenario", hint=f"given: {given}"
        )

    def fail(self, body: str, waited: float | None = None) -> NoReturn:
        __tracebackhide__ = True
        log = self.environment.controller_log
        if dead := self.controller_is_dead():
            body = f"{body}\n\n{dead}"
        raise CheckFailed(render_failure(self.check, self.step, body, waited, self.history, log))

    # how it ends

    def leave(self) -> None:
        """Clean nothing up; its nodes are nobody else's until the cluster ends."""
        if self._killed:
            self.start_controller()
        nodes = [node for nodes in self.nodes.values() for node in nodes]
        locks.keep(Path(self.environment.work), nodes)
        self._ending.pop_all()

    def _delete(self, resource: Resource, sent: Obj) -> None:
        api, name, namespace = self.connection.api, name_of(sent), namespace_of(sent)
        self.connection.run(domains.remove_ours(api, resource, name, namespace))

    def _refuse_if_others(self, resource: Resource, sent: Obj) -> None:
        """A name that somebody else has taken is a fault of the cluster's, and of nobody else."""
        api, name, namespace = self.connection.api, name_of(sent), namespace_of(sent)
        there = self.connection.run(api.get(resource, name, namespace))
        if run_of(there) is None:
            raise ClusterError(
                f"the cluster has a {resource.kind} {key_of(sent)} that no run has made",
                hint="it is left as it is; run this scenario on a cluster without it",
            )

    def _remove_domain(self, domain: str) -> None:
        api, namespace = self.connection.api, self.names.namespace(domain)
        self._clear(domain)
        for node in self.nodes[domain]:
            self.connection.run(domains.give_back(api, node))
        self.connection.run(domains.remove_domain(api, namespace))

    def _clear(self, domain: str) -> None:
        """End the domain's pods, whoever should have: the next scenario needs the nodes."""
        self.history.update()
        left = [version.real for version in self.pods(domain)]
        self.connection.run(domains.evict(self.connection.api, left))
        if self.history.until(lambda: not self.pods(domain) or None, self.timeouts.gone) is None:
            names = ", ".join(version.key for version in self.pods(domain))
            raise ClusterError(f"pods of {domain} could not be deleted: {names}")

    def _wait_until_empty(self, nodes: list[str]) -> None:
        journal = self.connection.journal
        while True:
            count = len(journal.versions)
            busy = domains.pods_on(journal, nodes)
            if not busy:
                return
            if not journal.wait_beyond(count, self.timeouts.node):
                raise ClusterError(
                    f"node {', '.join(nodes)}: pods of others stay: {', '.join(busy)}"
                )
