"""The result of a check, from the phases in which pytest runs it: setup, call and teardown.

What a step raised decides, and not pytest's report of it, which other plugins may change.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from kuscia_conformance.errors import ClusterError, ConformanceError, UsageError
from kuscia_conformance.evidence.results import Result
from kuscia_conformance.features.checks import Check
from kuscia_conformance.scenario.failure import CheckFailed


@dataclass
class Phases:
    """The phases of one check so far; a plugin that runs a check again adds to them."""

    check: Check
    #: How many steps the check has, and how many have run to their end.
    steps: int
    ran: int = 0
    results: list[Result] = field(default_factory=list)

    def add(self, call: pytest.CallInfo[None], text: str) -> Result:
        """Adds a phase, and returns its result. `text` is pytest's text of an error."""
        error = call.excinfo.value if call.excinfo else None
        outcome, reason = outcome_of(error, call.when)
        if outcome == "pass" and call.when == "call" and self.ran < self.steps:
            outcome, reason = "error", "harness"
            text = (
                f"only {self.ran} of {self.steps} steps have run: a plugin interfered with pytest"
            )
        shown = text if outcome in ("fail", "error") else ""
        result = Result(self.check.id, outcome, reason, shown, call.duration)
        self.results.append(result)
        return result

    def amend(self, **fields: Any) -> None:
        """Replaces fields of the last phase's result, such as its text."""
        self.results[-1] = replace(self.results[-1], **fields)

    def whole(self) -> Result:
        """Returns the result of the check, the worst of its phases."""
        found, *others = self.results
        for other in others:
            found = found.then(other)
        outcome = {"pass": "pass", "fail": "fail"}.get(found.outcome, "undecided")
        return replace(found, requirements=dict.fromkeys(self.check.requirements, outcome))


def outcome_of(error: BaseException | None, when: str) -> tuple[str, str]:
    """Returns the outcome of a phase with its reason, as `evidence.results` has them."""
    if error is None:
        return "pass", ""
    if isinstance(error, pytest.skip.Exception | pytest.xfail.Exception):
        word, _, why = str(error.msg).partition(": ")
        return "skip", word if why else "user"
    if isinstance(error, CheckFailed):
        return "fail", ""
    if when == "teardown" and isinstance(error, ClusterError):  # objects remain
        return "fail", "teardown"
    return "error", _cause(error)


def _cause(error: BaseException) -> str:
    if isinstance(error, UsageError):
        return "author"
    return "cluster" if isinstance(error, ConformanceError) else "harness"
