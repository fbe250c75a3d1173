"""The controller under test: one scenario may kill it and start it again, or cut its watches."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from kuscia_conformance.environment.controllers import control
from kuscia_conformance.environment.model import Environment
from kuscia_conformance.kube.client import Api
from kuscia_conformance.scenario.blame import OURS

#: The paths of the embedded cluster's server that cut off watches, and let them begin again.
_CUT_OFF, _RESUME = "/debug/watches/cut-off", "/debug/watches/resume"


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
        """Returns how the controller has ended on its own, with the last lines of its log.

        Returns "" if it runs, or if this scenario has killed it. Logs are named without their
        folder, because failures are published.
        """
        words, log = self.environment.ask(control.LOOK), self.environment.controller_log
        return words.replace(f"{Path(log).parent}/", "") if log else words


async def cut_off_watches(api: Api) -> None:
    """Ends every watch but the suite's own; no other can begin until `resume_watches`."""
    await api.order(_CUT_OFF, spare=OURS)


async def resume_watches(api: Api) -> None:
    """Lets watches begin again; those from an older version are answered with 410."""
    await api.order(_RESUME)
