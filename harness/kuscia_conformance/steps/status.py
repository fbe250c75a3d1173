"""The status of a task: whole documents, the order of phases and conditions, kubectl's table."""

from __future__ import annotations

from typing import Annotated

from pytest_bdd import given, then, when

from kuscia_conformance.features import parsers
from kuscia_conformance.features.comparisons import compares, document_of
from kuscia_conformance.features.table_forms import Form, Table
from kuscia_conformance.features.tasks import numbered
from kuscia_conformance.scenario.observed.statuses import (
    DOCUMENT,
    TASK,
    await_status,
    became_true,
    phases_of,
    require_started_later,
    wrong_cells,
)
from kuscia_conformance.scenario.scenario import Scenario

DOCUMENTS = (
    r'the statuses of "(?P<first>[^"]+)" to "(?P<last>[^"]+)" match "(?P<file>[^"]+)"'
    r"(?: within (?P<limit>\d+) s)?"
)

#: The two lines that `kubectl get` prints.
GET = Form(rows=2, example="| NAME | PHASE | / | psi | Running |")


@given(parsers.re(DOCUMENT))
@when(parsers.re(DOCUMENT))
@then(parsers.re(DOCUMENT))
@compares(document_of("status"))
def _(scenario: Scenario, task: str, file: str, limit: str | None) -> None:
    """Then the status of "psi" matches "running.status.yaml".

    Waits until a version of the status matches the document.
    """
    __tracebackhide__ = True
    await_status(scenario, task, file, limit)


@given(parsers.re(DOCUMENTS))
@when(parsers.re(DOCUMENTS))
@then(parsers.re(DOCUMENTS))
@compares(document_of("status"))
def _(scenario: Scenario, first: str, last: str, file: str, limit: str | None) -> None:
    """Then the statuses of "t-1" to "t-10" match "succeeded.status.yaml".

    The status of each of these tasks is compared with the same document.
    """
    __tracebackhide__ = True
    for name in numbered(first, last):
        await_status(scenario, name, file, limit)


@then(parsers.re(rf"the phases of {TASK} were (?P<phases>.+)"))
@compares("phases")
def _(scenario: Scenario, task: str, phases: str) -> None:
    """Then the phases of "psi" were Pending, Running, Succeeded.

    The task went through exactly these phases, in this order.
    """
    __tracebackhide__ = True
    scenario.expect.until_passed(
        lambda: phases_of(scenario, task), phases, scenario.timeouts.status
    )


@then(parsers.re(rf"the conditions of {TASK} became True in the order (?P<conditions>.+)"))
@compares("conditions")
def _(scenario: Scenario, task: str, conditions: str) -> None:
    """Then the conditions of "psi" became True in the order ResourceCreated, Running, Success.

    Other conditions are ignored.
    """
    __tracebackhide__ = True
    found = became_true(scenario, task, conditions.split(", "))
    if found != conditions.split(", "):
        scenario.expect.fail(
            f"expected: True in the order {conditions}\nactual:   {', '.join(found) or 'none'}"
        )


@then(parsers.re(rf"the startTime of {TASK} is at least (?P<seconds>\d+) s after its creation"))
@compares("status.startTime")
def _(scenario: Scenario, task: str, seconds: str) -> None:
    """Then the startTime of "psi" is at least 3 s after its creation.

    Both times are those that the task itself has. They are whole seconds, so that 1 s less is
    enough.
    """
    __tracebackhide__ = True
    require_started_later(scenario, task, int(seconds))


@then(parsers.re(rf"kubectl shows {TASK} as"))
@compares("kubectl")
def _(scenario: Scenario, task: str, datatable: Annotated[Table, GET]) -> None:
    """Then kubectl shows "psi" as.

    The table below it has two rows, as `kubectl get` prints them: the headings, and the cells.
    The word `age` in a cell stands for the time since the moment in that field of the status.
    """
    __tracebackhide__ = True
    headings, cells = datatable
    if wrong := wrong_cells(scenario, task, headings, cells):
        scenario.expect.fail("\n".join(wrong))
