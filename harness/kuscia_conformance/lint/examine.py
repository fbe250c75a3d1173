"""All mistakes in one feature: those of its form, and those of its checks.

`lint` reports them, and a run refuses a feature that has some, before it starts a cluster.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from kuscia_conformance.errors import FeatureError
from kuscia_conformance.features.reader import (
    Case,
    FeatureText,
    each_once,
    read_feature,
)
from kuscia_conformance.features.step_definitions import StepDefinitions
from kuscia_conformance.lint import futile, references, rules, words
from kuscia_conformance.lint.places import sentences


def examine(path: Path, steps: StepDefinitions, only: Sequence[str] = ()) -> FeatureText:
    """Returns a feature file with its checks and all its mistakes, each once.

    With the patterns `only` (see `Check.is_named`), only the checks that a pattern names are
    examined, because reading all documents takes longer than running a check.
    """
    text = read_feature(path, steps, only)
    cases = [case for case in text.cases if not only or case.check.is_named(only)]
    found = [problem for case in cases for problem in _of_check(case, steps)]
    return replace(text, problems=tuple(each_once([*text.problems, *found])))


def _of_check(case: Case, steps: StepDefinitions) -> Iterator[FeatureError]:
    yield from rules.of_check(case)
    spoken = [*sentences(case, steps)]
    yield from references.of_check(case, steps, spoken)
    yield from words.of_check(case, spoken)
    yield from futile.of_check(case, spoken)
