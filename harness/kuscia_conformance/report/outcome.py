"""The result of a check, from the phases in which pytest runs it: setup, call and teardown.

What a step raised decides, and not pytest's report of it, which other plugins may change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from kuscia_conformance.errors import cause_of
from kuscia_conformance.evidence.results import Result
from kuscia_conformance.features.comparisons import claims_of, compared_by
from kuscia_conformance.features.ownership import FAIL, UNDECIDED, decide, owning
from kuscia_conformance.features.reader import Case
from kuscia_conformance.features.step_definitions import StepDefinitions
from kuscia_conformance.scenario.failure import CheckFailed, ControllerExited


@dataclass
class Phases:
    """The phases of one check so far; a plugin that runs a check again adds to them."""

    case: Case
    steps: StepDefinitions
    #: How many steps have run to their end.
    ran: int = 0
    results: list[Result] = field(default_factory=list)

    def add(self, call: pytest.CallInfo[None], text: str) -> Result:
        """Adds a phase, and returns its result. `text` is pytest's text of an error."""
        error = call.excinfo.value if call.excinfo else None
        outcome, reason = outcome_of(error, call.when)
        shown = text if outcome in ("fail", "error") else ""
        found = self._decided(outcome, error, call.when)
        result = Result(self.case.check.id, outcome, reason, shown, call.duration, found)
        self.results.append(result)
        return result

    def _decided(self, outcome: str, error: BaseException | None, when: str) -> Mapping[str, str]:
        """Returns what the phase says of each requirement.

        A teardown can only fail those that own what a deleted task leaves behind.
        """
        if when == "teardown":
            return remaining(self.case) if remains(error) else {}
        if outcome == "skip" or (outcome == "pass" and when == "setup"):
            return {}
        return decided(self.case, self.steps, error)

    def amend(self, **fields: Any) -> None:
        """Replaces fields of the last phase's result, such as its text."""
        self.results[-1] = replace(self.results[-1], **fields)

    def whole(self) -> Result:
        """Returns the result of the check, the worst of its phases.

        A check passes only if every step has run to its end, whatever pytest says.
        """
        found, *others = self.results
        for other in others:
            found = found.then(other)
        if found.outcome == "pass" and self.ran < len(self.case.steps):
            return self._interfered(found)
        return found

    def _interfered(self, found: Result) -> Result:
        steps = f"only {self.ran} of {len(self.case.steps)} steps have run"
        text = f"{steps}: an option or a plugin of pytest interfered"
        nothing = dict.fromkeys(self.case.check.requirements, UNDECIDED)
        return replace(found, outcome="error", reason="harness", text=text, requirements=nothing)


def decided(case: Case, steps: StepDefinitions, error: BaseException | None) -> dict[str, str]:
    """Returns pass, fail or undecided for each requirement that a check claims.

    `error` is what ended the check, None if it passed. Only a CheckFailed blames requirements.
    """
    claims, compared = claims_of(case.check), compared_by(case, steps)
    if error is None:
        return decide(claims, compared)
    lines = [step.line_number for step in case.steps]
    if not isinstance(error, CheckFailed) or error.line not in lines:
        return dict.fromkeys(claims, UNDECIDED)
    failed = lines.index(error.line)
    return decide(claims, compared, failed, error.subjects or compared[failed])


def remains(error: BaseException | None) -> bool:
    """Checks whether what ended a teardown is that objects remain."""
    return isinstance(error, CheckFailed) and not isinstance(error, ControllerExited)


def remaining(case: Case) -> dict[str, str]:
    """Returns a fail for each requirement of the check that owns what a task leaves behind."""
    return dict.fromkeys(owning(["inventory"], claims_of(case.check)), FAIL)


def outcome_of(error: BaseException | None, when: str) -> tuple[str, str]:
    """Returns the outcome of a phase with its reason, as `evidence.results` has them."""
    if error is None:
        return "pass", ""
    if isinstance(error, pytest.skip.Exception | pytest.xfail.Exception):
        word, _, why = str(error.msg).partition(": ")
        return "skip", word if why else "user"
    if isinstance(error, ControllerExited):
        return "fail", "exited"
    if isinstance(error, CheckFailed):  # in a teardown: the controller keeps objects
        return "fail", "teardown" if when == "teardown" else ""
    return "error", cause_of(error)
