"""Waiting and failing: a Then waits until it finds something, or fails the check.

A failed expectation raises CheckFailed. If the API server does not answer at the end of the wait,
another error is raised instead, because the check then says nothing about the implementation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NoReturn, TypeVar

from pytest_bdd.parser import Step

from kuscia_conformance.environment.connection import Connection
from kuscia_conformance.environment.model import Environment
from kuscia_conformance.errors import NotFound
from kuscia_conformance.features.checks import Check
from kuscia_conformance.kube.objects import time_from, version_of
from kuscia_conformance.scenario.blame import (
    REQUEST_LOG,
    Write,
    dropped_statuses,
    known_writes,
    latest_request,
)
from kuscia_conformance.scenario.controller import ControllerUnderTest
from kuscia_conformance.scenario.failure import (
    CheckFailed,
    ControllerExited,
    controller_said,
    render_failure,
)
from kuscia_conformance.scenario.history import History
from kuscia_conformance.scenario.timeline import first_task

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
    #: Whether the controller's end was reported.
    exited: bool = False
    #: Whether the steps are over: what fails then belongs to none of them.
    over: bool = False

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
        try:
            found = self.history.until(look, seconds)
        except ControllerExited:
            self.fail(failed(), self.history.waited)
        if found is not None:
            return found
        # Without an API server nothing could be seen: this raises, and the check ends as an error.
        self.history.tape.ask("whether the API server answers", self._is_there, None)
        self.fail(failed(), seconds, about)

    def _is_there(self) -> None:
        self.connection.run(self.connection.api.raw("/version"))

    def fail(self, body: str, waited: float | None = None, about: About = ()) -> NoReturn:
        """Raises CheckFailed with the text of `failure.render_failure`.

        `body` says what was expected and what was found. `waited` is in seconds. `about` names
        what mismatched. If the controller has ended on its own, raises ControllerExited, and the
        text says so.
        """
        __tracebackhide__ = True
        ask = self.history.tape.ask
        if end := ask("the controller's last words", self.controller.last_words, ""):
            self._exited(end, body, waited)
        said = ask("the controller's last lines", self._controller_said, "")
        if waited and (request := ask("the controller's latest request", self._latest_request, "")):
            body = f"{body}\n\n{request}"
        if dropped := ask("the statuses that were dropped", self._dropped, []):
            body = "\n\n".join([body, *dropped])
        step = None if self.over else self.step
        text = render_failure(self.check, step, body, waited, self.history, said)
        line = step.line_number if step else 0
        raise CheckFailed(text, about() if callable(about) else about, line)

    @contextmanager
    def there(self, what: str) -> Iterator[None]:
        """Fails the check if a request within the context does not find the object (404).

        For objects that the controller has to make, or to leave alone.
        """
        __tracebackhide__ = True
        try:
            yield
        except NotFound as error:
            said = self.history.names.incoming(error.message)
            self.fail(f"expected: {what} is there\nactual:   {said}")

    def require_controller(self) -> None:
        """Raises ControllerExited, once, if the controller has ended on its own."""
        __tracebackhide__ = True
        if not self.exited and (end := self.controller.last_words()):
            self._exited(end)

    def _exited(self, end: str, body: str = "", waited: float | None = None) -> NoReturn:
        __tracebackhide__ = True
        self.exited = True
        first, _, lines = str(self.history.names.incoming(end)).partition("\n")
        when = "during" if self.step else "before"
        parts = [f"{first} {when} this check", lines, f"\n{body}" if body else ""]
        words = "\n".join(part for part in parts if part)
        step = None if self.over else self.step
        text = render_failure(self.check, step, words, waited, self.history, "")
        raise ControllerExited(text, end)

    def _latest_request(self) -> str:
        if REQUEST_LOG not in self.environment.can:
            return ""
        now = self.connection.journal.now()
        found = self.connection.run(latest_request(self.connection.api, now))
        return str(self.history.names.incoming(found))

    def _dropped(self) -> list[str]:
        if REQUEST_LOG not in self.environment.can:
            return []
        names, start = self.history.names, first_task(self.history)
        found = self.connection.run(dropped_statuses(self.connection.api, names.owns))
        return [str(names.incoming(each.text(start))) for each in found]

    def _controller_said(self) -> str:
        """Returns the log's last lines, without the name of the run's folder in paths."""
        said = controller_said(self.environment.controller_log, self.history.names)
        return said.replace(f"{self.environment.work}/", "")

    def writes(self) -> dict[int, Write]:
        """Returns the server's latest writes by version, in the scenario's own names.

        Only writes of versions in the history are included. Returns nothing if the API server
        keeps no log of writes.
        """
        found = self.history.tape.ask("who wrote what", self._logged, [])
        return {number: Write(who, what, time_from(at)) for number, who, what, at in found}

    def _logged(self) -> list[tuple[int, str, str, str]]:
        if REQUEST_LOG not in self.environment.can:
            return []
        ours = {version_of(version.object) for version in self.history.versions}
        found = self.connection.run(known_writes(self.connection.api))
        incoming = self.history.names.incoming
        return [
            (number, write.who, incoming(write.what), write.at.isoformat())
            for number, write in found.items()
            if number in ours
        ]

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
