"""The cluster: domains, their nodes, and the room that these have."""

from __future__ import annotations

from functools import partial

from pytest_bdd import given, parsers, then, when

from harness.domains import PLENTY, serve
from harness.objects import GROUP, NAMESPACES, NODES, PODS, quantity
from harness.room import cordon, free_cpu, overcommitted, plain_pod, remake_node, set_cpu
from harness.scenario import Scenario
from harness.steps.pods import describe, have_all_been
from harness.tasks import NAMES, names_in

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


@given(
    parsers.re(DOMAINS),
    converters={"room": lambda text: pods_in(text)},
)
def _(scenario: Scenario, domains: str, room: int | None) -> None:
    """Given the domains alice and bob, each with room for 1 pod."""
    scenario.add_domains(names_in(domains), PLENTY if room is None else room)


@given(
    parsers.re(
        rf"the domains? (?P<domains>{NAMES}),?(?: each)? with (?P<nodes>\d+) nodes that have {ROOM}"
    )
)
def _(scenario: Scenario, domains: str, nodes: str, room: str) -> None:
    """Given the domains alice and bob, each with 2 nodes that have room for 1 pod: each of them."""
    scenario.add_domains(names_in(domains), pods_in(room) or 0, int(nodes))


@given(parsers.re(NODES_HAVE))
@when(parsers.re(NODES_HAVE))
def _(scenario: Scenario, domains: str, rooms: str) -> None:
    """When the nodes of bob have room for 1 pod; `for 3 and 1 pods`: the first, the second."""
    scenario.act()
    for domain in names_in(domains):
        scenario.set_room(domain, *(pods_in(room) or 0 for room in names_in(rooms)))


@given(parsers.re(r"the nodes of (?P<domain>\S+) are (?P<un>un)?cordoned"))
@when(parsers.re(r"the nodes of (?P<domain>\S+) are (?P<un>un)?cordoned"))
def _(scenario: Scenario, domain: str, un: str | None) -> None:
    """When the nodes of bob are cordoned: nothing new is to be bound to them."""
    scenario.act()
    api, cordoned = scenario.connection.api, not un
    for node in scenario.nodes_of(domain):
        scenario.connection.run(cordon(api, node, cordoned))
        if cordoned:
            scenario.at_the_end(partial(cordon, api, node, False))


@given(parsers.re(r"the nodes of (?P<domain>\S+) serve (?P<other>\S+)"))
@when(parsers.re(r"the nodes of (?P<domain>\S+) serve (?P<other>\S+)"))
def _(scenario: Scenario, domain: str, other: str) -> None:
    """When the nodes of carol serve bob: somebody has changed their label."""
    scenario.act()
    api, namespace = scenario.connection.api, scenario.names.namespace(other)
    run = scenario.environment.run
    for node in scenario.nodes_of(domain):
        scenario.connection.run(serve(api, node, namespace, run))


@when(parsers.re(r"the nodes of (?P<domain>\S+) are deleted by somebody"))
def _(scenario: Scenario, domain: str) -> None:
    """When the nodes of bob are deleted by somebody; they are back when the scenario is over."""
    scenario.act()
    api = scenario.connection.api
    for node in scenario.nodes_of(domain):
        scenario.at_the_end(partial(remake_node, api, scenario.history.latest(NODES)[node].real))
        scenario.connection.run(api.delete(NODES, node))


@given(parsers.re(PLAIN_POD))
@when(parsers.re(PLAIN_POD))
def _(scenario: Scenario, name: str, cpu: str | None, domain: str, seconds: str | None) -> None:
    """Given the plain pod "filler" takes room for 1 pod of each node of bob[, and 4 s to end]."""
    scenario.act()
    for number, node in enumerate(scenario.nodes_of(domain)):
        own = name if number == 0 else f"{name}-{number}"
        namespace = scenario.names.namespace(domain)
        pod = plain_pod(own, namespace, node, seconds)
        if cpu:
            left = scenario.connection.run(free_cpu(scenario.connection.api, node))
            set_cpu(pod, left - quantity(cpu))
        scenario.connection.run(scenario.connection.api.create(PODS, pod))
    scenario.until(
        lambda: have_all_been(scenario, f"{domain}/{name}", "run") or None,
        scenario.timeouts.pods,
        lambda: describe(scenario, f"{domain}/{name}", "run"),
    )


@given(parsers.re(r"the domain (?P<domain>\S+) is another cluster's"))
def _(scenario: Scenario, domain: str) -> None:
    """Given the domain bob is another cluster's: its namespace says that it is a partner's."""
    scenario.nodes_of(domain)
    namespace, api = scenario.names.namespace(domain), scenario.connection.api
    patch = {"metadata": {"labels": {f"{GROUP}/role": "partner"}}}
    scenario.connection.run(api.patch(NAMESPACES, namespace, None, patch))


@then("no node ever had more than its room")
def _(scenario: Scenario) -> None:
    """Then no node ever had more than its room: what is bound and has not ended never asks more."""
    __tracebackhide__ = True
    if wrong := next(overcommitted(scenario.history.versions), ""):
        scenario.fail(f"expected: no node ever has more than its room\nactual:   {wrong}")


def pods_in(text: str | None) -> int | None:
    return None if text is None else 0 if text == "no" else int(text)
