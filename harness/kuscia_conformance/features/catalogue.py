"""Finds the suite's checks and requirements by name, for `list` and `explain`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kuscia_conformance.errors import FeatureError, UsageError, similar
from kuscia_conformance.features.checks import Check, Requirement, requirements
from kuscia_conformance.features.reader import Case, read_feature, suite_features
from kuscia_conformance.features.rules import rule_checks
from kuscia_conformance.features.step_definitions import StepDefinitions


def suite_cases(steps: StepDefinitions) -> list[Case]:
    """Returns every check of the suite. Raises FeatureError if a feature has a mistake."""
    texts = [read_feature(path, steps) for path in suite_features()]
    if problems := [str(problem) for text in texts for problem in text.problems]:
        raise FeatureError("\n".join(problems))
    return [case for text in texts for case in text.cases]


def checks_named(cases: Sequence[Case], patterns: Sequence[str]) -> list[Check]:
    """Returns the checks that a pattern names, as for `run --only`; without patterns, all.

    Standing rules come last. Raises UsageError for a pattern that names no check.
    """
    checks = _all_checks(cases)
    for pattern in patterns:
        if not any(check.is_named([pattern]) for check in checks):
            names = {name for check in checks for name in check.names}
            raise UsageError(f"{shown(pattern)}: no check has this name", hint=like(pattern, names))
    return [check for check in checks if not patterns or check.is_named(patterns)]


def requirements_named(patterns: Sequence[str]) -> list[Requirement]:
    """Returns the requirements whose id fits a pattern such as `SC-0?`; without patterns, all.

    The name of a requirement fits all its clauses.

    Raises UsageError for a pattern that fits no requirement.
    """
    known = requirements()
    for pattern in patterns:
        if not any(each.is_named([pattern]) for each in known.values()):
            text = f"{shown(pattern)}: no requirement has this name"
            raise UsageError(text, hint=like(pattern, known, "list --requirements"))
    return [found for found in known.values() if not patterns or found.is_named(patterns)]


def covering(requirement: str, cases: Iterable[Case]) -> list[Check]:
    """Returns the checks of the requirement of this id: scenarios, and standing rules."""
    return [check for check in _all_checks(cases) if requirement in check.requirements]


def _all_checks(cases: Iterable[Case]) -> list[Check]:
    """Returns the checks of the cases, and the standing rules."""
    return [*(case.check for case in cases), *rule_checks()]


def shown(name: str) -> str:
    """Returns the name for a message, in quotes if it could not be seen."""
    return name if name.strip() else repr(name)


def like(name: str, known: Iterable[str], command: str = "list") -> str:
    """Returns a hint with similar names; without any, the command that lists all names."""
    near = similar(name, known, count=3)
    if near:
        return f"did you mean {', '.join(near)}?"
    return f"`kuscia-conformance {command}` shows all names"
