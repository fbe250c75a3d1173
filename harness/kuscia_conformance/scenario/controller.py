"""The controller under test, as one scenario may kill it and start it again."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass

from kuscia_conformance.environment.controllers import control
from kuscia_conformance.environment.model import Environment
from kuscia_conformance.errors import ControllerError


@dataclass
class ControllerUnderTest:
    """It runs again at the latest when the scenario ends, however that ends."""

    environment: Environment
    ending: ExitStack
    killed: bool = False

    def kill(self) -> None:
        """Kills it as a crash would."""
        self.ending.callback(self.start)
        self.killed = True
        self.environment.ask(control.KILL)

    def start(self) -> None:
        """Starts it, if it does not run, and returns once it is ready."""
        self.environment.ask(control.START)
        self.killed = False

    def last_words(self) -> str:
        """Returns what is known of a controller that has ended by itself, or "" if it runs."""
        try:
            self.environment.ask(control.LOOK)
        except ControllerError as error:
            return "" if self.killed else str(error)
        return ""
