"""Nodes: whether a pod may go there, what they have, and other people's pods on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from pytest_bdd import given, when

from kuscia_conformance.features import parsers
from kuscia_conformance.features.comparisons import Sentence
from kuscia_conformance.features.giving import Gift, Given, Pod, gives, of_manifests
from kuscia_conformance.kube.kuscia import DOMAIN_LABEL
from kuscia_conformance.kube.objects import NODES
from kuscia_conformance.scenario.node_state import (
    set_allocatable,
    set_label,
    set_ready,
    set_taint,
    taint_of,
)
from kuscia_conformance.scenario.observed.plain_pods import make_plain_pods, make_pods_of_others
from kuscia_conformance.scenario.observed.pods import await_state
from kuscia_conformance.scenario.scenario import Scenario

_NODES = r"the nodes of (?P<domain>\S+)"
READY = rf"{_NODES} have the condition Ready (?P<status>True|False|Unknown)"
TAINT = (
    rf"{_NODES} (?P<have>have|lose) the taint"
    r" (?P<taint>[^\s:]+:(?:NoSchedule|PreferNoSchedule|NoExecute))"
)
LABEL = rf"{_NODES} (?P<have>have|lose) the label (?P<label>[^\s=]+=\S*)"
AMOUNT = rf"{_NODES} have (?P<amount>\d\S*) of (?P<resource>\S+)"

SERVE_NONE = rf"{_NODES} serve no domain"

#: A pod that is bound to its node when it is created, without a scheduler.
PLAIN_POD = (
    r'the plain pod "(?P<pod>[^"]+)" takes'
    r" (?:room for 1 pod|all but (?P<amount>\S+) of the (?P<resource>\S+))"
    r" of each node of (?P<domain>[^\s,]+)(?:, and (?P<seconds>\d+) s to end)?"
)
PODS_OF_OTHERS = r'the pods of "(?P<file>[^"]+\.yaml)" run on the first node of (?P<domain>\S+)'


def _plain_pods(sentence: Sentence, given: Given) -> Iterator[Gift]:
    domain, pod = sentence.values["domain"], sentence.values["pod"]
    nodes = given.domains[domain].nodes if domain in given.domains else 1
    for number in range(nodes):
        yield Pod(f"{domain}/{pod}-{number}" if number else f"{domain}/{pod}")


def _pods_of_others(sentence: Sentence, _: Given) -> Iterable[Gift]:
    return of_manifests(sentence.files.manifests(sentence.values["file"]))


@given(parsers.re(READY))
@when(parsers.re(READY))
def _(scenario: Scenario, domain: str, status: str) -> None:
    """When the nodes of bob have the condition Ready False.

    Unknown says that a node's kubelet is silent. Needs `@needs:simulated-nodes`, because a real
    kubelet writes the condition itself.
    """
    scenario.history.act()
    api, now = scenario.connection.api, scenario.connection.journal.now()
    for node in scenario.domains.nodes_of(domain):
        scenario.connection.run(set_ready(api, node, status, now))
        scenario.at_the_end(partial(_make_ready, scenario, node))


async def _make_ready(scenario: Scenario, node: str) -> None:
    connection = scenario.connection
    await set_ready(connection.api, node, "True", connection.journal.now())


@given(parsers.re(TAINT))
@when(parsers.re(TAINT))
def _(scenario: Scenario, domain: str, have: str, taint: str) -> None:
    """When the nodes of bob have the taint conformance.kuscia.secretflow/closed:NoSchedule.

    Pods of the suite's tasks do not tolerate it.
    """
    scenario.history.act()
    api, known = scenario.connection.api, taint_of(taint)
    for node in scenario.domains.nodes_of(domain):
        scenario.connection.run(set_taint(api, node, known, present=have == "have"))
        scenario.at_the_end(partial(set_taint, api, node, known, present=False))


@given(parsers.re(LABEL))
@when(parsers.re(LABEL))
def _(scenario: Scenario, domain: str, have: str, label: str) -> None:
    """When the nodes of bob have the label conformance.kuscia.secretflow/disk=fast.

    What the AppImage asks of nodes, in its `affinity`, may depend on it.
    """
    scenario.history.act()
    api, (key, _, value) = scenario.connection.api, label.partition("=")
    for node in scenario.domains.nodes_of(domain):
        scenario.connection.run(set_label(api, node, key, value if have == "have" else None))
        scenario.at_the_end(partial(set_label, api, node, key, None))


@given(parsers.re(AMOUNT))
@when(parsers.re(AMOUNT))
def _(scenario: Scenario, domain: str, amount: str, resource: str) -> None:
    """When the nodes of bob have 64Mi of memory.

    Sets what pods may take (`status.allocatable`); a larger capacity stays. Needs
    `@needs:simulated-nodes`, because a real kubelet writes the amount itself.
    """
    scenario.history.act()
    api = scenario.connection.api
    for node in scenario.domains.nodes_of(domain):
        there = scenario.history.latest(NODES)[node].object["status"].get("allocatable") or {}
        scenario.at_the_end(partial(set_allocatable, api, node, resource, there.get(resource)))
        scenario.connection.run(set_allocatable(api, node, resource, amount))


@given(parsers.re(SERVE_NONE))
@when(parsers.re(SERVE_NONE))
def _(scenario: Scenario, domain: str) -> None:
    """When the nodes of bob serve no domain.

    Somebody has removed the label that says which domain a node serves.
    """
    scenario.history.act()
    for node in scenario.domains.nodes_of(domain):
        scenario.connection.run(set_label(scenario.connection.api, node, DOMAIN_LABEL, None))


@given(parsers.re(PLAIN_POD))
@when(parsers.re(PLAIN_POD))
@gives(_plain_pods)
def _(
    scenario: Scenario,
    pod: str,
    amount: str | None,
    resource: str | None,
    domain: str,
    seconds: str | None,
) -> None:
    """Given the plain pod "filler" takes room for 1 pod of each node of bob, and 4 s to end.

    A plain pod belongs to no task. It is bound to its node when it is created, without a
    scheduler. The step waits until the pod runs.
    """
    __tracebackhide__ = True
    scenario.history.act()
    spared = (amount, resource) if amount and resource else None
    make_plain_pods(scenario, domain, pod, seconds, spared)
    await_state(scenario, f"{domain}/{pod}", "run")


@given(parsers.re(PODS_OF_OTHERS))
@when(parsers.re(PODS_OF_OTHERS))
@gives(_pods_of_others)
def _(scenario: Scenario, file: str, domain: str) -> None:
    """Given the pods of "others.yaml" run on the first node of bob.

    They belong to no task, and are bound to the node when they are created. The step waits until
    each of them runs.
    """
    __tracebackhide__ = True
    scenario.history.act()
    for key in make_pods_of_others(scenario, file, domain):
        await_state(scenario, key, "run")
