"""Cleaning: what a task leaves behind, compared with what was there before it."""

from __future__ import annotations

from datetime import timedelta

from pytest_bdd import given, parsers, then

from harness.domains import inventory
from harness.scenario import Scenario
from harness.tasks import NAMES, names_in


@given(parsers.re(rf"everything in (?P<domains>{NAMES}) is noted"))
def _(scenario: Scenario, domains: str) -> None:
    """Given everything in alice and bob is noted."""
    for domain in names_in(domains):
        scenario.noted[domain] = look_around(scenario, domain)


@then(parsers.re(rf"(?P<domains>{NAMES}) holds? what was noted, nothing else"))
def _(scenario: Scenario, domains: str) -> None:
    """Then alice and bob hold what was noted, nothing else."""
    __tracebackhide__ = True
    journal, patience = scenario.connection.journal, timedelta(seconds=scenario.timeouts.gone)
    deadline = journal.now() + patience
    while left := remains(scenario, names_in(domains)):
        # What remains may be of a kind that is not watched: look again at each event, or soon.
        journal.wait_beyond(len(journal.versions), 0.5)
        if journal.now() > deadline:
            scenario.fail("\n".join(left), scenario.timeouts.gone)


def remains(scenario: Scenario, domains: list[str]) -> list[str]:
    """What is there and was not, and what was there and is not."""
    differences = []
    for domain in domains:
        before, now = set(scenario.noted[domain]), set(look_around(scenario, domain))
        differences += [f"left behind  {thing}" for thing in sorted(now - before)]
        differences += [f"missing      {thing}" for thing in sorted(before - now)]
    return differences


def look_around(scenario: Scenario, domain: str) -> list[str]:
    tasks = {scenario.names.real(task) for task in scenario.tasks}
    api, namespace = scenario.connection.api, scenario.names.namespace(domain)
    found = scenario.connection.run(inventory(api, namespace, tasks))
    return [str(scenario.names.incoming(thing)) for thing in found]
