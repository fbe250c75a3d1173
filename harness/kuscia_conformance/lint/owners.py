"""Who owns what a check compares: each comparison one claimed requirement, each claim a comparison.

So a mismatch blames the requirement that is broken, and no other. A check that claims no
requirement is not examined.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from kuscia_conformance.errors import FeatureError
from kuscia_conformance.features.checks import requirements
from kuscia_conformance.features.comparisons import claims_of, compared_by
from kuscia_conformance.features.ownership import (
    EVERYTHING,
    Claims,
    is_context,
    mistake,
    owners,
    owning,
)
from kuscia_conformance.features.reader import Case
from kuscia_conformance.features.step_definitions import StepDefinitions
from kuscia_conformance.lint.coverage import place_of


def of_check(case: Case, steps: StepDefinitions) -> Iterator[FeatureError]:
    """Yields the comparisons without one clear owner, and the claims that compare nothing."""
    claims = claims_of(case.check)
    if not claims:
        return
    compared = compared_by(case, steps)
    for step, subjects in zip(case.steps, compared, strict=True):
        where = f"{case.path}:{step.line_number}"
        for subject in subjects:
            if subject != EVERYTHING and not is_context(subject, subjects, claims):
                yield from _owner(where, subject, claims)
    owned = owning(chain(*compared), claims)
    for name in claims:
        if name not in owned:
            yield _idle(case, name)


def of_catalogue() -> Iterator[FeatureError]:
    """Yields the patterns of the catalogue whose form is unknown."""
    for requirement in requirements().values():
        for pattern in requirement.owns:
            if why := mistake(pattern):
                text = f"{place_of(requirement)}: {requirement.id} owns {pattern!r}: {why}"
                yield FeatureError(text, hint="features/README.md says what a pattern looks like")


def _owner(where: str, subject: str, claims: Claims) -> Iterator[FeatureError]:
    found = owners(subject, claims)
    if not found:
        text = f"{where}: no claimed requirement owns {subject}"
        yield FeatureError(text, hint=_who_could(subject))
    elif len(found) > 1:
        text = f"{where}: {' and '.join(found)} both own {subject}"
        hint = "claim one of them, so that a mismatch blames one requirement"
        yield FeatureError(text, hint=hint)


def _who_could(subject: str) -> str:
    known = {name: requirement.owns for name, requirement in requirements().items()}
    could = ", ".join(_owning(subject, known)) or "none"
    return f"leave it out, read it in a Given or When, or claim one that owns it: {could}"


def _owning(subject: str, known: Claims) -> Sequence[str]:
    return [name for name, patterns in known.items() if owners(subject, {name: patterns})]


def _idle(case: Case, name: str) -> FeatureError:
    owned = ", ".join(requirements()[name].owns) or "nothing"
    text = f"{case.where}: {case.check.id} claims {name}, but compares nothing that it owns"
    return FeatureError(text, hint=f"delete the tag @req:{name}, or check what it owns: {owned}")
