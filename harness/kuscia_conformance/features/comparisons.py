"""What the Thens of a check compare, read from the feature and its documents before anything runs.

A step function says what it compares, beside its sentence:

    @then("no node ever had more than its room")
    @compares("room")
    def _(scenario: Scenario) -> None: ...

What depends on the words of the step is said by a function of the sentence, such as
`document_of("status")`. A step of an author's own that says nothing compares EVERYTHING: it is
owned by all that the check claims.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pytest_bdd.parser import Step

from kuscia_conformance import documents
from kuscia_conformance.documents.edits import expectation
from kuscia_conformance.errors import UsageError
from kuscia_conformance.features.checks import Check, requirements
from kuscia_conformance.features.fixture_files import FixtureFiles
from kuscia_conformance.features.ownership import EVERYTHING, Claims
from kuscia_conformance.features.reader import Case
from kuscia_conformance.features.step_definitions import Definition, StepDefinitions
from kuscia_conformance.features.table_forms import Table

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Sentence:
    """A step of a feature: the values in it, the table below it, and the feature's files."""

    values: Mapping[str, str]
    table: Table
    files: FixtureFiles


def sentence_of(step: Step, definition: Definition, files: FixtureFiles) -> Sentence:
    """Returns the sentence of a step that calls the definition."""
    table = [[str(cell) for cell in row] for row in step.datatable.raw()] if step.datatable else []
    return Sentence(definition.parser.parse_arguments(step.name) or {}, table, files)


Subjects = str | Callable[[Sentence], Iterable[str]]


def compares(*subjects: Subjects) -> Callable[[Function], Function]:
    """Declares what a step function compares: texts, or functions of the sentence."""

    def declare(function: Function) -> Function:
        function.compares = subjects  # type: ignore[attr-defined]
        return function

    return declare


def document_of(kind: str) -> Callable[[Sentence], Sequence[str]]:
    """Returns a function that finds the subjects of the document that a sentence names."""
    return lambda sentence: documents.compared(
        sentence.files.document(sentence.values["file"]), kind
    )


def table_of(kind: str) -> Callable[[Sentence], Sequence[str]]:
    """Returns a function that finds the subjects of a table of paths and values."""
    return lambda sentence: [
        subject
        for path, value in expectation(sentence.table)
        for subject in documents.compared(value, f"{kind}.{documents.path_text(path)}")
    ]


def claims_of(check: Check) -> Claims:
    """Returns the patterns that the claimed requirements of a check own."""
    known = requirements()
    return {name: known[name].owns for name in check.requirements if name in known}


def compared_by(case: Case, steps: StepDefinitions) -> tuple[tuple[str, ...], ...]:
    """Returns the subjects that each step of a check compares, in the order of its steps."""
    files = FixtureFiles(case.path)
    return tuple(comparisons(step, steps, files) for step in case.steps)


def comparisons(step: Step, steps: StepDefinitions, files: FixtureFiles) -> tuple[str, ...]:
    """Returns the subjects that a Then compares; a Given or a When compares none.

    A document or table that is missing or wrong counts as empty: `reader` reports it.
    """
    definition = steps.of(step)
    if step.type != "then" or definition is None:
        return ()
    declared: Sequence[Subjects] = getattr(definition.function, "compares", (EVERYTHING,))
    sentence = sentence_of(step, definition, files)
    try:
        found = [each for what in declared for each in _said(what, sentence)]
    except UsageError:
        return ()
    return tuple(dict.fromkeys(found))


def _said(what: Subjects, sentence: Sentence) -> Iterable[str]:
    return (what,) if isinstance(what, str) else what(sentence)
