"""The standing rules as data: `features/rules.yaml`, each rule a check over all scenarios.

A scenario does not write a rule. `scenario.rules` has the function that judges a history by it.
A scenario suspends a rule with the tag `@without:RULE` and a line `RULE: why` in its description.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from kuscia_conformance.errors import FeatureError, choice
from kuscia_conformance.features.checks import Check, requirements
from kuscia_conformance.features.folders import suite_folder
from kuscia_conformance.kube.yaml import read_own

FILE = "rules.yaml"
#: The area of rules, as `create` is one of checks: `--only rules` names all of them.
AREA = "rules"
#: What a tag begins with that suspends a rule.
_TAG = "without:"


@dataclass(frozen=True)
class Rule:
    """A rule that holds in every history; a clause owns it as `rules[NAME]`."""

    name: str
    text: str
    line: int

    @property
    def id(self) -> str:
        """The id of its check: `rule-phase-goes-forward`."""
        return "rule-" + re.sub(r"[^a-z]+", "-", self.name.lower().replace("'", "")).strip("-")

    @property
    def subject(self) -> str:
        return f"rules[{self.name}]"

    @property
    def owners(self) -> tuple[str, ...]:
        """The ids of the clauses that own the rule: one, or `lint` reports it."""
        return tuple(each.id for each in requirements().values() if self.subject in each.owns)

    @property
    def check(self) -> Check:
        """The check that the rule is, for plans and reports."""
        return Check(self.id, f"{AREA}/{FILE}", self.line, self.text, self.owners)


@cache
def rules() -> dict[str, Rule]:
    """Returns the rules by their ids."""
    path = suite_folder("features") / FILE
    lines = path.read_text(encoding="utf-8").splitlines()
    numbers = [n for n, line in enumerate(lines, start=1) if line.startswith("- name: ")]
    [rows] = read_own(path)
    found = [Rule(line=line, **row) for row, line in zip(rows, numbers, strict=True)]
    return {rule.id: rule for rule in found}


@cache
def rule_checks() -> tuple[Check, ...]:
    """Returns the checks that the rules are."""
    return tuple(rule.check for rule in rules().values())


def chosen(only: Sequence[str], *, whole: bool) -> list[Check]:
    """Returns the rules of a run as checks.

    A run of the suite's own features has all of them, unless `only` names other checks.
    """
    if only:
        return [check for check in rule_checks() if check.is_named(only)]
    return [*rule_checks()] if whole else []


def names_rules_alone(only: Collection[str]) -> bool:
    """Returns whether the patterns of `--only` name nothing but rules."""
    return bool(only) and all(
        any(check.is_named([pattern]) for check in rule_checks()) for pattern in only
    )


def suspended(tags: Iterable[str], description: str) -> tuple[tuple[str, str], ...]:
    """Returns the ids of the suspended rules with their reasons; "" where there is none."""
    return tuple((rule, _reason(rule, description)) for rule in _named(tags))


def suspension_problems(
    tags: Iterable[str], description: str, where: str
) -> Iterator[FeatureError]:
    """Yields the mistakes in suspensions. Messages begin with `where`, file and line."""
    for rule, reason in suspended(tags, description):
        if rule not in rules():
            text = f"{where}: @{_TAG}{rule} names no standing rule"
            yield FeatureError(text, hint=choice(rule, sorted(rules())))
        elif not reason:
            text = f"{where}: @{_TAG}{rule} has no reason"
            yield FeatureError(text, hint=f"write below the title: {rule}: and why it is suspended")


def _named(tags: Iterable[str]) -> list[str]:
    return sorted(tag.removeprefix(_TAG) for tag in tags if tag.startswith(_TAG))


def _reason(rule: str, description: str) -> str:
    lines = (line.strip() for line in description.splitlines())
    found = (line.partition(":")[2].strip() for line in lines if line.startswith(f"{rule}:"))
    return next(found, "")
