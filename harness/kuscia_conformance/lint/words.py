"""Words in the steps of a check: numbers, phases, conditions, and the fields and values in tables.

A misspelt phase never comes, and the controller would be blamed for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from pytest_bdd.parser import Step

from kuscia_conformance import documents
from kuscia_conformance.apiserver.apimachinery.quantities import QuantityError, parsed
from kuscia_conformance.errors import FeatureError, UsageError, choice
from kuscia_conformance.features.comparisons import Sentence
from kuscia_conformance.features.parsers import BOUNDS
from kuscia_conformance.features.reader import Case
from kuscia_conformance.features.schemas import schema_of
from kuscia_conformance.features.table_forms import form_of
from kuscia_conformance.kube.kuscia import (
    GROUP_PHASES,
    TASK_CONDITIONS,
    TASK_PHASES,
    TASK_RESOURCE_PHASES,
)
from kuscia_conformance.kube.objects import Obj
from kuscia_conformance.lint.places import Mistake, Spoken, placed

#: The place in messages about a value in a table, which has no file of its own.
_PLACE = re.compile(r"^table(:\d+)*: ")
_PHASES = {"task": TASK_PHASES, "group": GROUP_PHASES, "task resource": TASK_RESOURCE_PHASES}
#: How alike a condition must be to a known one to count as misspelt, because others may be added.
_MISSPELT = 0.85


def of_check(case: Case, spoken: Iterable[Spoken]) -> Iterator[FeatureError]:
    """Yields an error for each word of a step that can never be true."""
    for step, sentence, function in spoken:
        for text, hint in _of_values(sentence):
            yield placed(case, step, text, hint)
        yield from _rows(case, step, in_table(function, sentence))


def _of_values(sentence: Sentence) -> Iterator[Mistake]:
    yield from _numbers(sentence)
    yield from _amount(sentence)
    yield from _phases(sentence)
    yield from _conditions(sentence)


def _rows(
    case: Case, step: Step, mistakes: Iterable[tuple[int, Mistake]]
) -> Iterator[FeatureError]:
    rows = step.datatable.rows if step.datatable else []
    for place, (text, hint) in mistakes:
        cells = " | ".join(cell.value for cell in rows[place].cells)
        where = f"{case.path}:{rows[place].location.line}"
        yield FeatureError(f"{where}: {text}: | {cells} |", hint=hint)


def _numbers(sentence: Sentence) -> Iterator[Mistake]:
    for placeholder, (least, most) in BOUNDS.items():
        for digits in re.findall(r"\d+(?:\.\d+)?", sentence.values.get(placeholder) or ""):
            if Decimal(digits) > most:
                shown = digits if len(digits) < 20 else f"{digits[:20]}…"
                yield f"the number {shown} is too large", f"at most {most:,}"
            elif Decimal(digits) < least:
                no_room = "write: room for no pods"
                hint = no_room if placeholder == "room" else f"at least {least}"
                yield f"the number {digits} is too small", hint


def _amount(sentence: Sentence) -> Iterator[Mistake]:
    try:
        parsed(sentence.values.get("amount") or "0")
    except QuantityError:
        yield f"{sentence.values['amount']!r} is not an amount", "as in 500m, 64Mi or 2"


def _phases(sentence: Sentence) -> Iterator[Mistake]:
    values = sentence.values
    if "phase" in values:
        yield from _unknown(values["phase"], TASK_RESOURCE_PHASES)
    if "phases" in values:
        yield from _unknown(values["phases"], _PHASES[values.get("kind", "task")])


def _unknown(phases: str, known: Sequence[str]) -> Iterator[Mistake]:
    for phase in phases.split(", "):
        if phase not in known:
            yield f"there is no phase {phase!r}", choice(phase, known)


def _conditions(sentence: Sentence) -> Iterator[Mistake]:
    for condition in (sentence.values.get("conditions") or "").split(", "):
        near = get_close_matches(condition, TASK_CONDITIONS, n=1, cutoff=_MISSPELT)
        if near and condition not in TASK_CONDITIONS:
            yield f"the condition {condition!r} looks misspelt", choice(condition, TASK_CONDITIONS)


def in_table(function: Any, sentence: Sentence) -> list[tuple[int, Mistake]]:
    """Returns the rows of a step's table that name no field, or a value it never has.

    Each with the number of the row, from 0.
    """
    form = form_of(function)
    schema = _schema(form.kind, sentence) if form and form.kind else None
    rows = enumerate(sentence.table if schema is not None else ())
    return [(place, mistake) for place, cells in rows for mistake in _row(cells, schema or {})]


def _schema(kind: str, sentence: Sentence) -> Obj | None:
    """Returns the schema of the fields in a table; None if it is not known."""
    if kind != "file":
        return schema_of(kind)
    try:
        return schema_of(str(sentence.files.manifest(sentence.values["file"]).get("kind")))
    except UsageError:  # the reader reports files
        return None


def _row(cells: Sequence[str], schema: Obj) -> Iterator[Mistake]:
    if len(cells) != 2:  # the reader reports it
        return
    field, value = cells
    try:
        yield from documents.value_problems(value, documents.path_from(field), schema)
    except UsageError as error:
        yield f"{value!r} is not a value: {_PLACE.sub('', error.message)}", error.hint
    except ValueError as error:
        yield str(error), ""
