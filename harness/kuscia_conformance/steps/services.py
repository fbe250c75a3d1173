"""Services: which there are, and to which pods each leads."""

from __future__ import annotations

from pytest_bdd import parsers, then

from kuscia_conformance.scenario.observed.services import (
    await_services,
)
from kuscia_conformance.scenario.scenario import Scenario


@then(parsers.re(r"the services of (?P<domain>[^\s\"]+) are"))
def _(scenario: Scenario, domain: str, datatable: list[list[str]]) -> None:
    """Then the services of alice are: `| service | port | leads to |`, a row each; port is free."""
    __tracebackhide__ = True
    scenario.domains.nodes_of(domain)
    await_services(scenario, domain, datatable)
