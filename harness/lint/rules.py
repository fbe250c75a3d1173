"""What has to hold of a check by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_bdd.parser import Step

from harness.checks import requirements
from harness.errors import FeatureError
from harness.features import Case

#: Sentences that touch what all scenarios share, and that not every run allows.
FAULTS = re.compile(r"the controller is ")
#: Sentences that something did not happen.
NEGATIVE = re.compile(r"no (pod|service|config map)s? .*\bwas\b|.*\bnever\b")


def of_check(case: Case, *, ours: bool) -> Iterator[FeatureError]:
    """What is wrong with a check; that it covers no requirement counts for our own alone."""
    yield from _strengths(case)
    if ours and not case.check.requirements:
        hint = "tag it with what it checks, as in @req:VW-10; see features/requirements.yaml"
        yield FeatureError(f"{case.where}: {case.check.id} covers no requirement", hint=hint)
    for step in case.steps:
        yield from _faults(case, step)
        yield from _witness(case, step)


def _strengths(case: Case) -> Iterator[FeatureError]:
    known = requirements()
    mixed = {name: known[name].strength for name in case.check.requirements if name in known}
    if len(set(mixed.values())) > 1:
        found = ", ".join(f"{name} {strength}" for name, strength in mixed.items())
        text = f"{case.where}: {case.check.id} mixes strengths: {found}"
        yield FeatureError(text, hint="split it: each check is of one strength")


def _faults(case: Case, step: Step) -> Iterator[FeatureError]:
    if step.type != "then" and FAULTS.match(step.name) and "faults" not in case.check.needs:
        text = f"{case.path}:{step.line_number}: {case.check.id} does not say @needs:faults"
        hint = f"{step.name!r} is not possible everywhere, nor beside other scenarios: tag it so"
        yield FeatureError(text, hint=hint)


def _witness(case: Case, step: Step) -> Iterator[FeatureError]:
    if step.type == "then" and NEGATIVE.match(step.name) and "witness" not in _first_cells(step):
        text = f"{case.path}:{step.line_number}: no witness for: {step.name}"
        row = '| witness | the pods of "probe" have ended |'
        hint = f"show below it that the controller was at work meanwhile, as in {row}"
        yield FeatureError(text, hint=hint)


def _first_cells(step: Step) -> list[str]:
    return [row.cells[0].value for row in step.datatable.rows] if step.datatable else []
