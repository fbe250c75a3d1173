"""Finds all mistakes in features and documents, without a cluster.

Comes in: paths, or nothing for the whole suite. Goes out: `Findings`, with file and line of each
mistake.

    targets          finds the files
    examine          examines a feature as a run does: with features.reader for its form, and with
                     rules, references, words and futile for each check
      rules            faults and witnesses; also what a check claims, only for `lint`
      references       names that no step gives; `document_names` finds those in documents
      words            numbers, phases, conditions, and the fields and values in tables
      futile           Thens that cannot fail
      places           the steps that are examined, and the place of a mistake
    owners           examines who owns what a check compares
    coverage         examines many features: requirements without a check, ids, unused files
    guards           requirements whose checks no known wrong controller fails

This room must not know clusters or runs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kuscia_conformance.errors import UsageError
from kuscia_conformance.features import rules as standing
from kuscia_conformance.features.checks import requirements
from kuscia_conformance.features.fixture_files import file_problems
from kuscia_conformance.features.reader import (
    Case,
    each_once,
    is_ours,
    repeated_ids,
    suite_features,
)
from kuscia_conformance.features.step_definitions import StepDefinitions
from kuscia_conformance.lint import coverage, guards, owners, rules
from kuscia_conformance.lint.examine import examine
from kuscia_conformance.lint.targets import find_targets


@dataclass(frozen=True)
class Findings:
    """The mistakes, and how many features, checks and documents were examined."""

    problems: tuple[UsageError, ...]
    features: int
    checks: int
    documents: int
    #: The number of requirements; None unless the whole suite was examined.
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
        return f"{text}\nrequirements whose checks are still to be written: {', '.join(planned)}"


def lint(steps: StepDefinitions, paths: Sequence[Path] = ()) -> Findings:
    """Examines features, documents and folders with them; without paths, the whole suite.

    Returns the mistakes, sorted by file and line. Raises UsageError for a path that does not exist,
    or a folder without features and documents.
    """
    targets = find_targets(paths)
    texts = [examine(path, steps) for path in targets.features]
    cases = [case for text in texts for case in text.cases]
    problems = [problem for text in texts for problem in text.problems]
    problems += [p for case in cases for p in rules.of_claims(case, ours=is_ours(case.path))]
    # In a feature with mistakes it is not known what is compared.
    sound = [case for text in texts if not text.problems for case in text.cases]
    problems += [p for case in sound for p in owners.of_check(case, steps)]
    problems += [*repeated_ids(cases), *coverage.taken_ids(cases)]
    used = coverage.used_files(cases)
    # A misspelt file name would be reported twice, and a check without an id names no file. The
    # hint says to delete, so a feature with any other mistake is left out as well.
    named = {_place(problem)[0] for problem in problems}
    wrong = [text.path for text in texts if text.problems or str(text.path) in named]
    problems += coverage.orphans((path for path in targets.features if path not in wrong), used)
    problems += [problem for path in targets.documents - used for problem in file_problems(path)]
    if whole := {path.resolve() for path in targets.features} >= set(suite_features()):
        problems += _whole(cases, used, is_sound=not any(map(is_ours, wrong)))
    return Findings(
        problems=tuple(sorted(each_once(problems), key=_place)),
        features=len(texts),
        checks=len({case.check.id for case in cases}),
        documents=len(targets.documents | used),
        requirements=len(requirements()) if whole else None,
    )


def _place(problem: UsageError) -> tuple[str, int]:
    """Returns the file and the line at the beginning of the message, as a sort key."""
    path, _, rest = problem.message.partition(":")
    line = re.match(r"\d+", rest)
    return path, int(line[0]) if line else 0


def _whole(cases: list[Case], used: set[Path], *, is_sound: bool) -> list[UsageError]:
    """Returns the mistakes of the suite as a whole.

    Which files it uses is known only if its features are sound.
    """
    ours = [case.check for case in cases if is_ours(case.path)]
    ours += standing.rule_checks()
    return [
        *coverage.repeated(),
        *coverage.gaps(ours, requirements()),
        *guards.unknown_names(ours, requirements()),
        *(coverage.unused(used) if is_sound else ()),
        *owners.of_catalogue(),
        *coverage.of_rules(),
    ]
