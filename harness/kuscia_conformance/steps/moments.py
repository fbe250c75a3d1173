"""Moments: when things happened, one after the other, by the recorded history."""

from __future__ import annotations

from pytest_bdd import parsers, then

from kuscia_conformance.scenario.observed.moments import (
    MOMENT,
    require_after,
    require_not_before,
    require_order,
)
from kuscia_conformance.scenario.scenario import Scenario


@then(
    parsers.re(
        rf"(?P<event>{MOMENT}) (?P<most>at most )?(?P<seconds>\d+(?:\.\d+)?) s"
        rf" after (?P<other>{MOMENT})"
    )
)
def _(scenario: Scenario, event: str, most: str | None, seconds: str, other: str) -> None:
    """Then the pods of "probe" were bound 3 s after the task "psi" was created; within -1, +2 s."""
    __tracebackhide__ = True
    require_after(scenario, event, float(seconds), other, at_most=bool(most))


@then(parsers.re(rf"no pod of (?P<who>\"[^\"]+\"|[^\s\"]+) was bound before (?P<event>{MOMENT})"))
def _(scenario: Scenario, who: str, event: str) -> None:
    """Then no pod of "psi" was bound before the pods of "probe" were bound: that is the witness."""
    __tracebackhide__ = True
    require_not_before(scenario, who, event)


@then(parsers.re(rf"(?P<event>{MOMENT}) before (?P<other>{MOMENT})"))
def _(scenario: Scenario, event: str, other: str) -> None:
    """Then the pods of "old" were bound before the pods of "new" were bound."""
    __tracebackhide__ = True
    require_order(scenario, event, other)
