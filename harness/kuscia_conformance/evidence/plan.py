"""The plan of a run: every check that it has to decide, written before the first check runs.

A check that is in the plan and has no result was not run, and nothing is conformant then. So the
verdict does not depend on which results happened to arrive.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from kuscia_conformance.errors import UsageError
from kuscia_conformance.evidence.files import read_json, write_json
from kuscia_conformance.evidence.shapes import require_shape, require_time
from kuscia_conformance.features.checks import Check, requirements, strength

FILE = "plan.json"
#: What a planned check may be; "" without requirements.
STRENGTHS = ("", "MUST", "SHOULD", "MAY")


@dataclass(frozen=True)
class PlannedCheck:
    """A check of the plan, and whether it applies in this run."""

    check: Check
    #: MUST, SHOULD or MAY; "" for a check without requirements, which decides as a MUST does.
    strength: str
    #: Why the check does not apply here, such as `needs real-pods`; "" if it applies.
    unmet: str = ""

    @property
    def applies(self) -> bool:
        return not self.unmet

    @property
    def decides(self) -> bool:
        """Whether a failure of this check makes a controller not conformant."""
        return self.strength in ("", "MUST") and self.check.level != "provisional"


@dataclass(frozen=True)
class Plan:
    """All planned checks, in the order of the features, and the facts about the run."""

    checks: tuple[PlannedCheck, ...]
    #: Whether the run leaves out checks of the suite. Then there is no certificate.
    partial: bool
    #: When, where and with which options the run takes place; see `environment.facts`.
    facts: Mapping[str, Any] = field(default_factory=dict)
    #: The name of the run, at random. Its results have the same.
    run: str = ""

    @property
    def applying(self) -> tuple[PlannedCheck, ...]:
        return tuple(planned for planned in self.checks if planned.applies)

    @classmethod
    def of(
        cls,
        checks: Iterable[Check],
        can: Collection[str],
        claims: Collection[str],
        *,
        partial: bool,
    ) -> Self:
        """Returns the plan for these checks.

        `can` is what the cluster supports, `claims` the optional features that the controller
        claims to have.
        """
        in_order = sorted(checks, key=lambda check: (check.feature, check.line, check.id))
        planned = (PlannedCheck(c, strength(c), unmet(c, can, claims)) for c in in_order)
        return cls(tuple(planned), partial)


def unmet(check: Check, can: Collection[str], claims: Collection[str]) -> str:
    """Returns why the check does not apply, or "" if it applies."""
    if check.optional and check.optional not in claims:
        return f"{check.optional} is not claimed"
    missing = sorted(check.needs - set(can))
    return f"needs {', '.join(missing)}" if missing else ""


def write_plan(out: Path, plan: Plan) -> None:
    """Writes `plan.json` into the results folder. Raises HarnessError if that is not possible."""
    checks = [_data(planned) for planned in plan.checks]
    head = {"run": plan.run, "facts": plan.facts, "partial": plan.partial}
    write_json(out / FILE, {**head, "checks": checks})


def read_plan(out: Path) -> Plan | None:
    """Returns the plan in the results folder; None if the run ended before it had one.

    Raises UsageError if the file is not a plan.
    """
    data = read_json(out / FILE)
    if data is None:
        return None
    require_shape(data, Plan, out / FILE, "the plan of a run")
    plan = Plan(**{**data, "checks": tuple(map(_planned, data["checks"]))})
    for planned in plan.checks:
        if planned.strength not in STRENGTHS:
            text = f"{planned.strength!r} is no strength: {', '.join(STRENGTHS[1:])}"
            raise UsageError(f"{out / FILE}: {planned.check.id}: {text}")
        if unknown := [each for each in planned.check.requirements if each not in requirements()]:
            text = f"{planned.check.id}: this suite has no requirement {unknown[0]}"
            raise UsageError(f"{out / FILE}: {text}", hint="use the suite that has made the run")
    require_time(plan.facts.get("began", ""), f"{out / FILE}: facts.began")
    return plan


def _data(planned: PlannedCheck) -> dict[str, Any]:
    data = asdict(planned)
    data["check"]["needs"] = sorted(planned.check.needs)
    return data


def _planned(data: dict[str, Any]) -> PlannedCheck:
    check = dict(data["check"])
    check |= {"needs": frozenset(check["needs"]), "requirements": tuple(check["requirements"])}
    check["without"] = tuple((rule, reason) for rule, reason in check["without"])
    return PlannedCheck(Check(**check), data["strength"], data["unmet"])
