"""The status of a task: whole documents, the order of phases and conditions, and the table."""

from __future__ import annotations

from pytest_bdd import parsers, then

from kuscia_conformance.features.tasks import numbered
from kuscia_conformance.scenario.observed.statuses import (
    DOCUMENT,
    TASK,
    await_status,
    became_true,
    phases_of,
    wrong_cells,
)
from kuscia_conformance.scenario.scenario import Scenario


@then(parsers.re(DOCUMENT))
def _(scenario: Scenario, name: str, file: str, limit: str | None) -> None:
    """Then the status of "psi" matches "running.status.yaml"."""
    __tracebackhide__ = True
    await_status(scenario, name, file, limit)


@then(
    parsers.re(
        r'the statuses of "(?P<first>[^"]+)" to "(?P<last>[^"]+)" match "(?P<file>[^"]+)"'
        r"(?: within (?P<limit>\d+) s)?"
    )
)
def _(scenario: Scenario, first: str, last: str, file: str, limit: str | None) -> None:
    """Then the statuses of "t-1" to "t-10" match "succeeded.status.yaml", each of them."""
    __tracebackhide__ = True
    for name in numbered(first, last):
        await_status(scenario, name, file, limit)


@then(parsers.re(rf"the phases of {TASK} were (?P<phases>.+)"))
def _(scenario: Scenario, name: str, phases: str) -> None:
    """Then the phases of "psi" were Pending, Running, Succeeded."""
    __tracebackhide__ = True
    scenario.expect.until_passed(
        lambda: phases_of(scenario, name), phases, scenario.timeouts.status
    )


@then(parsers.re(rf"the conditions of {TASK} became True in the order (?P<types>.+)"))
def _(scenario: Scenario, name: str, types: str) -> None:
    """Then the conditions of "psi" became True in the order ResourceCreated, Running, Success."""
    __tracebackhide__ = True
    found = became_true(scenario, name, types.split(", "))
    if found != types.split(", "):
        scenario.expect.fail(f"expected: True in the order {types}\nactual:   {', '.join(found)}")


@then(parsers.re(rf"kubectl shows {TASK} as"))
def _(scenario: Scenario, name: str, datatable: list[list[str]]) -> None:
    """Then kubectl shows "psi" as: a row of headings, a row of cells; `age` is a time's age."""
    __tracebackhide__ = True
    headings, cells = datatable
    if wrong := wrong_cells(scenario, name, headings, cells):
        scenario.expect.fail("\n".join(wrong))
