"""The text of a failed check: enough to be understood without a second run."""

from __future__ import annotations

import textwrap
from pathlib import Path

from pytest_bdd.parser import Step

from kuscia_conformance.features.checks import Check, requirements
from kuscia_conformance.scenario.history import History
from kuscia_conformance.scenario.names import Names
from kuscia_conformance.scenario.timeline import SHOWN, timeline

#: How many of the controller's last lines a failure shows.
LOG_LINES = 6


class CheckFailed(AssertionError):
    """The implementation did not do what the check wants; the text says all."""


def render_failure(
    check: Check,
    step: Step | None,
    body: str,
    waited: float | None,
    history: History,
    log: str | None,
) -> str:
    """Heading, step, what was found, what happened, what the controller said."""
    parts = [
        f"{check.feature}::{check.id}   {_covers(check)}",
        _step_line(step, waited),
        _indent(body),
        _indent(_what_happened(history)),
        _indent(_controller_said(log, history.names)) if log else "",
    ]
    return "\n".join(part for part in parts if part)


def _covers(check: Check) -> str:
    catalogue = requirements()
    return " · ".join(f"{name} ({catalogue[name].strength})" for name in check.requirements)


def _step_line(step: Step | None, waited: float | None) -> str:
    if step is None:
        return ""
    line = f"  {step.keyword.strip()} {step.name}"
    return f"{line:<76} waited {waited:g} s" if waited else line


def _what_happened(history: History) -> str:
    lines = timeline(history)
    left_out = len(lines) - SHOWN
    heading = (
        f"what happened, in seconds since the task was created ({len(history.versions)} events)"
    )
    note = [f"  … {left_out} earlier lines are in events.ndjson"] if left_out > 0 else []
    return "\n".join([heading, *note, *(f"  {line}" for line in lines[-SHOWN:])])


def _controller_said(log: str, names: Names) -> str:
    try:
        said = Path(log).read_text(errors="replace").splitlines()
        # Scenarios that run side by side write into one log: those of this one, if it has any.
        mine = [line for line in said if names.token and names.token in line] or said
        lines = [str(names.incoming(line)) for line in mine[-LOG_LINES:]]
    except OSError as error:
        lines = [f"its log cannot be read: {error}"]
    return "\n".join(["controller, last lines", *(f"  {line}" for line in lines)])


def _indent(text: str) -> str:
    return "\n" + textwrap.indent(text, "    ") if text else ""
