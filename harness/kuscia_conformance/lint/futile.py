"""Thens that cannot fail: they are true of a controller that does nothing.

the status of "psi" matches "mine.status.yaml"    with a document that matches an empty status
the task "a" was created before the task "b" …    both are created by the scenario itself
the pod "alice/filler" exists                     the scenario itself has created it
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kuscia_conformance import documents
from kuscia_conformance.errors import FeatureError, UsageError
from kuscia_conformance.features.comparisons import Sentence
from kuscia_conformance.features.giving import Given, given_by
from kuscia_conformance.features.reader import Case
from kuscia_conformance.lint.places import Mistake, Spoken, placed
from kuscia_conformance.scenario.observed.pods import whom

_CREATED = re.compile(r'the task "[^"]+" was created')


def of_check(case: Case, spoken: Iterable[Spoken]) -> Iterator[FeatureError]:
    """Yields an error for each Then that is true whatever the controller does."""
    given = Given()
    for step, sentence, function in spoken:
        try:
            for gift in given_by(function, sentence, given):
                given.add(gift)
        except UsageError:  # `references` reports it
            continue
        for text, hint in _why(sentence, given) if step.type == "then" else ():
            yield placed(case, step, f"this cannot fail, because {text}", hint)


def _why(sentence: Sentence, given: Given) -> Iterator[Mistake]:
    """Yields why the sentence is true of a controller that does nothing."""
    values = sentence.values
    if "file" in values and _matches_nothing(sentence):
        hint = "add a value that only a controller at work writes, such as `phase: Running`"
        yield f"{values['file']!r} matches an empty document, too", hint
    if _CREATED.fullmatch(values.get("moment", "")) and _CREATED.fullmatch(
        values.get("other_moment", "")
    ):
        hint = "compare with something that the controller does"
        yield "the scenario itself creates both tasks", hint
    if values.get("state") in ("exists", "exist") and whom(values["pods"]) in given.pods:
        yield "the scenario itself has created this pod", "check what the controller does"


def _matches_nothing(sentence: Sentence) -> bool:
    try:
        return not documents.compare(sentence.files.document(sentence.values["file"]), {})
    except UsageError:  # the reader reports files
        return False
