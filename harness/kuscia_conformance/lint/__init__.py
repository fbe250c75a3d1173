"""What is wrong with features and documents, all at once, without a cluster.

Comes in: paths, or nothing for the whole suite. Goes out: `Findings`, problems with file and line.
`targets` finds the files, `features.reader` examines each by itself, `rules` each check, `coverage`
the suite as a whole: requirements without a check, files that no step names. It must not know
clusters or runs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kuscia_conformance import steps
from kuscia_conformance.errors import UsageError
from kuscia_conformance.features.checks import requirements
from kuscia_conformance.features.fixture_files import file_problems
from kuscia_conformance.features.reader import (
    Case,
    each_once,
    is_ours,
    read_feature,
    repeated_ids,
    suite_features,
)
from kuscia_conformance.lint import coverage, rules
from kuscia_conformance.lint.targets import find_targets


@dataclass(frozen=True)
class Findings:
    """What was looked at, and what is wrong with it."""

    problems: tuple[UsageError, ...]
    features: int
    checks: int
    documents: int
    #: None where the suite was not looked at as a whole.
    requirements: int | None = None

    def __str__(self) -> str:
        counts = {
            "feature": self.features,
            "check": self.checks,
            "requirement": self.requirements,
            "document": self.documents,
        }
        words = {word: count for word, count in counts.items() if count is not None}
        text = ", ".join(f"{count} {word}{'s' * (count != 1)}" for word, count in words.items())
        planned = [name for name, requirement in requirements().items() if requirement.planned]
        if self.requirements is None or not planned:
            return text
        return f"{text}\nwithout a check yet, as planned: {', '.join(planned)}"


def lint(paths: Sequence[Path] = ()) -> Findings:
    """Look at features, documents and folders of them; without any, at the whole suite.

    Raises UsageError for a path that is not there, or has nothing to look at.
    """
    targets = find_targets(paths)
    texts = [read_feature(path, steps.definitions()) for path in targets.features]
    cases = [case for text in texts for case in text.cases]
    problems = [problem for text in texts for problem in text.problems]
    problems += [p for case in cases for p in rules.of_check(case, ours=is_ours(case.path))]
    problems += repeated_ids(cases)
    used = coverage.used_files(cases)
    problems += [problem for path in targets.documents - used for problem in file_problems(path)]
    if whole := {path.resolve() for path in targets.features} >= set(suite_features()):
        problems += _whole(cases, used)
    return Findings(
        problems=tuple(sorted(each_once(problems), key=_place)),
        features=len(texts),
        checks=len({case.check.id for case in cases}),
        documents=len(targets.documents | used),
        requirements=len(requirements()) if whole else None,
    )


def _place(problem: UsageError) -> tuple[str, int]:
    """The file and the line that its text begins with, to be told in their order."""
    path, _, rest = problem.message.partition(":")
    line = re.match(r"\d+", rest)
    return path, int(line[0]) if line else 0


def _whole(cases: list[Case], used: set[Path]) -> list[UsageError]:
    ours = [case.check for case in cases if is_ours(case.path)]
    return [*coverage.repeated(), *coverage.gaps(ours, requirements()), *coverage.unused(used)]
