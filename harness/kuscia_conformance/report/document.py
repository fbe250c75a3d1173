"""The content of `report.yaml` (v1alpha1), as plain data; `report.schema.json` is its schema."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kuscia_conformance.evidence.plan import PlannedCheck
from kuscia_conformance.evidence.results import Result
from kuscia_conformance.evidence.run import Evidence
from kuscia_conformance.features.checks import requirements
from kuscia_conformance.kube.objects import time_from
from kuscia_conformance.report.words import counts, word_of

API_VERSION = "conformance.kuscia.secretflow/v1alpha1"


def report_of(evidence: Evidence) -> dict[str, Any]:
    """Returns the report on a run, the checks in the order of the features."""
    plan, verdict = evidence.plan, evidence.verdict
    checks = plan.checks if plan else ()
    return {
        "apiVersion": API_VERSION,
        "kind": "ConformanceReport",
        "verdict": verdict.word,
        "exitCode": verdict.exit_code,
        "reasons": list(verdict.reasons),
        "partial": plan.partial if plan else True,
        "counts": counts(checks, evidence.results),
        "run": _run(plan.facts if plan else {}, evidence.ending.at),
        "failures": [vars(failure) for failure in evidence.ending.failures],
        "requirements": _requirements(checks, evidence.results),
        "checks": [_check(planned, evidence.results.get(planned.check.id)) for planned in checks],
    }


def _run(facts: Mapping[str, Any], ended: str) -> dict[str, Any]:
    """Returns the facts about the run, with its end and its duration in seconds."""
    if not ended or "began" not in facts:
        return {**facts, "ended": ended or None, "seconds": None}
    took = time_from(ended) - time_from(facts["began"])
    return {**facts, "ended": ended, "seconds": max(0, int(took.total_seconds()))}


def _requirements(
    checks: Iterable[PlannedCheck], results: Mapping[str, Result]
) -> dict[str, dict[str, Any]]:
    """Returns what the checks found about each requirement that they claim, by its id.

    A requirement of which no check applies is undecided.
    """
    checks = list(checks)
    found: dict[str, dict[str, str]] = {n: {} for p in checks for n in p.check.requirements}
    for planned in (planned for planned in checks if planned.applies):
        result = results.get(planned.check.id)
        for name in planned.check.requirements:
            outcome = result.requirements.get(name, "undecided") if result else "undecided"
            found[name][planned.check.id] = outcome
    return {name: _requirement(name, found[name]) for name in sorted(found)}


def _requirement(name: str, outcomes: Mapping[str, str]) -> dict[str, Any]:
    known = requirements()[name]
    return {
        "text": known.text,
        "source": known.source,
        "strength": known.strength,
        "outcome": outcome_of(outcomes.values()),
        "checks": dict(outcomes),
    }


def outcome_of(outcomes: Iterable[str]) -> str:
    """Returns what several checks say about one requirement.

    It fails if one of them says so, and passes if all do; otherwise it is undecided.
    """
    found = set(outcomes)
    return "fail" if "fail" in found else "pass" if found == {"pass"} else "undecided"


def _check(planned: PlannedCheck, result: Result | None) -> dict[str, Any]:
    check = planned.check
    entry: dict[str, Any] = {
        "id": check.id,
        "feature": f"{check.feature}:{check.line}",
        "title": check.title,
        "requirements": {},
        "strength": planned.strength,
        "level": check.level,
        "outcome": word_of(planned, result),
        "reason": planned.unmet,
    }
    if result is not None:
        entry |= {
            "requirements": dict(result.requirements),
            "reason": planned.unmet or result.reason,
            "seconds": round(result.seconds, 2),
            "text": result.text,
        }
    return {name: value for name, value in entry.items() if value not in ("", {})}
