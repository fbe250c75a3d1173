"""Cleaning: the objects that a task leaves behind, compared with those from before the task."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_bdd import given, then, when

from kuscia_conformance.features import parsers
from kuscia_conformance.features.comparisons import Sentence, compares
from kuscia_conformance.features.giving import Gift, Given, Noted, gives
from kuscia_conformance.features.tasks import NAMES, names_in
from kuscia_conformance.scenario.domains import await_as_noted, not_noted
from kuscia_conformance.scenario.scenario import Scenario

AS_NOTED = rf"(?P<domains>{NAMES}) holds? what was noted, nothing else"


def _noted(sentence: Sentence, _: Given) -> Iterator[Gift]:
    yield from map(Noted, names_in(sentence.values["domains"]))


def _after_noting(sentence: Sentence, given: Given) -> Iterator[Gift]:
    for domain in names_in(sentence.values["domains"]):
        if domain not in given.noted:
            raise not_noted(domain)
    yield from ()


@given(parsers.re(rf"everything in (?P<domains>{NAMES}) is noted"))
@gives(_noted)
def _(scenario: Scenario, domains: str) -> None:
    """Given everything in alice and bob is noted.

    Remembers which objects the domains hold, for the step below.
    """
    for domain in names_in(domains):
        scenario.domains.note(domain, scenario.applied.tasks)


@when(parsers.re(AS_NOTED))
@then(parsers.re(AS_NOTED))
@compares("inventory")
@gives(_after_noting)
def _(scenario: Scenario, domains: str) -> None:
    """Then alice and bob hold what was noted, nothing else.

    Waits until no object is left behind and no noted object is missing.
    """
    __tracebackhide__ = True
    await_as_noted(scenario.domains, names_in(domains), scenario.applied.tasks, scenario.expect)
