"""Time: wait for some seconds, by the clock of the cluster."""

from __future__ import annotations

from pytest_bdd import when

from kuscia_conformance.features import parsers
from kuscia_conformance.scenario.scenario import Scenario


@when(parsers.re(r"(?P<seconds>\d+(?:\.\d+)?) seconds? pass(?:es)?"))
def _(scenario: Scenario, seconds: str) -> None:
    """When 3 seconds pass.

    The option `--timeout-scale` does not change this time. A virtual clock goes on at once.
    """
    scenario.history.act()
    scenario.history.let_pass(float(seconds))
