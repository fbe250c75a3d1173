"""The controller itself: killed as in a crash, and started again. Needs `@needs:faults`."""

from __future__ import annotations

from pytest_bdd import when

from kuscia_conformance.scenario.scenario import Scenario


@when("the controller is killed")
def _(scenario: Scenario) -> None:
    """When the controller is killed, at once, as in a crash."""
    scenario.history.act()
    scenario.controller.kill()


@when("the controller is started")
def _(scenario: Scenario) -> None:
    """When the controller is started; it is ready then."""
    scenario.history.act()
    scenario.controller.start()
