"""The cluster: domains, their nodes, and the room that these have."""

from __future__ import annotations

from functools import partial

from pytest_bdd import given, parsers, then, when

from kuscia_conformance.clusters.borrowed_nodes import PLENTY, serve
from kuscia_conformance.features.tasks import NAMES, names_in
from kuscia_conformance.kube.kuscia import ROLE_LABEL
from kuscia_conformance.kube.objects import NAMESPACES, NODES
from kuscia_conformance.scenario.capacity import (
    cordon,
    overcommitted,
    remake_node,
)
from kuscia_conformance.scenario.domains import pods_in
from kuscia_conformance.scenario.observed.pods import (
    await_state,
    make_plain_pods,
)
from kuscia_conformance.scenario.scenario import Scenario

ROOM = r"room for (?P<room>no|\d+) pods?"
DOMAINS = rf"the domains? (?P<domains>{NAMES})(?:,?(?: each)? with {ROOM})?"
NODES_HAVE = (
    rf"the nodes of (?P<domains>{NAMES}) have "
    r"room for (?P<rooms>no|\d+(?:(?:, | and )\d+)*) pods?"
)

#: A pod past every scheduler, on each node of a domain.
PLAIN_POD = (
    r'the plain pod "(?P<name>[^"]+)" takes (?:room for 1 pod|all but (?P<cpu>\S+) of the cpu)'
    r" of each node of (?P<domain>[^\s,]+)(?:, and (?P<seconds>\d+) s to end)?"
)


@given(parsers.re(DOMAINS))
def _(scenario: Scenario, domains: str, room: str | None) -> None:
    """Given the domains alice and bob, each with room for 1 pod."""
    scenario.domains.add(names_in(domains), pods_in(room) if room else PLENTY)


@given(
    parsers.re(
        rf"the domains? (?P<domains>{NAMES}),?(?: each)? with (?P<nodes>\d+) nodes that have {ROOM}"
    )
)
def _(scenario: Scenario, domains: str, nodes: str, room: str) -> None:
    """Given the domains alice and bob, each with 2 nodes that have room for 1 pod: each of them."""
    scenario.domains.add(names_in(domains), pods_in(room), int(nodes))


@given(parsers.re(NODES_HAVE))
@when(parsers.re(NODES_HAVE))
def _(scenario: Scenario, domains: str, rooms: str) -> None:
    """When the nodes of bob have room for 1 pod; `for 3 and 1 pods`: the first, the second."""
    scenario.history.act()
    for domain in names_in(domains):
        scenario.domains.set_room(domain, *(pods_in(room) for room in names_in(rooms)))


@given(parsers.re(r"the nodes of (?P<domain>\S+) are (?P<un>un)?cordoned"))
@when(parsers.re(r"the nodes of (?P<domain>\S+) are (?P<un>un)?cordoned"))
def _(scenario: Scenario, domain: str, un: str | None) -> None:
    """When the nodes of bob are cordoned: nothing new is to be bound to them."""
    scenario.history.act()
    api = scenario.connection.api
    for node in scenario.domains.nodes_of(domain):
        scenario.connection.run(cordon(api, node, not un))
        if not un:
            scenario.at_the_end(partial(cordon, api, node, False))


@given(parsers.re(r"the nodes of (?P<domain>\S+) serve (?P<other>\S+)"))
@when(parsers.re(r"the nodes of (?P<domain>\S+) serve (?P<other>\S+)"))
def _(scenario: Scenario, domain: str, other: str) -> None:
    """When the nodes of carol serve bob: somebody has changed their label."""
    scenario.history.act()
    api, namespace = scenario.connection.api, scenario.names.namespace(other)
    run = scenario.environment.run
    for node in scenario.domains.nodes_of(domain):
        scenario.connection.run(serve(api, node, namespace, run))


@when(parsers.re(r"the nodes of (?P<domain>\S+) are deleted by somebody"))
def _(scenario: Scenario, domain: str) -> None:
    """When the nodes of bob are deleted by somebody; they are back when the scenario is over."""
    scenario.history.act()
    api = scenario.connection.api
    for node in scenario.domains.nodes_of(domain):
        scenario.at_the_end(partial(remake_node, api, scenario.history.latest(NODES)[node].real))
        scenario.connection.run(api.delete(NODES, node))


@given(parsers.re(PLAIN_POD))
@when(parsers.re(PLAIN_POD))
def _(scenario: Scenario, name: str, cpu: str | None, domain: str, seconds: str | None) -> None:
    """Given the plain pod "filler" takes room for 1 pod of each node of bob[, and 4 s to end]."""
    __tracebackhide__ = True
    scenario.history.act()
    make_plain_pods(scenario, domain, name, seconds, cpu)
    await_state(scenario, f"{domain}/{name}", "run")


@given(parsers.re(r"the domain (?P<domain>\S+) is another cluster's"))
def _(scenario: Scenario, domain: str) -> None:
    """Given the domain bob is another cluster's: its namespace says that it is a partner's."""
    scenario.domains.nodes_of(domain)
    namespace, api = scenario.names.namespace(domain), scenario.connection.api
    patch = {"metadata": {"labels": {ROLE_LABEL: "partner"}}}
    scenario.connection.run(api.patch(NAMESPACES, namespace, None, patch))


@then("no node ever had more than its room")
def _(scenario: Scenario) -> None:
    """Then no node ever had more than its room: what is bound and has not ended never asks more."""
    __tracebackhide__ = True
    if wrong := next(overcommitted(scenario.history.versions), ""):
        scenario.expect.fail(f"expected: no node ever has more than its room\nactual:   {wrong}")
