"""The end of the output of `run` and `report`: the table of results and the verdict."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import indent

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from kuscia_conformance.evidence.plan import PlannedCheck
from kuscia_conformance.evidence.results import Result
from kuscia_conformance.evidence.run import Evidence
from kuscia_conformance.features.checks import requirements
from kuscia_conformance.report.folder import REPORT
from kuscia_conformance.report.words import STYLES, counts, word_of

#: The parenthesis in the row of an error or a fail, by its reason: whose fault it is.
FAULTS = {
    "author": "a mistake in the feature or a document",
    "harness": "the harness failed",
    "cluster": "the cluster failed",
    "teardown": "objects remained",
    "exited": "the controller exited",
}
#: The largest number of rows for checks that were not run. Of an interrupted run there are many.
MOST_NOT_RUN = 10
#: The width of the output, in characters, where it does not go to a terminal.
WIDTH_OF_A_LOG = 120
NO_COLOR = bool(os.environ.get("NO_COLOR"))


def console() -> Console:
    """Returns a console for standard output; a log gets a fixed width and no colours.

    With NO_COLOR a terminal gets no escape sequences for colours or bold text either. A path such
    as `a:x:b` stays as it is: rich would turn its middle into an emoji.
    """
    made = Console(highlight=False, emoji=False, color_system=None if NO_COLOR else "auto")
    if not made.is_terminal:
        made.width = WIDTH_OF_A_LOG
    return made


def show(console: Console, evidence: Evidence) -> None:
    """Prints the table of results, the verdict with its reasons, and the numbers of checks."""
    checks = evidence.plan.checks if evidence.plan else ()
    if checks:
        console.print(_table(evidence))
    verdict = evidence.verdict
    style = "green" if verdict.exit_code == 0 else "red"
    found = ", ".join(f"{n} {word}" for word, n in counts(checks, evidence.results).items())
    line = f"[{style} bold]{verdict.word}[/]: {found or 'no check ran'}"
    console.print(line, soft_wrap=True)
    texts = (failure.text.partition("\n") for failure in evidence.ending.failures)
    hints = {first: hint for first, _, hint in texts}
    for reason in verdict.reasons:
        console.print(f"  {escape(reason)}", soft_wrap=True)
        if hints.get(reason):
            console.print(indent(escape(hints[reason]), "  "), soft_wrap=True)


def conclude(console: Console, out: Path, evidence: Evidence, errors: Mapping[str, str]) -> None:
    """Prints the results, the errors, and where the report is.

    `errors` has texts by the name of the file that could not be written, or by any other word.
    """
    show(console, evidence)
    for text in filter(None, errors.values()):
        click.echo(f"error: {text}", err=True)
    if REPORT not in errors:
        console.print(f"report: {escape(str(out / REPORT))}", soft_wrap=True)


def _table(evidence: Evidence) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("check", no_wrap=True)
    table.add_column("requirements")
    table.add_column("result", no_wrap=True)
    table.add_column("seconds", justify="right")
    checks = evidence.plan.checks if evidence.plan else ()
    shown = _without_many_not_run(checks, evidence.results)
    for planned in sorted(shown, key=lambda planned: planned.check.id):
        _add_row(table, planned, evidence.results.get(planned.check.id))
    if left := len(checks) - len(shown):
        table.add_row(f"and {left} more", "", f"[{STYLES['not run']}]not run[/]", "")
    return table


def _without_many_not_run(
    checks: Sequence[PlannedCheck], results: Mapping[str, Result]
) -> list[PlannedCheck]:
    """Returns the checks to show: all, unless those that were not run would hide the rest."""
    ran = [each for each in checks if word_of(each, results.get(each.check.id)) != "not run"]
    return ran if len(checks) - len(ran) > MOST_NOT_RUN else [*checks]


def _add_row(table: Table, planned: PlannedCheck, result: Result | None) -> None:
    word, names = word_of(planned, result), " ".join(planned.check.requirements)
    seconds = f"{result.seconds:.1f}" if result else ""
    shown = f"[{STYLES[word]}]{word}[/] {escape(note(planned, result))}"
    table.add_row(escape(planned.check.id), escape(names), shown, seconds)


def note(planned: PlannedCheck, result: Result | None) -> str:
    """Returns the reason for a result in parentheses, or "" without one."""
    reason = planned.unmet or (result.reason if result else "")
    return f"({FAULTS.get(reason, reason)})" if reason else ""


def blame(result: Result) -> str:
    """Returns what a failed check says of each requirement that it claims.

    Below it are the texts of those that it fails, so that a failure is clear without another page.
    """
    words = ("fail", "undecided", "pass")
    names = {word: [n for n, w in result.requirements.items() if w == word] for word in words}
    line = "; ".join(f"{word}: {', '.join(names[word])}" for word in words if names[word])
    return "\n".join([line, *map(_promise, names["fail"])])


def _promise(name: str) -> str:
    known = requirements().get(name)
    return f"      {name}: {known.text}" if known else f"      {name}"
