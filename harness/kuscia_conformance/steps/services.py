"""Services: which services exist, and to which pods each of them leads."""

from __future__ import annotations

from typing import Annotated

from pytest_bdd import then

from kuscia_conformance.features import parsers
from kuscia_conformance.features.comparisons import compares
from kuscia_conformance.features.table_forms import Form, Table
from kuscia_conformance.features.tasks import names_in
from kuscia_conformance.scenario.observed.pods import WHO, whom
from kuscia_conformance.scenario.observed.services import (
    COLUMNS,
    await_own_services,
    await_services,
)
from kuscia_conformance.scenario.scenario import Scenario

OWN = rf"each of {WHO} has services of its own for the ports? (?P<ports>\d+(?:(?:, | and )\d+)*)"
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


@then(parsers.re(OWN))
@compares("services")
def _(scenario: Scenario, pods: str, ports: str) -> None:
    """Then each of the pods of "psi" has services of its own for the ports 8080 and 8081.

    Waits until each existing pod has one service for each of these ports, which leads to that pod
    alone. The names of the services are free.
    """
    __tracebackhide__ = True
    await_own_services(scenario, whom(pods), [int(each) for each in names_in(ports)])
