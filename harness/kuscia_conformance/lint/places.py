"""The steps of a check that are examined, and the place of a mistake in one of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pytest_bdd.parser import Step

from kuscia_conformance.errors import FeatureError
from kuscia_conformance.features.comparisons import Sentence, sentence_of
from kuscia_conformance.features.fixture_files import FixtureFiles
from kuscia_conformance.features.reader import Case
from kuscia_conformance.features.step_definitions import StepDefinitions

#: A mistake in a step: what is wrong, and a hint.
Mistake = tuple[str, str]
#: A step of the suite's own, with its sentence and its step function.
Spoken = tuple[Step, Sentence, Any]


def sentences(case: Case, steps: StepDefinitions) -> Iterator[Spoken]:
    """Yields the steps that are the suite's own; what the steps of authors say is not known."""
    files = FixtureFiles(case.path)
    for step in case.steps:
        definition = steps.of(step)
        if definition is not None and steps.has(definition):
            yield step, sentence_of(step, definition, files), definition.function


def placed(case: Case, step: Step, text: str, hint: str = "") -> FeatureError:
    """Returns the error for a mistake in a step, with its file, its line and its text."""
    error = FeatureError(text, hint=hint)
    error.add_place(f"{case.path}:{step.line_number}", f"{step.keyword.strip()} {step.name}")
    return error
