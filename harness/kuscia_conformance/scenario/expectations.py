"""What a Then does: it waits until something is found, or fails with all that a reader needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn, TypeVar

from pytest_bdd.parser import Step

from kuscia_conformance.environment.connection import Connection
from kuscia_conformance.environment.model import Environment
from kuscia_conformance.features.checks import Check
from kuscia_conformance.scenario.blame import REQUEST_LOG, Write, known_writes
from kuscia_conformance.scenario.controller import ControllerUnderTest
from kuscia_conformance.scenario.failure import CheckFailed, render_failure
from kuscia_conformance.scenario.history import History

T = TypeVar("T")


@dataclass
class Expectations:
    """The waiting and the failing of one scenario."""

    check: Check
    history: History
    environment: Environment
    connection: Connection
    controller: ControllerUnderTest
    #: The step that runs, for the text of a failure.
    step: Step | None = None

    def until(self, look: Callable[[], T | None], seconds: float, failed: Callable[[], str]) -> T:
        """Returns what `look` finds in that time; else the check fails with the text of `failed`.

        `look` is called again at each event, and is to judge the whole history.
        """
        __tracebackhide__ = True
        found = self.history.until(look, seconds)
        if found is not None:
            return found
        # Without an API server nothing could be seen. Then this raises, and the check is an error.
        self.connection.run(self.connection.api.raw("/version"))
        self.fail(failed(), seconds)

    def fail(self, body: str, waited: float | None = None) -> NoReturn:
        """Raises CheckFailed; `body` says what was expected and what was there instead."""
        __tracebackhide__ = True
        if words := self.controller.last_words():
            body = f"{body}\n\n{words}"
        log = self.environment.controller_log
        raise CheckFailed(render_failure(self.check, self.step, body, waited, self.history, log))

    def writes(self) -> dict[int, Write]:
        """Returns who has written what, by version, in the scenario's own names.

        Empty where the API server keeps no log of requests.
        """
        if REQUEST_LOG not in self.environment.can:
            return {}
        found = self.connection.run(known_writes(self.connection.api))
        return {
            version: replace(write, what=str(self.history.names.incoming(write.what)))
            for version, write in found.items()
        }

    def until_passed(
        self, passed: Callable[[], Sequence[str]], phases: str, seconds: float
    ) -> None:
        """Waits until as many phases were passed as are listed, and fails if they are others."""
        __tracebackhide__ = True
        wanted = phases.split(", ")

        def text() -> str:
            return f"expected: the phases {phases}\nactual:   {', '.join(passed()) or 'none'}"

        self.until(lambda: len(passed()) >= len(wanted) or None, seconds, text)
        if list(passed()) != wanted:
            self.fail(text())
