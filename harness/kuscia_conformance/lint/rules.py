"""Rules for a single check: its requirements, its tag for faults, its witnesses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_bdd.parser import Step

from kuscia_conformance.errors import FeatureError
from kuscia_conformance.features.checks import requirements
from kuscia_conformance.features.reader import Case
from kuscia_conformance.scenario.observed.pods import ARE

#: Steps that kill or start the controller, which all scenarios share and not every run allows.
#: What a step needs that makes the controller suffer: by the beginning of its sentence.
FAULTS = {"the controller is ": "faults", "the watches of the controller are ": "watch-faults"}
#: Steps which say that something did not happen. With "before" in it, a step needs no witness,
#: because the later event is the witness.
NEGATIVE = re.compile(r"(?!.* before )(no (pod|service|config map)s? .*\bwas\b|.*\bnever\b)")


def of_check(case: Case) -> Iterator[FeatureError]:
    """Yields the mistakes in a check because of which its run would say nothing."""
    for step in case.steps:
        yield from _faults(case, step)
        yield from _witness(case, step)


def of_claims(case: Case, *, ours: bool) -> Iterator[FeatureError]:
    """Yields the mistakes in what a check claims.

    A check of the suite (`ours`) has to cover a requirement; a user's own check need not.
    """
    yield from _strengths(case)
    if ours and not case.check.requirements:
        hint = "tag it with what it checks, as in @req:VW-10a; see features/requirements.yaml"
        yield FeatureError(f"{case.where}: {case.check.id} covers no requirement", hint=hint)


def _strengths(case: Case) -> Iterator[FeatureError]:
    known = requirements()
    mixed = {name: known[name].strength for name in case.check.requirements if name in known}
    if len(set(mixed.values())) > 1:
        found = ", ".join(f"{name} {strength}" for name, strength in mixed.items())
        text = f"{case.where}: {case.check.id} mixes strengths: {found}"
        yield FeatureError(text, hint="split it: the requirements of a check have one strength")


def _faults(case: Case, step: Step) -> Iterator[FeatureError]:
    needed = next((need for words, need in FAULTS.items() if step.name.startswith(words)), "")
    if step.type != "then" and needed and needed not in case.check.needs:
        text = f"{case.path}:{step.line_number}: {case.check.id} has no tag @needs:{needed}"
        hint = f"{step.name!r} works only in some runs, and only without other scenarios beside it"
        yield FeatureError(text, hint=hint)


def _witness(case: Case, step: Step) -> Iterator[FeatureError]:
    """Yields an error for a negative step without rows which show that the controller worked."""
    if step.type != "then" or not NEGATIVE.match(step.name) or step.datatable is None:
        return  # the reader reports a step without its table
    rows = [[cell.value for cell in row.cells] for row in step.datatable.rows]
    where = f"{case.path}:{step.line_number}"
    row = '| witness | the pods of "probe" have ended |'
    witnesses = [" ".join(cells[1:]) for cells in rows if cells[:1] == ["witness"]]
    if not witnesses:
        hint = f"add a row which shows that the controller was at work, as in {row}"
        yield FeatureError(f"{where}: no witness for: {step.name}", hint=hint)
    for witness in witnesses:
        if not re.fullmatch(ARE, witness):
            text = f"{where}: this witness is not understood: {witness}"
            yield FeatureError(text, hint=f"as in {row}")
