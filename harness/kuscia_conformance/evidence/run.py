"""The evidence of a whole run, read from its results folder, and the verdict on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Self, TypeVar

from kuscia_conformance.errors import NotRecorded, UsageError
from kuscia_conformance.evidence import ending, plan
from kuscia_conformance.evidence.breaches import is_rule
from kuscia_conformance.evidence.ending import KILLED, Ending, Failure, read_ending
from kuscia_conformance.evidence.events import EVENTS, read_events
from kuscia_conformance.evidence.files import CHECKS, folder_of
from kuscia_conformance.evidence.plan import Plan, read_plan
from kuscia_conformance.evidence.record import read_record
from kuscia_conformance.evidence.results import Result, by_check, read_result
from kuscia_conformance.evidence.verdict import Verdict, judge
from kuscia_conformance.features.checks import Check

T = TypeVar("T")

RUN_AGAIN = "what the run has found there is lost; run again"


@dataclass(frozen=True)
class Evidence:
    """The plan of a run, its results by the ids of the checks, and how it ended."""

    plan: Plan | None
    results: Mapping[str, Result]
    ending: Ending

    @classmethod
    def read(cls, out: Path) -> Self:
        """Returns the evidence in a results folder.

        A damaged file is a failure of the run: what it says is not known. Raises UsageError if the
        folder is not that of a run.
        """
        if not any((out / name).exists() for name in (plan.FILE, CHECKS, ending.FILE)):
            hint = "name the folder that a run has written (its option --out)"
            raise UsageError(f"{out}: there is no evidence of a run", hint=hint)
        failures: list[Failure] = []
        ended = _tried(partial(read_ending, out), failures) or KILLED
        return cls.of(out, replace(ended, failures=(*ended.failures, *failures)))

    @classmethod
    def of(cls, out: Path, ending: Ending) -> Self:
        """Returns the evidence in the folder of a run that ended like this; see `read`."""
        failures: list[Failure] = []
        plan = _tried(partial(_plan, out), failures)
        checks = [planned.check for planned in plan.checks] if plan else []
        run = plan.run if plan else ""
        results = by_check(_tried(partial(_result, out, check, run), failures) for check in checks)
        return cls(plan, results, replace(ending, failures=(*ending.failures, *failures)))

    @cached_property
    def verdict(self) -> Verdict:
        return judge(self.plan, self.results, self.ending)


def _plan(out: Path) -> Plan | None:
    """Returns the plan; None if the run ended before its first check.

    Raises UsageError if it is damaged, or missing though there are results.
    """
    found = read_plan(out)
    if found is None and (out / CHECKS).exists():
        raise UsageError(f"{out / plan.FILE} is missing, and {out / CHECKS} has results")
    return found


def _result(out: Path, check: Check, run: str) -> Result | None:
    """Returns the result of a check.

    Raises UsageError if it is another run's, which has written into the same folder, and if the
    steps and events are missing or damaged by which it was decided.
    """
    result, folder = read_result(out, check), folder_of(out, check)
    if result and result.run != run:
        raise UsageError(f"{folder}: this is the result of another run")
    if result and result.outcome in ("pass", "fail") and not is_rule(check):
        _require_record(folder)
    return result


def _require_record(folder: Path) -> None:
    """Raises UsageError if what decided the check is missing, damaged or cut off."""
    try:
        steps, events = read_record(folder).steps, read_events(folder)
    except NotRecorded as error:
        raise UsageError(f"{error.message}; it has decided the check") from error
    seen = max((step.last for step in steps), default=0)
    if len(events) < seen:
        text = f"has {len(events)} events, and the steps that decided the check saw {seen}"
        raise UsageError(f"{folder / EVENTS}: {text}")


def _tried(read: Callable[[], T], failures: list[Failure]) -> T | None:
    """Returns what `read` returns. A damaged file is added to the failures."""
    try:
        return read()
    except UsageError as error:
        failures.append(_damage(str(error)))
        return None


def _damage(text: str) -> Failure:
    return Failure("harness", f"the evidence is damaged: {text}\n  {RUN_AGAIN}")
