"""Runs that something breaks, and what has to be true of each of them at its end.

process     its exit code is the expected one, and it shows no traceback of the suite
output      it says the word of the verdict, and announces a report only if there is one
report      it fits its JSON Schema, and has the word and the code of the process
evidence    `kuscia-conformance report` says the same again, from the files alone
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import chdir
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from kuscia_conformance import report
from kuscia_conformance.cli.commands.report import report as report_command
from kuscia_conformance.kube.yaml import read_own

RUN = (sys.executable, "-P", "-m", "kuscia_conformance", "run")
PYTEST = (sys.executable, "-P", "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:pytester")
NOT_CONFORMANT = (1, "not conformant")
AUTHORS_ERROR = (2, "no verdict")
NO_VERDICT = (4, "no verdict")
INCOMPLETE = (3, "incomplete")
PARTIAL = (0, "partial: 1 of 1 checks pass, no certificate")
CONFORMANT = (0, "conformant")

MOMENTS = (Path(__file__).parent / "moments.py").read_text()
[SCHEMA] = read_own(Path(report.__file__).parent / "report.schema.json")
SMALL = """
Feature: Small
  Background:
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob

  @id:small-first @req:RN-01c
  Scenario: The first check
    When the task "psi" is created
    Then the phases of "psi" were Pending, Running

  @id:small-second @req:RN-01c
  Scenario: The second check
    When the task "psi" is created
    Then the phases of "psi" were Pending, Running

  @id:small-last @req:RN-01c
  Scenario: The last check
    When the task "psi" is created
    Then the phases of "psi" were Pending, Running
"""
#: The second of the three checks fails.
WRONG = SMALL.replace(
    "Pending, Running\n\n  @id:small-last", "Running, Pending\n\n  @id:small-last"
)


@dataclass(frozen=True)
class Case:
    """One way to break a run, and how the run has to end."""

    name: str
    #: The exit code and the word of the verdict.
    ends: tuple[int, str]
    #: A part of one of the verdict's reasons.
    reason: str = ""
    #: What breaks the run: the rest of its conftest.py, after `moments.py`.
    conftest: str = ""
    options: tuple[str, ...] = ()
    feature: str = SMALL
    #: Changes the folder before the run starts.
    prepare: Callable[[Path], object] = lambda _: None
    #: Breaks the run from outside, while it runs.
    act: Callable[[subprocess.Popen[str]], object] = lambda _: None
    #: Called in the process of the run before its program starts.
    before: Callable[[], object] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    #: Whether the run can show a text, and whether it can write a report.
    shows: bool = True
    reports: bool = True
    #: The exit code of the process, where it is not that of the verdict.
    exits: int | None = None
    command: tuple[str, ...] = RUN


def named(case: Case) -> str:
    """Returns the name of the case, for pytest's `ids`."""
    return case.name


def ways(cases: Sequence[Case], quick: Collection[str]) -> list[Any]:
    """Returns the cases for `parametrize`; those that are not in `quick` run with `--full` only."""
    marks = {True: (), False: (pytest.mark.only_full,)}
    return [pytest.param(case, id=case.name, marks=marks[case.name in quick]) for case in cases]


def in_check(check: str, code: str) -> str:
    """Returns a conftest.py that executes the code before the first step of the check, once."""
    return f"""
def pytest_bdd_before_step(request):
    if request.node.name == {check!r} and once():
        {code}
"""


def in_hook(signature: str, code: str, decorator: str = "") -> str:
    """Returns a conftest.py with a hook that executes the code."""
    return f"import pytest\n{decorator}\ndef pytest_{signature}:\n    {code}\n"


def broken(case: Case, folder: Path, variables: Mapping[str, str] = {}) -> dict[str, Any]:
    """Executes the case in the folder, checks everything about its end, and returns the report."""
    (folder / "small.feature").write_text(case.feature)
    (folder / "conftest.py").write_text(f"{MOMENTS}\n{case.conftest}")
    case.prepare(folder)
    code, out, err = _executed(case, folder, variables)
    said = f"exit code {code}\n{out}\n{err}"
    assert code == (case.ends[0] if case.exits is None else case.exits), said
    assert case.command == PYTEST or _tracebacks(out + err) == [], said
    if case.shows:
        assert re.search(rf"^{re.escape(case.ends[1])}(?!\w)", out + err, re.MULTILINE), said
    announced = "\nreport: " in f"\n{out}"
    assert announced == (case.reports and case.shows), said
    return judged(case, folder / "out", said) if case.reports else {}


def _executed(case: Case, folder: Path, variables: Mapping[str, str]) -> tuple[int, str, str]:
    options = [option.format(folder=folder) for option in case.options]
    out = ("--out", "out") if case.command == RUN else ("--kuscia-out", "out")
    command = [*case.command, "small.feature", *out, *options]
    # These tests may run in a worker of pytest-xdist. Without the cache of bytecode each run would
    # translate every module again.
    left_out = ("PYTEST_XDIST_", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    environment = {**kept, **variables, **case.environment}
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=case.before,
    ) as run:
        try:
            case.act(run)
            out_text, err_text = run.communicate(timeout=120)
        finally:
            run.kill()
    return run.returncode, out_text, err_text


def _tracebacks(said: str) -> list[str]:
    """Returns the lines of tracebacks; pytest's own about another plugin are left out."""
    lines = [line for line in said.splitlines() if not line.startswith("INTERNALERROR>")]
    return [line for line in lines if "Traceback (most recent call last)" in line]


def judged(case: Case, out: Path, said: str = "") -> dict[str, Any]:
    """Checks that the report has the verdict of the case, and that its evidence gives it again."""
    first = read_report(out)
    assert (first["exitCode"], first["verdict"]) == case.ends, f"{first}\n{said}"
    assert case.reason in "\n".join(first["reasons"]), f"{first['reasons']}\n{said}"
    code, text = reported(out)
    assert code == case.ends[0], text
    assert re.search(rf"^{re.escape(case.ends[1])}(?!\w)", text, re.MULTILINE), text
    assert read_report(out) == first
    return first


def reported(out: Path) -> tuple[int, str]:
    """Returns the exit code and the output of `kuscia-conformance report`."""
    with chdir(out.parent):  # the texts of damaged files name them as the run does
        done = CliRunner().invoke(report_command, [out.name])
    return done.exit_code, done.output


def read_report(out: Path) -> dict[str, Any]:
    """Returns the content of report.yaml, which has to fit its schema."""
    found: dict[str, Any] = yaml.safe_load((out / "report.yaml").read_text())
    Draft202012Validator(SCHEMA).validate(found)
    return found
