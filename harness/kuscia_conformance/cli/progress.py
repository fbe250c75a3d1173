"""The progress of `kuscia-conformance run`: one line for each finished scenario.

On a terminal, a further line at the bottom shows which scenarios run and at which step they are.
Progress is a view of the results that the processes write: if showing it fails, the run goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar

import pytest
from pytest_bdd.parser import Step
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

from kuscia_conformance.cli.summary import blame, note
from kuscia_conformance.environment.signals import first_signal
from kuscia_conformance.evidence.plan import PlannedCheck
from kuscia_conformance.evidence.results import Result, read_result
from kuscia_conformance.pytest_plugin.collection import CHECK
from kuscia_conformance.pytest_plugin.session import Run
from kuscia_conformance.report.words import STYLES, word_of

F = TypeVar("F", bound=Callable[..., Any])


def _harmless(hook: F) -> F:
    """Returns the hook with its errors noted instead of raised, as they would end the run."""

    @wraps(hook)
    def guarded(self: Progress, *arguments: Any, **named: Any) -> Any:
        try:
            return hook(self, *arguments, **named)
        except Exception as error:  # noqa: BLE001 - whatever fails here is only about the display
            self.failed = self.failed or f"the progress could not be shown: {error!r}"

    return guarded  # type: ignore[return-value]


class Progress:
    """A pytest plugin that replaces pytest's terminal reporter.

    pytest calls its hooks; `summary` is called when pytest has finished.
    """

    def __init__(self, console: Console, run: Run) -> None:
        self.console, self.run = console, run
        run.say, run.quiet, run.tell = self.say, self.quiet, self.judged
        #: Why the progress could not be shown; "" if it was.
        self.failed = ""
        self._done = 0
        self._running: dict[str, str] = {}
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            TimeElapsedColumn(),
        )
        #: Whether there is a bottom line; it moves, which NO_COLOR does not want either.
        self._live = console.is_terminal and console.color_system is not None
        self._bar = Bar(*columns, console=console, transient=True, disable=not self._live)
        self._task = self._bar.add_task("collecting", total=None)

    @pytest.hookimpl(trylast=True)
    @_harmless
    def pytest_configure(self) -> None:
        self._bar.start()

    def judged(self, planned: PlannedCheck, result: Result) -> None:
        """Shows the result of a rule, which is known once all scenarios have run."""
        self._done += 1
        self._finished(planned, result)

    def say(self, text: str) -> None:
        """Shows what the run does now: in the bottom line of a terminal, or as a line of a log."""
        if self._live:
            self._bar.update(self._task, description=text)
        else:
            self._print(escape(text))

    @pytest.hookimpl(optionalhook=True)
    @_harmless
    def pytest_testnodedown(self, error: object) -> None:
        if error:
            self.console.print(f"a worker process has ended: {escape(str(error))}")

    @_harmless
    def pytest_keyboard_interrupt(self) -> None:
        if name := first_signal():
            self._print(f"interrupted by {name}, stopping; what the run has made is being undone")

    @_harmless
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._running[nodeid] = ""
        self._show()

    @_harmless
    def pytest_bdd_before_step(self, request: pytest.FixtureRequest, step: Step) -> None:
        if CHECK in request.node.stash:
            self._running[request.node.nodeid] = f"{step.keyword.strip()} {step.name}"
            self._show()

    @_harmless
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        planned = self.run.planned.get(report.nodeid.rpartition("::")[2])
        if report.when == "teardown" and planned:
            self._running.pop(report.nodeid, None)
            self._done += 1
            self._finished(planned, read_result(self.run.settings.out, planned.check))
            self._show()

    @property
    def total(self) -> int:
        return len(self.run.plan.checks) if self.run.plan else 0

    def _show(self) -> None:
        if not self._live:
            return
        names = [_short(nodeid, waits) for nodeid, waits in self._running.items()]
        count = min(self._done + 1, self.total)
        text = f"scenario {count} of {self.total} · " + " · ".join(names)
        width = self.console.width - 16
        self._bar.update(self._task, description=text[:width])

    def _finished(self, planned: PlannedCheck, result: Result | None) -> None:
        word, place = word_of(planned, result), f"{self._done:>3} of {self.total}"
        line = f"{place}  [{STYLES[word]}]{word:<5}[/] {escape(planned.check.id)}"
        seconds = f"  {result.seconds:.1f} s" if result else ""
        self._print(f"{line}{seconds} {escape(note(planned, result))}")
        if result and result.text:
            self._print(f"\n[{STYLES[word]}]{word.upper()}[/] {escape(result.text)}\n")
            if result.requirements:
                self._print(f"    {escape(blame(result))}\n")

    def _print(self, text: str) -> None:
        """Prints long lines without breaking them, because broken tables are hard to read."""
        self.console.print(text.rstrip(" "), soft_wrap=True)

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Hides the bottom line while the caller writes to the terminal itself."""
        self._bar.stop()
        yield
        self._bar.start()

    def close(self) -> None:
        self._bar.stop()


def _short(nodeid: str, waits: str) -> str:
    name = nodeid.rpartition("::")[2]
    return f"{name}: {waits}" if waits else name
