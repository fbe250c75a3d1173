"""One scenario while it runs: the parts of which its steps ask what they need."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from kuscia_conformance.environment.connection import Connection
from kuscia_conformance.environment.model import Environment
from kuscia_conformance.environment.settings import Timeouts
from kuscia_conformance.features.fixture_files import FixtureFiles
from kuscia_conformance.scenario.applied import Applied
from kuscia_conformance.scenario.controller import ControllerUnderTest
from kuscia_conformance.scenario.domains import Domains
from kuscia_conformance.scenario.expectations import Expectations
from kuscia_conformance.scenario.history import History
from kuscia_conformance.scenario.names import Names


@dataclass
class Scenario:
    """What the steps of one scenario share."""

    files: FixtureFiles
    names: Names
    timeouts: Timeouts
    environment: Environment
    connection: Connection
    history: History
    expect: Expectations
    domains: Domains
    applied: Applied
    controller: ControllerUnderTest
    #: Undoes, when the scenario ends, what it has done: the latest first.
    ending: ExitStack
    #: Whether status documents that are missing or do not match are to be written; which were.
    updating: bool = False
    wrote: list[str] = field(default_factory=list)
    #: Whether what it has made is to stay.
    keep: bool = False

    def at_the_end(self, coroutine: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        """Has something undone when the scenario is over, before what was done earlier."""
        self.ending.callback(lambda: self.connection.run(coroutine()))

    def leave(self) -> None:
        """Cleans nothing up, and keeps the nodes from other scenarios until the cluster ends."""
        if self.controller.killed:
            self.controller.start()
        self.domains.leave()
        self.ending.pop_all()
