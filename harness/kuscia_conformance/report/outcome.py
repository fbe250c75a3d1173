"""What a pytest report says about a check: pass, fail, skip or error, never mixed.

- fail: the implementation did not do what the check wants, or left what cannot be cleaned up
- error: the check could not be made (harness, prerequisite): no verdict on anybody
- skip: not-applicable on this cluster, or left out by the user
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import pytest

from kuscia_conformance.errors import EnvironmentFailure
from kuscia_conformance.features.checks import Check
from kuscia_conformance.scenario.failure import CheckFailed


@dataclass(frozen=True)
class Result:
    """The outcome of one check."""

    check: Check
    outcome: str
    reason: str = ""
    text: str = ""
    seconds: float = 0

    def then(self, later: Result) -> Result:
        """Both phases of one check as one: the worse outcome, the first text, the time of both."""
        worse = max(self, later, key=lambda result: _WORSE.index(result.outcome))
        return replace(worse, seconds=self.seconds + later.seconds)


_WORSE = ("pass", "skip", "fail", "error")


def outcome_of(
    check: Check, report: pytest.TestReport, error: BaseException | None
) -> dict[str, Any]:
    """The result as plain data, which xdist carries from a worker to its parent."""
    outcome, reason = _judge(report, error)
    text = report.longreprtext if outcome in ("fail", "error") else ""
    result = Result(check, outcome, reason, text, report.duration)
    data = asdict(result)
    data["check"]["needs"] = sorted(check.needs)
    return data


def result_from(data: dict[str, Any]) -> Result:
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
