"""The domains of a scenario: each has a namespace, and borrowed nodes that serve only this domain.

All scenarios of a run share one pool of nodes. A scenario borrows nodes for its domains, gives them
room for pods, and returns them empty when it ends.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

from kuscia_conformance.clusters import borrowed_nodes, node_locks
from kuscia_conformance.clusters.borrowed_nodes import SLOT
from kuscia_conformance.clusters.inventory import inventory, settled
from kuscia_conformance.environment.connection import Connection
from kuscia_conformance.environment.journal import Journal, Version
from kuscia_conformance.environment.model import Environment
from kuscia_conformance.environment.settings import Timeouts
from kuscia_conformance.errors import ClusterError, FeatureError, NotFound, choice
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.objects import PODS, Obj, name_of, namespace_of
from kuscia_conformance.scenario.expectations import Expectations
from kuscia_conformance.scenario.failure import CheckFailed
from kuscia_conformance.scenario.history import History

#: Lists what is in a namespace: `inventory`, or `settled`.
Look = Callable[[Api, str, Collection[str]], Coroutine[Any, Any, list[str]]]


@dataclass
class Domains:
    """The domains that a scenario was given. Methods take their names in the feature."""

    environment: Environment
    connection: Connection
    history: History
    timeouts: Timeouts
    ending: ExitStack
    #: Raises CheckFailed with a text, after a wait of so many seconds.
    fail: Callable[[str, float], NoReturn]
    #: The names of the nodes that each domain has borrowed.
    nodes: dict[str, list[str]] = field(default_factory=dict)
    #: The objects that each domain had when `note` was called, as `inventory` names them.
    noted: dict[str, list[str]] = field(default_factory=dict)

    def add(self, names: list[str], room: int, nodes: int = 1) -> None:
        """Creates these domains, each with `nodes` nodes that have room for `room` pods each.

        Waits until that many nodes are free and empty. Raises FeatureError on a second call: two
        scenarios that each hold a node and wait for another one would wait without end. Raises
        ClusterError if the cluster has too few nodes, or if a name is in use by other objects.
        """
        if self.nodes:
            raise FeatureError("the domains of a scenario have to be given in one step")
        api, run = self.connection.api, self.environment.run
        # First, before any cleaning is registered: existing objects of these names are not ours.
        self.connection.together(
            *(borrowed_nodes.require_free(api, self.namespace(name)) for name in names)
        )
        self._borrow(names, nodes)
        self._wait_until_empty(self.all_nodes)
        made = ((self.namespace(name), nodes) for name, nodes in self.nodes.items())
        self.connection.together(
            *(borrowed_nodes.make_domain(api, namespace, nodes, run) for namespace, nodes in made)
        )
        for name in names:
            self.set_room(name, room)

    def namespace(self, domain: str) -> str:
        """Returns the name of the domain's namespace in the cluster."""
        return self.history.names.namespace(domain)

    @property
    def all_nodes(self) -> list[str]:
        return [node for nodes in self.nodes.values() for node in nodes]

    def nodes_of(self, domain: str) -> list[str]:
        """Returns the domain's nodes. Raises FeatureError if the scenario was not given it."""
        if domain not in self.nodes:
            hint = choice(domain, self.nodes, "given")
            raise FeatureError(f"the domain {domain!r} was not given", hint=hint)
        return self.nodes[domain]

    def set_room(self, domain: str, *pods: int) -> None:
        """Sets the number of pods for which each node of the domain has room.

        `pods` is one number for all nodes, or one number per node. Raises FeatureError for any
        other count of numbers.
        """
        api, nodes = self.connection.api, self.nodes_of(domain)
        rooms = pods * len(nodes) if len(pods) == 1 else pods
        if len(rooms) != len(nodes):
            raise FeatureError(f"{domain} has {len(nodes)} nodes, and {len(rooms)} rooms are given")
        self.connection.together(
            *(
                borrowed_nodes.set_room(api, node, room)
                for node, room in zip(nodes, rooms, strict=True)
            )
        )

    def note(self, domain: str, tasks: Collection[str]) -> None:
        """Stores the domain's objects, and the groups of these tasks, for `remains`.

        Waits until the controller has made what it makes for every domain.
        """
        self.noted[domain] = self._inventory(domain, tasks, settled)

    def remains(self, domain: str, tasks: Collection[str]) -> list[str]:
        """Returns a line for each difference between the domain's objects now and at `note`.

        Raises FeatureError if `note` was not called.
        """
        if domain not in self.noted:
            raise not_noted(domain)
        before, now = set(self.noted[domain]), set(self._inventory(domain, tasks, inventory))
        left = [f"left behind  {thing}" for thing in sorted(now - before)]
        return left + [f"missing      {thing}" for thing in sorted(before - now)]

    def leave(self) -> None:
        """Keeps other scenarios from borrowing these nodes until the cluster ends."""
        node_locks.keep(Path(self.environment.work), self.all_nodes)

    def _inventory(self, domain: str, tasks: Collection[str], look: Look) -> list[str]:
        names, api = self.history.names, self.connection.api
        real = {names.real(task) for task in tasks}

        def found() -> list[str]:
            things = self.connection.run(look(api, self.namespace(domain), real))
            return [str(names.incoming(thing)) for thing in things]

        return list(self.history.tape.ask(f"everything in {domain}", found))

    def _borrow(self, names: list[str], each: int) -> None:
        work = Path(self.environment.work)
        borrowed = node_locks.borrowed(work, self.environment.nodes, len(names) * each)
        free = self.ending.enter_context(borrowed)
        self.history.nodes.update(free)
        for index, name in enumerate(names):
            self.nodes[name] = free[index * each : (index + 1) * each]
            self.ending.callback(self._remove, name)

    def _remove(self, domain: str) -> None:
        api = self.connection.api
        self._clear(domain)
        for node in self.nodes[domain]:
            self.connection.run(borrowed_nodes.give_back(api, node))
        self.connection.run(borrowed_nodes.remove_domain(api, self.namespace(domain)))

    def _clear(self, domain: str) -> None:
        """Deletes the pods that the controller has left, because other scenarios need the nodes."""
        self.history.update()
        self.connection.run(_evict(self.connection.api, [pod.real for pod in self._pods(domain)]))
        if self.history.until(lambda: not self._pods(domain) or None, self.timeouts.gone) is None:
            error = remaining(domain, self._pods(domain), self.timeouts.gone)
            if isinstance(error, CheckFailed):
                self.fail(str(error), self.timeouts.gone)
            raise error

    def _pods(self, domain: str) -> list[Version]:
        there = self.history.latest(PODS).values()
        return [version for version in there if namespace_of(version.object) == domain]

    def _wait_until_empty(self, nodes: list[str]) -> None:
        journal = self.connection.journal
        while True:
            count = len(journal.versions)
            busy = _pods_on(journal, nodes)
            if not busy:
                return
            if not journal.wait_beyond(count, self.timeouts.node):
                text = f"node {', '.join(nodes)}: pods of other scenarios stay: {', '.join(busy)}"
                raise ClusterError(text, hint="the checks that have left them say why")


def remaining(domain: str, pods: Sequence[Version], seconds: float) -> Exception:
    """Returns the error of pods that are left although they and their tasks were deleted.

    The controller is at fault if its finalizers keep them, or if it has made them again. A deleted
    pod without finalizers waits for its kubelet.
    """
    of_the_controller = [pod for pod in pods if _is_kept_or_new(pod.object["metadata"])]
    lines = [f"  {pod.key}  {_why_left(pod.object)}" for pod in of_the_controller or pods]
    left = "\n".join([f"pods of {domain}, {seconds:g} s after their deletion:", *lines])
    if of_the_controller:
        return CheckFailed(f"expected: nothing of a deleted task stays (CL-02)\nactual:   {left}")
    return ClusterError(f"pods could not be deleted; {left}", hint="do their nodes still work?")


def _is_kept_or_new(metadata: Obj) -> bool:
    return bool(metadata.get("finalizers")) or "deletionTimestamp" not in metadata


def _why_left(pod: Obj) -> str:
    metadata = pod["metadata"]
    if finalizers := metadata.get("finalizers"):
        return f"is kept by the finalizer {', '.join(finalizers)}"
    if "deletionTimestamp" not in metadata:
        return "exists, and is not being deleted: it was created again"
    return "is being deleted, and its kubelet has not ended it"


async def _evict(api: Api, pods: list[Obj]) -> None:
    """Deletes these pods with their grace period."""
    for pod in pods:
        with suppress(NotFound):
            await api.delete(PODS, name_of(pod), namespace_of(pod))


def _pods_on(journal: Journal, nodes: list[str]) -> list[str]:
    """Returns the keys of the pods of conformance runs on these nodes, ending ones included."""
    there = [v for v in journal.there(PODS) if v.object["spec"].get("nodeName") in nodes]
    return sorted(v.key for v in there if _takes_room(v.object))


def _takes_room(pod: Obj) -> bool:
    requests = [(c.get("resources") or {}).get("requests") or {} for c in pod["spec"]["containers"]]
    return any(SLOT in request for request in requests)


def pods_in(text: str) -> int:
    """Returns the number of pods that a feature writes as `no` or as digits."""
    return 0 if text == "no" else int(text)


def await_as_noted(
    domains: Domains, names: Sequence[str], tasks: Collection[str], expect: Expectations
) -> None:
    """Waits until these domains hold exactly what was noted.

    After the timeout `gone` the check fails with a line for each object that remains or is missing.
    """
    __tracebackhide__ = True
    history, seconds = domains.history, domains.timeouts.gone
    deadline = history.now() + timedelta(seconds=seconds)
    while left := [line for name in names for line in domains.remains(name, tasks)]:
        # What is left may be of a kind without a watch: look after each event and every 0.5 s.
        if history.later(0.5) > deadline:
            expect.fail("\n".join(left), seconds)


def not_noted(domain: str) -> FeatureError:
    """Returns the error for a domain that is compared with what was never noted."""
    hint = f"note it in a step above: Given everything in {domain} is noted"
    return FeatureError(f"nothing in {domain} was noted before", hint=hint)
