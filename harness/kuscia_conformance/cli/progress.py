"""The output of `kuscia-conformance run`: progress during the run, then a table and the verdict.

Each finished scenario gets one line. On a terminal, a further line at the bottom shows which
scenarios run and at which step they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pytest_bdd.parser import Step
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from kuscia_conformance.pytest_plugin.collection import CHECK
from kuscia_conformance.pytest_plugin.session import Run
from kuscia_conformance.report.outcome import Result
from kuscia_conformance.report.verdict import Verdict, judge

STYLES = {"pass": "green", "fail": "red", "error": "magenta", "skip": "yellow"}


class Progress:
    """A pytest plugin that replaces pytest's terminal reporter.

    pytest calls its hooks; `summary` is called when pytest has finished.
    """

    def __init__(self, console: Console, run: Run) -> None:
        self.console, self.run = console, run
        run.say, run.quiet = self.say, self.quiet
        #: The messages about features that pytest could not collect.
        self.refused: list[str] = []
        self.total = 0
        self._running: dict[str, str] = {}
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self._bar = Bar(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._bar.add_task("collecting", total=None)

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self) -> None:
        self._bar.start()

    def say(self, text: str) -> None:
        """Shows what the run does now: in the bottom line of a terminal, or as a line of a log."""
        if self.console.is_terminal:
            self._bar.update(self._task, description=escape(text))
        else:
            self._print(escape(text))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.refused.append(report.longreprtext)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.total = len(session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        self.total = len(ids)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, error: object) -> None:
        if error:
            self.console.print(f"a worker process has ended: {escape(str(error))}")

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._running[nodeid] = ""
        self._show()

    def pytest_bdd_before_step(self, request: pytest.FixtureRequest, step: Step) -> None:
        if CHECK in request.node.stash:
            self._running[request.node.nodeid] = f"{step.keyword.strip()} {step.name}"
            self._show()

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self._running.pop(nodeid, None)
        if nodeid in self.run.results:
            self._finished(self.run.results[nodeid])
        self._show()

    @property
    def _done(self) -> int:
        return len(self.run.results)

    def _show(self) -> None:
        if not self.console.is_terminal:
            return
        names = [_short(nodeid, waits) for nodeid, waits in self._running.items()]
        count = min(self._done + 1, self.total)
        text = f"scenario {count} of {self.total} · " + " · ".join(names)
        width = self.console.width - 16
        self._bar.update(self._task, description=escape(text[:width]))

    def _finished(self, result: Result) -> None:
        style, place = STYLES[result.outcome], f"{self._done:>3} of {self.total}"
        line = f"{place}  [{style}]{result.outcome:<5}[/] {escape(result.check.id)}"
        self._print(f"{line}  {result.seconds:.1f} s {escape(_note(result))}")
        if result.text:
            self._print(f"\n[{style}]{result.outcome.upper()}[/] {escape(result.text)}\n")

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

    def summary(self) -> Verdict:
        """Prints the table of results and the verdict, and returns the verdict."""
        results = list(self.run.results.values())
        self.console.print(_table(results))
        verdict = judge(results, interrupted=self.run.interrupted, partial=self.run.partial)
        style = "green" if verdict.exit_code == 0 else "red"
        self.console.print(f"[{style} bold]{verdict}[/]: {_counts(results)}")
        return verdict


def _short(nodeid: str, waits: str) -> str:
    name = nodeid.rpartition("::")[2]
    return f"{name}: {waits}" if waits else name


def _note(result: Result) -> str:
    return f"({result.reason})" if result.reason else ""


def _table(results: list[Result]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("check", no_wrap=True)
    table.add_column("requirements")
    table.add_column("result", no_wrap=True)
    table.add_column("seconds", justify="right")
    for result in sorted(results, key=lambda result: result.check.id):
        outcome = f"[{STYLES[result.outcome]}]{result.outcome}[/] {_note(result)}"
        names = " ".join(result.check.requirements)
        table.add_row(escape(result.check.id), names, outcome, f"{result.seconds:.1f}")
    return table


def _counts(results: list[Result]) -> str:
    outcomes = [result.outcome for result in results]
    words = [f"{outcomes.count(word)} {word}" for word in STYLES if word in outcomes]
    return ", ".join(words) or "nothing ran"
