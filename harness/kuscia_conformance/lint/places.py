"""The place of a mistake in a feature."""

from __future__ import annotations

from pytest_bdd.parser import Step

from kuscia_conformance.errors import FeatureError
from kuscia_conformance.features.reader import Case

#: A mistake in a step: what is wrong, and a hint.
Mistake = tuple[str, str]


def placed(case: Case, step: Step, text: str, hint: str = "") -> FeatureError:
    """Returns the error for a mistake in a step, with its file, its line and its text."""
    error = FeatureError(text, hint=hint)
    error.add_place(f"{case.path}:{step.line_number}", f"{step.keyword.strip()} {step.name}")
    return error
