"""The controller: killed and started (`@needs:faults`), or cut off (`@needs:watch-faults`)."""

from __future__ import annotations

from functools import partial

from pytest_bdd import when

from kuscia_conformance.features import parsers
from kuscia_conformance.scenario.controller import cut_off_watches, resume_watches
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


@when(parsers.re("the watches of the controller are cut off"))
def _(scenario: Scenario) -> None:
    """When the watches of the controller are cut off.

    Every watch ends, and no other can begin. Requests that do not watch are answered as ever.
    """
    scenario.history.act()
    api = scenario.connection.api
    scenario.at_the_end(partial(resume_watches, api))
    scenario.connection.run(cut_off_watches(api))


@when(parsers.re("the watches of the controller are possible again"))
def _(scenario: Scenario) -> None:
    """When the watches of the controller are possible again.

    The API server has forgotten what has happened before: it answers 410 to a watch from an older
    version, so that the controller has to list everything again.
    """
    scenario.history.act()
    scenario.connection.run(resume_watches(scenario.connection.api))
