"""Order and times: what happened before what, and how long after, by the recorded history."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_bdd import then

from kuscia_conformance.features import parsers
from kuscia_conformance.features.comparisons import Sentence, compares
from kuscia_conformance.scenario.observed.moments import (
    EARLY,
    LATE,
    MOMENT,
    Span,
    require_after,
    require_not_before,
    require_order,
    subject_of,
)
from kuscia_conformance.scenario.scenario import Scenario


def _moment(sentence: Sentence) -> Sequence[str]:
    return [subject_of(sentence.values["moment"])]


@then(
    parsers.re(
        rf"(?P<moment>{MOMENT}) (?P<most>at most )?(?P<seconds>\d+(?:\.\d+)?) s"
        rf" after (?P<other_moment>{MOMENT})(?:, or up to (?P<later>\d+) s later)?"
    )
)
@compares(_moment)
def _(
    scenario: Scenario,
    moment: str,
    most: str | None,
    seconds: str,
    other_moment: str,
    later: str | None,
) -> None:
    """Then the pods of "probe" were bound 3 s after the task "psi" became Pending.

    It may come up to 1 s earlier and 2 s later, because times in a status are whole seconds. With
    `at most` it may come as early as the other moment. Write `, or up to 10 s later` where the
    controller may look for work only at intervals.
    """
    __tracebackhide__ = True
    late = float(later) if later else LATE
    span = Span(float(seconds), early=float(seconds) if most else EARLY, late=late)
    require_after(scenario, moment, span, other_moment)


@then(
    parsers.re(rf"no pod of (?P<owner>\"[^\"]+\"|[^\s\"]+) was bound before (?P<moment>{MOMENT})")
)
@compares("bindings")
def _(scenario: Scenario, owner: str, moment: str) -> None:
    """Then no pod of "psi" was bound before the pods of "probe" were bound.

    The moment has to come. It is the witness, so the step takes no table.
    """
    __tracebackhide__ = True
    require_not_before(scenario, owner, moment)


@then(parsers.re(rf"(?P<moment>{MOMENT}) before (?P<other_moment>{MOMENT})"))
@compares(_moment)
def _(scenario: Scenario, moment: str, other_moment: str) -> None:
    """Then the pods of "old" were bound before the pods of "new" were bound."""
    __tracebackhide__ = True
    require_order(scenario, moment, other_moment)
