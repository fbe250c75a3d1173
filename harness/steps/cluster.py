"""Given: domains, and the room that their nodes have."""

from __future__ import annotations

from pytest_bdd import given, parsers, when

from harness.domains import PLENTY
from harness.scenario import Scenario
from harness.tasks import NAMES, names_in

ROOM = r"room for (?P<room>no|\d+) pods?"
DOMAINS = rf"the domains? (?P<domains>{NAMES})(?:,?(?: each)? with {ROOM})?"


@given(
    parsers.re(DOMAINS),
    converters={"room": lambda text: pods_in(text)},
)
def _(scenario: Scenario, domains: str, room: int | None) -> None:
    """Given the domains alice and bob, each with room for 1 pod."""
    scenario.add_domains(names_in(domains), PLENTY if room is None else room)


@given(parsers.re(rf"the nodes of (?P<domain>\S+) have {ROOM}"))
@when(parsers.re(rf"the nodes of (?P<domain>\S+) have {ROOM}"))
def _(scenario: Scenario, domain: str, room: str) -> None:
    """When the nodes of bob have room for 1 pod."""
    scenario.act()
    scenario.set_room(domain, pods_in(room) or 0)


def pods_in(text: str | None) -> int | None:
    return None if text is None else 0 if text == "no" else int(text)
