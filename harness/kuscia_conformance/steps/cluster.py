"""The cluster: domains, their nodes, and how many pods the nodes have room for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from pytest_bdd import given, then, when

from kuscia_conformance.clusters.borrowed_nodes import PLENTY, make_partner, serve
from kuscia_conformance.features import parsers
from kuscia_conformance.features.comparisons import Sentence, compares
from kuscia_conformance.features.giving import Domain, Gift, Given, gives
from kuscia_conformance.features.tasks import NAMES, names_in
from kuscia_conformance.kube.objects import NODES
from kuscia_conformance.scenario.capacity import (
    cordon,
    overcommitted,
    remake_node,
)
from kuscia_conformance.scenario.domains import pods_in
from kuscia_conformance.scenario.scenario import Scenario

#: How many nodes a domain can have.
_MOST_NODES = parsers.BOUNDS["count"][1]
ROOM = r"room for (?P<room>no|\d+) pods?"
DOMAINS = rf"the domains? (?P<domains>{NAMES})(?:,?(?: each)? with {ROOM})?"
NODES_HAVE = (
    rf"the nodes of (?P<domains>{NAMES}) have "
    r"room for (?P<rooms>no|\d+(?:(?:, | and )\d+)*) pods?"
)


def _domains(sentence: Sentence, _: Given) -> Iterator[Gift]:
    for name in names_in(sentence.values["domains"]):
        yield Domain(name, parsers.number(sentence.values.get("count") or "1", _MOST_NODES))


@given(parsers.re(DOMAINS))
@gives(_domains)
def _(scenario: Scenario, domains: str, room: str | None) -> None:
    """Given the domains alice and bob, each with room for 1 pod.

    Each domain is a namespace with one node of its own. All domains of a scenario are given in
    one step.
    """
    scenario.domains.add(names_in(domains), pods_in(room) if room else PLENTY)


@given(
    parsers.re(
        rf"the domains? (?P<domains>{NAMES}),?(?: each)? with (?P<count>\d+) nodes that have {ROOM}"
    )
)
@gives(_domains)
def _(scenario: Scenario, domains: str, count: str, room: str) -> None:
    """Given the domains alice and bob, each with 2 nodes that have room for 1 pod.

    Each of the nodes has this room.
    """
    scenario.domains.add(names_in(domains), pods_in(room), int(count))


@given(parsers.re(NODES_HAVE))
@when(parsers.re(NODES_HAVE))
def _(scenario: Scenario, domains: str, rooms: str) -> None:
    """When the nodes of bob have room for 1 pod.

    One number is for all nodes of the domain. Several numbers are for its nodes in turn:
    `for 3 and 1 pods`.
    """
    scenario.history.act()
    for domain in names_in(domains):
        scenario.domains.set_room(domain, *(pods_in(room) for room in names_in(rooms)))


@given(parsers.re(r"the nodes of (?P<domain>\S+) are (?P<un>un)?cordoned"))
@when(parsers.re(r"the nodes of (?P<domain>\S+) are (?P<un>un)?cordoned"))
def _(scenario: Scenario, domain: str, un: str | None) -> None:
    """When the nodes of bob are cordoned.

    Kubernetes calls them unschedulable: no new pod should be bound to them.
    """
    scenario.history.act()
    api = scenario.connection.api
    for node in scenario.domains.nodes_of(domain):
        scenario.connection.run(cordon(api, node, not un))
        if not un:
            scenario.at_the_end(partial(cordon, api, node, False))


@given(parsers.re(r"the nodes of (?P<domain>\S+) serve (?P<other_domain>\S+)"))
@when(parsers.re(r"the nodes of (?P<domain>\S+) serve (?P<other_domain>\S+)"))
def _(scenario: Scenario, domain: str, other_domain: str) -> None:
    """When the nodes of carol serve bob.

    Somebody has changed the label that says which domain a node serves.
    """
    scenario.history.act()
    api, namespace = scenario.connection.api, scenario.names.namespace(other_domain)
    run = scenario.environment.run
    for node in scenario.domains.nodes_of(domain):
        scenario.connection.run(serve(api, node, namespace, run))


@when(parsers.re(r"the nodes of (?P<domain>\S+) are deleted by somebody"))
def _(scenario: Scenario, domain: str) -> None:
    """When the nodes of bob are deleted by somebody.

    The suite creates them again when the scenario ends.
    """
    scenario.history.act()
    api = scenario.connection.api
    for node in scenario.domains.nodes_of(domain):
        scenario.at_the_end(partial(remake_node, api, scenario.history.latest(NODES)[node].real))
        scenario.connection.run(api.delete(NODES, node))


@given(parsers.re(r"the domain (?P<domain>\S+) is another cluster's"))
def _(scenario: Scenario, domain: str) -> None:
    """Given the domain bob is another cluster's.

    Its namespace, by a label, and its Domain say that the domain is a partner's.
    """
    scenario.domains.nodes_of(domain)
    namespace, api = scenario.names.namespace(domain), scenario.connection.api
    scenario.connection.run(make_partner(api, namespace))


@then(parsers.re("no node ever had more than its room"))
@compares("room")
def _(scenario: Scenario) -> None:
    """Then no node ever had more than its room.

    Whenever a pod was bound, the unfinished pods of its node asked for no more than the node had.
    """
    __tracebackhide__ = True
    scenario.history.update()
    if wrong := next(overcommitted(scenario.history.versions), ""):
        scenario.expect.fail(f"expected: no node ever has more than its room\nactual:   {wrong}")
