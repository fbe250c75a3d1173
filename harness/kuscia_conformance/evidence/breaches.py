"""What the standing rules found in each scenario, and the results that follow for the whole run.

`rules.json` lies beside the events of a check: what each rule found in the first `seen` events,
when the clock of the cluster showed `until`. Each rule is a planned check over all scenarios: its
result adds up what those files say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from kuscia_conformance.errors import UsageError
from kuscia_conformance.evidence.files import folder_of, read_json, write_json
from kuscia_conformance.evidence.plan import Plan, PlannedCheck
from kuscia_conformance.evidence.results import Result, by_check, read_result, write_result
from kuscia_conformance.features.checks import Check, requirements
from kuscia_conformance.features.ownership import FAIL, PASS, UNDECIDED
from kuscia_conformance.features.rules import FILE as RULES
from kuscia_conformance.features.rules import rules

FILE = "rules.json"
LOOKED = "looked-at.json"
#: How many scenarios a text names.
SHOWN = 8
#: Why the check of a rule was left out.
NOTHING = "nothing to look at"


@dataclass(frozen=True)
class Looks:
    """What a rule found in one scenario: how often it looked, at which objects, and breaches."""

    count: int
    objects: Sequence[str]
    breaches: Sequence[str]


Found = Mapping[str, Looks]


@dataclass(frozen=True)
class Judged:
    """What the rules found in a scenario, and how much of it they saw."""

    until: datetime
    seen: int
    found: Found


def write_judged(folder: Path, judged: Judged) -> None:
    """Writes what the rules found into the folder of a check. Raises HarnessError."""
    found = {rule: asdict(looks) for rule, looks in judged.found.items()}
    until = judged.until.isoformat()
    write_json(folder / FILE, {"until": until, "seen": judged.seen, "rules": found})


def read_judged(folder: Path) -> Judged | None:
    """Returns what the rules found in a check; None if it was not judged by them.

    Raises UsageError if the file is damaged.
    """
    data = read_json(folder / FILE)
    if data is None:
        return None
    try:
        found = {rule: Looks(**looks) for rule, looks in data["rules"].items()}
        return Judged(datetime.fromisoformat(data["until"]), int(data["seen"]), found)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{folder / FILE}: this is not what rules have found") from error


def is_rule(check: Check) -> bool:
    return check.id in rules()


def rule_results(out: Path, plan: Plan) -> Iterator[tuple[PlannedCheck, Result]]:
    """Writes the result of each planned rule, from what the scenarios' files say, and yields it.

    Without a scenario that has ended, no rule has a result. Raises HarnessError if a file cannot be
    written, UsageError if one is damaged.
    """
    found = looks_of(out, plan)
    for planned in plan.applying if found else ():
        if is_rule(planned.check):
            result = rule_result(planned.check, found, plan.run)
            write_json(
                folder_of(out, planned.check) / LOOKED, _looked_at(planned.check, found, plan)
            )
            write_result(out, planned.check, result)
            yield planned, result


def looks_of(out: Path, plan: Plan) -> dict[str, Found]:
    """Returns what the rules found in each scenario that ran, by the place of the scenario."""
    checks = [planned.check for planned in plan.applying if not is_rule(planned.check)]
    done = by_check(read_result(out, check) for check in checks)
    judged = {check: read_judged(folder_of(out, check)) for check in checks if check.id in done}
    return {place_of(check): each.found for check, each in judged.items() if each}


def place_of(check: Check) -> str:
    """Returns the words for a scenario: its id, and its file and line."""
    return f"{check.id} ({check.feature}:{check.line})"


def rule_result(check: Check, found: Mapping[str, Found], run: str = "") -> Result:
    """Returns the result of a rule. One that has looked at nothing is no pass, but a skip."""
    looks = _by(check, found)
    broken = {place: each.breaches for place, each in looks.items() if each.breaches}
    if broken:
        words = dict.fromkeys(check.requirements, FAIL)
        text = _text(check, broken, len(looks))
        return Result(check.id, "fail", "", text, 0.0, words, run)
    if not looks:
        words = dict.fromkeys(check.requirements, UNDECIDED)
        return Result(check.id, "skip", NOTHING, "", 0.0, words, run)
    return Result(check.id, "pass", "", "", 0.0, dict.fromkeys(check.requirements, PASS), run)


def _by(check: Check, found: Mapping[str, Found]) -> dict[str, Looks]:
    """Returns what one rule found, by the place of the scenario."""
    return {place: each[check.id] for place, each in found.items() if check.id in each}


def _text(check: Check, broken: Mapping[str, Sequence[str]], looked: int) -> str:
    claims = ", ".join(f"{name} ({requirements()[name].strength})" for name in check.requirements)
    head = f"features/{RULES}:{check.line}  {check.id}   {claims}"
    lines = [head, f"  {check.title}", f"broken in {len(broken)} of {looked} scenarios:"]
    for place, breaches in [*broken.items()][:SHOWN]:
        lines += [f"  {place}", f"    {breaches[0]}"]
        lines += [f"    and {len(breaches) - 1} more"] if len(breaches) > 1 else []
    left = len(broken) - SHOWN
    return "\n".join([*lines, *([f"  and {left} more scenarios"] if left > 0 else [])])


def _looked_at(check: Check, found: Mapping[str, Found], plan: Plan) -> dict[str, Any]:
    """Returns what the rule looked at in each scenario, or why a scenario has suspended it."""
    looks = _by(check, found).items()
    counts = {place: {"count": each.count, "objects": each.objects} for place, each in looks}
    others = [(place_of(p.check), dict(p.check.without)) for p in plan.applying]
    without = {place: {"suspended": why[check.id]} for place, why in others if check.id in why}
    return {**counts, **without}
