"""The controller: killed as in a crash, and started again. Needs `@needs:faults`."""

from __future__ import annotations

from pytest_bdd import when

from kuscia_conformance.features import parsers
from kuscia_conformance.scenario.scenario import Scenario


@when(parsers.re("the controller is killed"))
def _(scenario: Scenario) -> None:
    """When the controller is killed.

    The controller gets no time to finish, as in a crash.
    """
    scenario.history.act()
    scenario.controller.kill()


@when(parsers.re("the controller is started"))
def _(scenario: Scenario) -> None:
    """When the controller is started.

    The next step begins when the controller is ready.
    """
    scenario.history.act()
    scenario.controller.start()
