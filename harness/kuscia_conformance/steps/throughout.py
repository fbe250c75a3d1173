"""Throughout: rules that every change of a task's status has to keep."""

from __future__ import annotations

from typing import Annotated

from pytest_bdd import then

from kuscia_conformance.features import parsers
from kuscia_conformance.features.comparisons import compares
from kuscia_conformance.features.table_forms import Form, Table
from kuscia_conformance.scenario.observed.rules import RULES, breaches
from kuscia_conformance.scenario.observed.statuses import (
    lifetime,
    status_of,
)
from kuscia_conformance.scenario.scenario import Scenario

#: One rule in each row.
RULE = Form(cells=1, first=tuple(RULES), example="| startTime stays |")


@then(parsers.re(r'throughout, of "(?P<task>[^"]+)"'))
@compares(lambda sentence: [f"rules[{rule}]" for [rule] in sentence.table])
def _(scenario: Scenario, task: str, datatable: Annotated[Table, RULE]) -> None:
    """Then throughout, of "psi".

    Each row of the table below it is one rule, as in `| startTime stays |`. The table
    "Rules of throughout" has all rules. Each version of the status is compared with the next one.
    """
    __tracebackhide__ = True
    statuses = [status_of(version) for version in lifetime(scenario, task)]
    if len(statuses) < 2:
        scenario.expect.fail(
            "expected: a status that changes\nactual:   the status never changed, so no rule "
            "could be checked"
        )
    broken = {rule: breaches(rule, statuses) for [rule] in datatable}
    if wrong := [f"rules[{rule}]" for rule, texts in broken.items() if texts]:
        text = "\n".join(text for texts in broken.values() for text in texts)
        scenario.expect.fail(text, about=wrong)
