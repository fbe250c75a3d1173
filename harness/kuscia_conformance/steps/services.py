"""Services: which services exist, and to which pods each of them leads."""

from __future__ import annotations

from typing import Annotated

from pytest_bdd import then

from kuscia_conformance.features import parsers
from kuscia_conformance.features.comparisons import compares
from kuscia_conformance.features.table_forms import Form, Table
from kuscia_conformance.scenario.observed.services import (
    COLUMNS,
    await_services,
)
from kuscia_conformance.scenario.scenario import Scenario

SERVICES = Form(headings=COLUMNS, example="| service | port | leads to |")


@then(parsers.re(r"the services of (?P<domain>[^\s\"]+) are"))
@compares("services")
def _(scenario: Scenario, domain: str, datatable: Annotated[Table, SERVICES]) -> None:
    """Then the services of alice are.

    The table below it has the columns `| service | port | leads to |`, or some of them, and one
    row for each service. The domain must have these services and no others.
    """
    __tracebackhide__ = True
    scenario.domains.nodes_of(domain)
    await_services(scenario, domain, datatable)
