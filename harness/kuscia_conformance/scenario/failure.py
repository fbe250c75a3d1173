"""The text of a failed check, which should suffice to understand it without a second run.

features/AREA/NAME.feature:23  check   requirements that it covers
  the title of the scenario
  Then the step that failed                                   waited 20 s on the virtual clock
    expected and actual
    what happened, in seconds since the task was created
    controller, last lines
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

from pytest_bdd.parser import Step

from kuscia_conformance.errors import NoEvidence, UsageError
from kuscia_conformance.features.checks import Check, requirements
from kuscia_conformance.scenario.history import History
from kuscia_conformance.scenario.names import Names
from kuscia_conformance.scenario.timeline import SHOWN, floods, timeline

#: How many of the controller's last lines a failure shows.
LOG_LINES = 6


class CheckFailed(AssertionError):
    """The implementation did not do what the check expects; `render_failure` wrote the text.

    `subjects` names what mismatched, as in `features.ownership`. Without any, everything that the
    step compares did. `line` is the line of the step in its feature, 0 outside of steps.
    """

    def __init__(self, text: str, subjects: Sequence[str] = (), line: int = 0) -> None:
        super().__init__(text)
        self.subjects = tuple(subjects)
        self.line = line


class ControllerExited(CheckFailed):
    """The controller has ended on its own during a check. This belongs to no single requirement.

    `end` says how it ended, and has the last lines of its log. The run ends with this check,
    because nothing more can be expected of the controller.
    """

    def __init__(self, text: str, end: str) -> None:
        super().__init__(text)
        self.end = end


def name_place(error: BaseException, feature: Path, step: Step) -> None:
    """Adds the place in the feature, and the step, to an error that its author has caused."""
    if isinstance(error, UsageError | NoEvidence):
        error.add_place(f"{feature}:{step.line_number}", f"{step.keyword.strip()} {step.name}")


def render_failure(
    check: Check,
    step: Step | None,
    body: str,
    waited: float | None,
    history: History,
    said: str,
) -> str:
    """Returns the text of a failure, in the scenario's own names.

    `body` says what was expected and what was found. `waited` is in seconds, None if the step did
    not wait. `said` has the last lines of the controller's log (`controller_said`), and is "" if
    the run has no log. The newest SHOWN lines of the timeline are included.
    """
    parts = [
        f"{_place(check, step)}  {check.id}   {_covers(check)}".rstrip(),
        f"  {check.title}",
        _step_line(step, waited, history.clock),
        _indent(body),
        _indent(_what_happened(history)),
        _indent(said),
    ]
    return "\n".join(part for part in parts if part)


def _place(check: Check, step: Step | None) -> str:
    """Returns file and line of the step, or of the scenario outside of steps."""
    folder = "features/" if check.area else ""
    return f"{folder}{check.feature}:{step.line_number if step else check.line}"


def _covers(check: Check) -> str:
    catalogue = requirements()
    return " · ".join(f"{name} ({catalogue[name].strength})" for name in check.requirements)


def _step_line(step: Step | None, waited: float | None, clock: str) -> str:
    line = f"  {step.keyword.strip()} {step.name}" if step else "  after the last step"
    if waited:
        return f"{line:<76} waited {round(waited, 2):g} s on {clock}"
    return line if step else ""


def in_words(step: Step) -> str:
    """Returns what the step does, on one line: its text, and the rows of its table behind it."""
    rows = step.datatable.raw() if step.datatable else ()
    table = ", ".join(" = ".join(map(str, row)) for row in rows)
    return f"{step.name}: {table}" if table else str(step.name)


def _what_happened(history: History) -> str:
    if not history.versions:
        return "no event was seen"
    lines = timeline(history)
    left_out = len(lines) - SHOWN
    heading = (
        "what happened, in seconds since the task was created "
        f"(events.ndjson has all {len(history.versions)} events)"
    )
    note = [f"… {left_out} earlier lines are in events.ndjson"] if left_out > 0 else []
    told = [*floods(history.versions), *note, *lines[-SHOWN:]]
    return "\n".join([heading, *(f"  {line}" for line in told)])


def controller_said(log: str | None, names: Names) -> str:
    """Returns the last LOG_LINES lines of the controller's log below a heading.

    Returns "" if the run has no log. Prefers lines that concern the scenario.
    """
    if log is None:
        return ""
    try:
        said = Path(log).read_text(encoding="utf-8", errors="replace").splitlines()
        # Scenarios that run at the same time share one log: prefer the lines with our token.
        mine = [line for line in said if names.token and names.token in line] or said
        lines = [str(names.incoming(line)) for line in mine[-LOG_LINES:]] or ["its log is empty"]
    except OSError as error:
        lines = [f"its log cannot be read: {error.strerror}"]
    return "\n".join(["controller, last lines", *(f"  {line}" for line in lines)])


def _indent(text: str) -> str:
    return "\n" + textwrap.indent(text, "    ") if text else ""
