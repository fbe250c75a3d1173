"""The domains of a scenario: a namespace each, and borrowed nodes that serve it alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from kuscia_conformance.clusters import borrowed_nodes, node_locks
from kuscia_conformance.clusters.borrowed_nodes import SLOT
from kuscia_conformance.clusters.inventory import inventory
from kuscia_conformance.environment.connection import Connection
from kuscia_conformance.environment.journal import Journal, Version
from kuscia_conformance.environment.model import Environment
from kuscia_conformance.environment.settings import Timeouts
from kuscia_conformance.errors import ClusterError, FeatureError, NotFound
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.objects import PODS, Obj, name_of, namespace_of
from kuscia_conformance.scenario.expectations import Expectations
from kuscia_conformance.scenario.history import History


@dataclass
class Domains:
    """The domains that a scenario was given, and what it does with them."""

    environment: Environment
    connection: Connection
    history: History
    timeouts: Timeouts
    ending: ExitStack
    #: The nodes that each has borrowed.
    nodes: dict[str, list[str]] = field(default_factory=dict)
    #: What each held when it was noted down, see `inventory`.
    noted: dict[str, list[str]] = field(default_factory=dict)

    def add(self, names: list[str], room: int, nodes: int = 1) -> None:
        """Makes these domains, each with nodes of its own that have room for so many pods each.

        All in one step: scenarios that each held a node and waited for another would never end.
        """
        if self.nodes:
            raise FeatureError("the domains of a scenario have to be given in one step")
        api, run = self.connection.api, self.environment.run
        # Before anything is to be cleaned up: what is there under these names is not ours.
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
        """Returns the name that the domain's namespace has in the cluster."""
        return self.history.names.namespace(domain)

    @property
    def all_nodes(self) -> list[str]:
        return [node for nodes in self.nodes.values() for node in nodes]

    def nodes_of(self, domain: str) -> list[str]:
        """Returns its nodes. FeatureError if the scenario was not given this domain."""
        if domain not in self.nodes:
            known = ", ".join(sorted(self.nodes)) or "none"
            raise FeatureError(f"the domain {domain!r} was not given", hint=f"given: {known}")
        return self.nodes[domain]

    def set_room(self, domain: str, *pods: int) -> None:
        """Gives each node of the domain room for so many pods: one number for all, or one each."""
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
        """Remembers what is in the domain, for `remains`."""
        self.noted[domain] = self._inventory(domain, tasks)

    def remains(self, domain: str, tasks: Collection[str]) -> list[str]:
        """Returns what is there now and was not noted, and what was noted and is not there."""
        before, now = set(self.noted[domain]), set(self._inventory(domain, tasks))
        left = [f"left behind  {thing}" for thing in sorted(now - before)]
        return left + [f"missing      {thing}" for thing in sorted(before - now)]

    def leave(self) -> None:
        """Keeps the nodes from other scenarios until the cluster ends."""
        node_locks.keep(Path(self.environment.work), self.all_nodes)

    def _inventory(self, domain: str, tasks: Collection[str]) -> list[str]:
        names, api = self.history.names, self.connection.api
        real = {names.real(task) for task in tasks}
        found = self.connection.run(inventory(api, self.namespace(domain), real))
        return [str(names.incoming(thing)) for thing in found]

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
        """Ends the domain's pods, which the controller should have: others need the nodes."""
        self.history.update()
        self.connection.run(_evict(self.connection.api, [pod.real for pod in self._pods(domain)]))
        if self.history.until(lambda: not self._pods(domain) or None, self.timeouts.gone) is None:
            names = ", ".join(version.key for version in self._pods(domain))
            raise ClusterError(f"pods of {domain} could not be deleted: {names}")

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
                raise ClusterError(
                    f"node {', '.join(nodes)}: pods of others stay: {', '.join(busy)}"
                )


async def _evict(api: Api, pods: list[Obj]) -> None:
    """Deletes pods that are left, with their grace."""
    for pod in pods:
        with suppress(NotFound):
            await api.delete(PODS, name_of(pod), namespace_of(pod))


def _pods_on(journal: Journal, nodes: list[str]) -> list[str]:
    """Returns the pods of conformance runs that are on these nodes, or about to leave them."""
    there = [v for v in journal.there(PODS) if v.object["spec"].get("nodeName") in nodes]
    return sorted(v.key for v in there if _takes_room(v.object))


def _takes_room(pod: Obj) -> bool:
    requests = [(c.get("resources") or {}).get("requests") or {} for c in pod["spec"]["containers"]]
    return any(SLOT in request for request in requests)


def pods_in(text: str) -> int:
    """Returns the number of pods that a feature speaks of: `no` or digits."""
    return 0 if text == "no" else int(text)


def await_as_noted(
    domains: Domains, names: Sequence[str], tasks: Collection[str], expect: Expectations
) -> None:
    """Waits until these domains hold what was noted, and fails with what remains or is missing."""
    __tracebackhide__ = True
    journal, seconds = domains.connection.journal, domains.timeouts.gone
    deadline = journal.now() + timedelta(seconds=seconds)
    while left := [line for name in names for line in domains.remains(name, tasks)]:
        # What remains may be of a kind that is not watched: look again at each event, or soon.
        journal.wait_beyond(len(journal.versions), 0.5)
        if journal.now() > deadline:
            expect.fail("\n".join(left), seconds)
