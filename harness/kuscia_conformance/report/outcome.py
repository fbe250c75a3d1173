"""The outcome of one check: exactly one of pass, fail, skip and error.

- pass: the controller did what the check expects
- fail: the controller did not, or it left objects that could not be cleaned up
- error: the check could not be carried out (reason `harness` or `prerequisite`), so it says nothing
  about the controller
- skip: the cluster cannot do it (reason `not-applicable`), or the user left it out (`user`)
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

import pytest

from kuscia_conformance.errors import EnvironmentFailure
from kuscia_conformance.features.checks import Check
from kuscia_conformance.features.comparisons import claims_of, compared_by
from kuscia_conformance.features.ownership import PASS, UNDECIDED, decide
from kuscia_conformance.features.reader import Case
from kuscia_conformance.features.step_definitions import StepDefinitions
from kuscia_conformance.scenario.failure import CheckFailed


@dataclass(frozen=True)
class Result:
    """The outcome of one check, with its reason, the text of a failure and the time in seconds."""

    check: Check
    outcome: str
    reason: str = ""
    text: str = ""
    seconds: float = 0
    #: By each claimed requirement: pass, fail or undecided. Empty where the check was skipped.
    requirements: dict[str, str] = field(default_factory=dict)

    def then(self, later: Result) -> Result:
        """Returns one result for two phases of a check, such as call and teardown.

        It has the worse outcome with its reason and text, and the time of both.
        """
        worse = max(self, later, key=lambda result: _WORSE.index(result.outcome))
        both = {**self.requirements, **later.requirements}
        return replace(worse, seconds=self.seconds + later.seconds, requirements=both)


_WORSE = ("pass", "skip", "fail", "error")


def outcome_of(
    check: Check,
    report: pytest.TestReport,
    error: BaseException | None,
    requirements: dict[str, str],
) -> dict[str, Any]:
    """Returns the result of one phase of a check as plain data.

    pytest-xdist sends it from a worker to its parent; `result_from` makes a `Result` of it again.
    """
    outcome, reason = _judge(report, error)
    text = report.longreprtext if outcome in ("fail", "error") else ""
    result = Result(check, outcome, reason, text, report.duration, requirements)
    data = asdict(result)
    data["check"]["needs"] = sorted(check.needs)
    return data


def decided(case: Case, steps: StepDefinitions, error: BaseException | None) -> dict[str, str]:
    """Returns pass, fail or undecided for each requirement that a check claims.

    `error` is what ended the check, None if it passed. Only a CheckFailed blames requirements.
    """
    claims = claims_of(case.check)
    if error is None:
        return dict.fromkeys(claims, PASS)
    lines = [step.line_number for step in case.steps]
    if not isinstance(error, CheckFailed) or error.line not in lines:
        return dict.fromkeys(claims, UNDECIDED)
    compared, failed = compared_by(case, steps), lines.index(error.line)
    return decide(claims, compared, failed, error.subjects or compared[failed])


def result_from(data: dict[str, Any]) -> Result:
    """Returns the result that `outcome_of` has turned into data."""
    check = dict(data["check"])
    check["needs"] = frozenset(check["needs"])
    check["requirements"] = tuple(check["requirements"])
    return Result(**{**data, "check": Check(**check)})


def _judge(report: pytest.TestReport, error: BaseException | None) -> tuple[str, str]:
    if report.passed:
        return "pass", ""
    if report.skipped:
        word, _, why = str(getattr(error, "msg", "")).partition(": ")
        return "skip", word if why else "user"
    if isinstance(error, CheckFailed):
        return "fail", ""
    if report.when == "teardown":
        return "fail", "teardown"
    return "error", "prerequisite" if isinstance(error, EnvironmentFailure) else "harness"
