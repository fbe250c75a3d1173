"""Tests the end of the output: rows, words and colours."""

import io
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from rich.console import Console

from kuscia_conformance.cli import summary
from kuscia_conformance.cli.progress import Progress
from kuscia_conformance.cli.summary import MOST_NOT_RUN, conclude, show
from kuscia_conformance.evidence.ending import Failure
from kuscia_conformance.evidence.run import Evidence
from tests.evidence.given import ENDED, plan, planned, results


def shown(checks, outcomes):
    text = io.StringIO()
    output = Console(file=text, width=120, highlight=False)
    show(output, Evidence(plan(*checks), outcomes, ENDED))
    return text.getvalue()


def test_many_checks_that_were_not_run_have_one_row():
    checks = [planned(f"c{n:03}") for n in range(1, 400)]
    text = shown(checks, results(c001="pass", c399="fail"))
    rows = [" ".join(line.split()) for line in text.splitlines()]
    assert rows[1:4] == ["c001 RN-01c pass 0.0", "c399 RN-01c fail 0.0", "and 397 more not run"]
    assert "397 of 399 checks were not run" in text


def test_a_few_checks_that_were_not_run_have_rows_of_their_own():
    checks = [planned(f"c{n:02}") for n in range(MOST_NOT_RUN + 1)]
    text = shown(checks, results(c00="pass"))
    assert text.count("not run") == MOST_NOT_RUN + 2  # the verdict and its reason have two more


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("error author", "error (a mistake in the feature or a document)"),
        ("error harness", "error (the harness failed)"),
        ("error cluster", "error (the cluster failed)"),
        ("fail teardown", "fail (objects remained)"),
        ("fail exited", "fail (the controller exited)"),
    ],
)
def test_a_row_says_whose_fault_an_error_is(outcome, said):
    assert said in shown([planned()], results(c=outcome))


def test_with_no_color_a_terminal_gets_no_escape_sequences(monkeypatch):
    monkeypatch.setattr(summary, "NO_COLOR", True)
    output = summary.console()
    output._force_terminal, output.file = True, io.StringIO()
    assert output.is_terminal
    output.print("[bold green]conformant[/]")
    assert output.file.getvalue() == "conformant\n"


def test_with_no_color_nothing_moves_and_what_is_said_are_lines(monkeypatch):
    monkeypatch.setattr(summary, "NO_COLOR", True)
    output = summary.console()
    output._force_terminal, output.file = True, io.StringIO()
    run: Any = SimpleNamespace(plan=None)
    progress = Progress(output, run)
    progress.pytest_configure()
    progress.say("starting")
    progress.close()
    assert output.file.getvalue() == "starting\n"


#: Text that rich would change: emoji between colons, markup in brackets.
LIKE_MARKUP = "a:x:b [red]c[/] [d]:boom:"


def wide_console():
    made = summary.console()
    made.file, made.width = io.StringIO(), 400
    return made


def test_a_path_with_colons_and_brackets_is_shown_as_it_is():
    output = wide_console()
    conclude(output, Path(LIKE_MARKUP), Evidence(plan(planned()), results(c="pass"), ENDED), {})
    assert f"report: {LIKE_MARKUP}/report.yaml\n" in output.file.getvalue()


def test_a_reason_with_colons_and_brackets_is_shown_as_it_is():
    output = wide_console()
    ending = replace(ENDED, failures=(Failure("author", f"{LIKE_MARKUP}\n  {LIKE_MARKUP}"),))
    show(output, Evidence(plan(planned()), results(c="pass"), ending))
    assert output.file.getvalue().count(LIKE_MARKUP) == 2


def test_what_a_run_says_is_a_line_as_it_is():
    output, run = wide_console(), SimpleNamespace(plan=None)
    Progress(output, cast(Any, run)).say(LIKE_MARKUP)
    assert output.file.getvalue() == f"{LIKE_MARKUP}\n"


def test_what_a_run_says_is_in_the_bottom_line_as_it_is(monkeypatch):
    monkeypatch.setattr(summary, "NO_COLOR", False)
    output, run = wide_console(), SimpleNamespace(plan=None)
    progress = Progress(output, cast(Any, run))
    progress._live = True
    progress.say(LIKE_MARKUP)
    cell = progress._bar.make_tasks_table(progress._bar.tasks).columns[1]
    assert [str(each) for each in cell.cells] == [LIKE_MARKUP]
