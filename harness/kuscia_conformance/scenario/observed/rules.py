"""Rules for a task's status that every change has to keep.

A rule is a function of two successive statuses and checks if the second may follow the first.
RULES has them by the words of the feature.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from kuscia_conformance.errors import FeatureError

Status = dict[str, Any]


PHASES = ("", "Pending", "Running", "Succeeded", "Failed")


FINAL = ("Succeeded", "Failed")


def _stays(field: str) -> Callable[[Status, Status], bool]:
    return lambda before, after: not before.get(field) or before[field] == after.get(field)


def _phase_goes_forward(before: Status, after: Status) -> bool:
    one, other = before.get("phase") or "", after.get("phase") or ""
    if one in FINAL or other not in PHASES:
        return one == other
    return PHASES.index(one) <= PHASES.index(other)


def _update_is_noted(before: Status, after: Status) -> bool:
    """Checks that the time does not go back; within one second it stays, as times have no more."""
    return str(before.get("lastReconcileTime", "")) <= str(after.get("lastReconcileTime", ""))


def _completion_is_last(_: Status, after: Status) -> bool:
    return not after.get("completionTime") or after.get("phase") in FINAL


def _entries_stay(field: str) -> Callable[[Status, Status], bool]:
    return lambda before, after: (before.get(field) or {}).keys() <= (after.get(field) or {}).keys()


#: The rules by the words of the feature. Each takes the status before and after a change.
RULES: Mapping[str, Callable[[Status, Status], bool]] = {
    "phase goes forward": _phase_goes_forward,
    "startTime stays": _stays("startTime"),
    "completionTime stays": _stays("completionTime"),
    "completionTime comes with the final phase": _completion_is_last,
    "lastReconcileTime never decreases": _update_is_noted,
    "entries of pods stay": _entries_stay("podStatuses"),
    "entries of services stay": _entries_stay("serviceStatuses"),
}


def breaches(rule: str, statuses: Sequence[Status]) -> list[str]:
    """Returns a line for each change that broke the rule, with the statuses before and after it.

    Raises FeatureError for an unknown rule.
    """
    if rule not in RULES:
        raise FeatureError(f"there is no rule {rule!r}", hint=f"valid: {'; '.join(RULES)}")
    pairs = [pair for pair in pairwise(statuses) if not RULES[rule](*pair)]
    return [f"{rule}: broken from {_brief(one)} to {_brief(other)}" for one, other in pairs]


def _brief(status: Status) -> str:
    fields = ("phase", "startTime", "completionTime", "lastReconcileTime")
    shown = [f"{field} {status[field]}" for field in fields if status.get(field)]
    return ", ".join(shown) or "no status"
