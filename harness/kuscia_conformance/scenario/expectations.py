"""Waiting and failing: a Then waits until it finds something, or fails the check.

A failed expectation raises CheckFailed. If the API server does not answer at the end of the wait,
another error is raised instead, because the check then says nothing about the implementation.
"""

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

#: What mismatched, as in `features.ownership`: the subjects, or a function that finds them in the
#: end. Without any, everything that the step compares.
About = Sequence[str] | Callable[[], Sequence[str]]


@dataclass
class Expectations:
    """Waits and fails on behalf of the steps of one scenario."""

    check: Check
    history: History
    environment: Environment
    connection: Connection
    controller: ControllerUnderTest
    #: The step that runs, for the text of a failure.
    step: Step | None = None

    def until(
        self,
        look: Callable[[], T | None],
        seconds: float,
        failed: Callable[[], str],
        about: About = (),
    ) -> T:
        """Returns the first value other than None that `look` returns within `seconds`.

        Otherwise the check fails with the text that `failed` returns, and with the subjects of
        `about`. `look` is called after each event, and should judge the whole history. Raises
        ApiError if the API server is lost.
        """
        __tracebackhide__ = True
        found = self.history.until(look, seconds)
        if found is not None:
            return found
        # Without an API server nothing could be seen: this raises, and the check ends as an error.
        self.connection.run(self.connection.api.raw("/version"))
        self.fail(failed(), seconds, about)

    def fail(self, body: str, waited: float | None = None, about: About = ()) -> NoReturn:
        """Raises CheckFailed with the text of `failure.render_failure`.

        `body` says what was expected and what was found. `waited` is in seconds. `about` names
        what mismatched. If the controller has ended on its own, the text says so.
        """
        __tracebackhide__ = True
        if words := self.controller.last_words():
            body = f"{body}\n\n{words}"
        log = self.environment.controller_log
        text = render_failure(self.check, self.step, body, waited, self.history, log)
        line = self.step.line_number if self.step else 0
        raise CheckFailed(text, about() if callable(about) else about, line)

    def writes(self) -> dict[int, Write]:
        """Returns the server's latest writes by version, in the scenario's own names.

        Returns nothing if the API server keeps no log of writes.
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
        """Waits until `passed` has as many phases as are listed, then compares them in order.

        `phases` is a list such as `Pending, Running`. The check fails if phases are missing or
        differ.
        """
        __tracebackhide__ = True
        wanted = phases.split(", ")

        def text() -> str:
            return f"expected: the phases {phases}\nactual:   {', '.join(passed()) or 'none'}"

        self.until(lambda: len(passed()) >= len(wanted) or None, seconds, text)
        if list(passed()) != wanted:
            self.fail(text())
