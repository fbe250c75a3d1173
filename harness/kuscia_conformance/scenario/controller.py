"""The controller under test: one scenario may kill it and start it again."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from kuscia_conformance.environment.controllers import control
from kuscia_conformance.environment.model import Environment
from kuscia_conformance.errors import ControllerError


@dataclass
class ControllerUnderTest:
    """Kills and starts the controller; it runs again at the latest when the scenario ends."""

    environment: Environment
    ending: ExitStack
    killed: bool = False

    def kill(self) -> None:
        """Sends SIGKILL to the controller, as a crash would end it."""
        self.ending.callback(self.start)
        self.killed = True
        self.environment.ask(control.KILL)

    def start(self) -> None:
        """Starts the controller unless it runs, and returns once it is ready."""
        self.environment.ask(control.START)
        self.killed = False

    def last_words(self) -> str:
        """Returns the error text of a controller that has ended on its own.

        Returns "" if the controller runs, or if this scenario has killed it. Logs are named without
        their folder, because failures are published.
        """
        try:
            self.environment.ask(control.LOOK)
        except ControllerError as error:
            log = self.environment.controller_log
            words = str(error).replace(f"{Path(log).parent}/", "") if log else str(error)
            return "" if self.killed else words
        return ""
