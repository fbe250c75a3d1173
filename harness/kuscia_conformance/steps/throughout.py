"""Throughout: rules that every status of a task has to keep, from each version to the next."""

from __future__ import annotations

from pytest_bdd import parsers, then

from kuscia_conformance.scenario.observed.rules import (
    breaches,
)
from kuscia_conformance.scenario.observed.statuses import (
    lifetime,
    status_of,
)
from kuscia_conformance.scenario.scenario import Scenario


@then(parsers.re(r'throughout, of "(?P<name>[^"]+)"'))
def _(scenario: Scenario, name: str, datatable: list[list[str]]) -> None:
    """Then throughout, of "psi": a row each `| startTime stays |`; see RULES for all of them."""
    __tracebackhide__ = True
    scenario.history.update()
    statuses = [status_of(version) for version in lifetime(scenario, name)]
    if len(statuses) < 2:
        scenario.expect.fail("expected: a status that changes\nactual:   it never had another")
    broken = [text for [rule] in datatable for text in breaches(rule, statuses)]
    if broken:
        scenario.expect.fail("\n".join(broken))
