"""Reads feature files: their checks, and all mistakes in them.

`read_feature` does not raise for an author's mistakes. It returns them, so that `lint` can print
all of them together, and pytest's collection can refuse the file.

    gherkin.parse        the file as Gherkin
    _cases               its scenarios and rows as checks
    _title_problems      titles that are used twice
    _template_problems   tags, the examples of outlines, and scenarios without a Then
    _steps_problems      steps that do not exist, and files that are missing or wrong
    repeated_ids         ids that are used twice
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from pytest_bdd.parser import Feature, Scenario, ScenarioTemplate, Step

from kuscia_conformance.errors import DocumentError, FeatureError, UsageError
from kuscia_conformance.features.checks import Check, check_from_tags, name_problems, tag_problems
from kuscia_conformance.features.fixture_files import FixtureFiles
from kuscia_conformance.features.folders import (
    suite_folder,
)
from kuscia_conformance.features.gherkin import NotGherkin, Parsed, parse, swallowed
from kuscia_conformance.features.rules import suspended, suspension_problems
from kuscia_conformance.features.step_definitions import Definition, StepDefinitions
from kuscia_conformance.features.table_forms import form_of


@dataclass(frozen=True)
class Case:
    """A check with its scenario; of an outline, with the values of one row filled in."""

    check: Check
    path: Path
    template: ScenarioTemplate
    scenario: Scenario
    #: The value of the column `id` in the row; None for a scenario that is not an outline.
    row: str | None = None

    @property
    def where(self) -> str:
        """The file and the line of the scenario, for messages."""
        return f"{self.path}:{self.check.line}"

    @property
    def steps(self) -> list[Step]:
        """All steps of the check; the steps of the background come first."""
        return self.scenario.steps

    @property
    def files(self) -> dict[str, Path]:
        """The existing files that the steps name, in the order of the steps."""
        files, found = FixtureFiles(self.path), {}
        for name in [name for step in self.steps for name in files_named(step)]:
            with suppress(DocumentError):
                found[name] = files.find(name).resolve()
        return found


@dataclass(frozen=True)
class FeatureText:
    """A feature file with its checks and its mistakes. `parsed` is None if it is not Gherkin."""

    path: Path
    parsed: Feature | None
    cases: tuple[Case, ...]
    problems: tuple[UsageError, ...]


def read_feature(path: Path, steps: StepDefinitions, only: Sequence[str] = ()) -> FeatureText:
    """Returns a feature file with its checks and all its mistakes, each once.

    With the patterns `only` (see `Check.is_named`), steps and documents are examined only for the
    scenarios that a pattern names, because reading all documents takes longer than running a
    check.
    """
    lost: list[FeatureError] = []
    try:
        parsed = parse(path)
        lost += swallowed(parsed, steps.knows)
        templates = list(parsed.feature.scenarios.values())
    except NotGherkin as error:
        return FeatureText(path, None, (), tuple(error.problems))
    except FeatureError as error:
        return FeatureText(path, None, (), tuple(lost or [error]))
    cases = tuple(case for template in templates for case in _cases(path, template))
    problems: list[UsageError] = [*(lost or _title_problems(parsed))]
    for template in templates:
        problems += _template_problems(path, template)
        if not only or any(c.check.is_named(only) for c in cases if c.template is template):
            problems += _steps_problems(path, template, steps)
    problems += repeated_ids(cases)
    return FeatureText(path, parsed.feature, cases, tuple(each_once(problems)))


@cache
def cases_in(path: Path) -> tuple[Case, ...]:
    """Returns the checks of a feature file, without looking for mistakes.

    A file that is not Gherkin has none, and a scenario without one `@id` is left out.
    """
    try:
        feature = parse(path).feature
    except FeatureError:
        return ()
    return tuple(case for found in feature.scenarios.values() for case in _cases(path, found))


def suite_features() -> tuple[Path, ...]:
    """Returns the paths of the suite's own feature files."""
    return tuple(sorted(suite_folder("features").resolve().rglob("*.feature")))


def is_ours(feature: Path) -> bool:
    """Returns whether the feature belongs to the suite."""
    return feature.resolve().is_relative_to(suite_folder("features").resolve())


def each_once(problems: Iterable[UsageError]) -> list[UsageError]:
    """Returns the problems without repetitions.

    A mistake in a background is found once for each scenario of the feature.
    """
    return list({problem.message: problem for problem in reversed(list(problems))}.values())[::-1]


def files_named(step: Step) -> list[str]:
    """Returns the names of the YAML files that a step names.

    `the file "…"` is a path in a pod, and is left out.
    """
    return re.findall(r'(?<!the file )"([^"]+\.ya?ml)"', step.name)


def repeated_ids(cases: Iterable[Case]) -> Iterator[FeatureError]:
    """Yields an error for each id that two scenarios, or two rows of an outline, share."""
    first: dict[str, Case] = {}
    for case in cases:
        scenario = case.check.id.partition("#")[0]
        owner = first.setdefault(scenario, case)
        if owner.template is not case.template:
            yield _used_twice(scenario, case, owner)
        elif case.row is not None and first.setdefault(case.check.id, case) is not case:
            yield _used_twice(case.check.id, case, first[case.check.id])


def _used_twice(name: str, case: Case, first: Case) -> FeatureError:
    text = f"{case.where}: @id:{name} is used twice, first in {first.where}"
    return FeatureError(text, hint="give each check an id of its own")


def _cases(path: Path, template: ScenarioTemplate) -> Iterator[Case]:
    facts: dict[str, Any] = {"feature": path, "line": template.line_number}
    for tags, row in _rows(template):
        if row is not None and "id" not in row:
            continue
        scenario, name = template.render(row or {}), (row or {}).get("id")
        try:
            check = check_from_tags(tags, row=name, title=scenario.name, **facts)
        except FeatureError:
            continue
        check = replace(check, without=suspended(tags, _description(template)))
        yield Case(check, path, template, scenario, name)


def _description(template: ScenarioTemplate) -> str:
    """Returns the descriptions of a scenario and of its feature, from which it has its tags."""
    return f"{template.description}\n{template.feature.description}"


def _rows(template: ScenarioTemplate) -> Iterator[tuple[set[str], dict[str, str] | None]]:
    """Yields the tags and the values of each row of an outline; a scenario has no values."""
    tags = template.feature.tags | template.tags | (template.rule.tags if template.rule else set())
    if not template.examples:
        yield tags, None
    for examples in template.examples:
        for row in examples.as_contexts():
            yield tags | examples.tags, row


def _title_problems(parsed: Parsed) -> Iterator[FeatureError]:
    """Yields an error for each title that is used twice, and for a file without scenarios.

    pytest-bdd would run only the last of the scenarios with the same title.
    """
    path, lines = parsed.path, dict[str, int]()
    for name, line in parsed.scenarios:
        if name in lines:
            text = f"{path}:{line}: scenario {name!r} exists already, in line {lines[name]}"
            yield FeatureError(text, hint="give each a title of its own")
        lines[name] = line
    if not lines:
        yield FeatureError(f"{path}:1: there is no scenario in it")


def _template_problems(path: Path, template: ScenarioTemplate) -> Iterator[UsageError]:
    where = f"{path}:{template.line_number}"
    if not any(step.type == "then" for step in template.steps):
        text = f"{where}: there is no Then in {template.name!r}, so nothing is checked"
        yield FeatureError(text, hint="say with a Then what the controller must do")
    for tags, _ in _rows(template):
        yield from tag_problems(tags, where, template.name)
        yield from suspension_problems(tags, _description(template), where)
    yield from _example_problems(path, template)


def _steps_problems(
    path: Path, template: ScenarioTemplate, steps: StepDefinitions
) -> Iterator[UsageError]:
    for _, row in _rows(template):
        for step in template.render(row or {}).steps:
            yield from _step_problems(path, step, steps)


def _example_problems(path: Path, template: ScenarioTemplate) -> Iterator[FeatureError]:
    for examples in template.examples:
        where = f"{path}:{examples.line_number}"
        if not examples:
            yield FeatureError(f"{where}: these Examples have no row, so nothing would be checked")
        if "id" not in examples.example_params:
            yield FeatureError(f"{where}: Examples need a column 'id' with a name for each row")
        for row in examples.as_contexts():
            yield from name_problems(row.get("id", "id"), f"{where}: the row")
        for step in template.steps:
            for name in re.findall(r"<(.+?)>", step.name):
                if name not in examples.example_params:
                    valid = ", ".join(examples.example_params)
                    text = f"{path}:{step.line_number}: the Examples have no column {name!r}"
                    yield FeatureError(text, hint=f"they have: {valid}")


def _step_problems(path: Path, step: Step, steps: StepDefinitions) -> Iterator[UsageError]:
    """Yields an error for a step that does not exist, and for each missing or wrong file."""
    where, definition = f"{path}:{step.line_number}", steps.of(step)
    if definition is None:
        yield _undefined(where, step, steps)
    else:
        yield from _argument_problems(where, step, definition)
        yield from _table_problems(path, step, definition)
    for name in dict.fromkeys([*files_named(step), *_file_of(step, definition, steps)]):
        expected = re.search(rf'match(es)? "{re.escape(name)}"', step.name) is not None
        yield from FixtureFiles(path).problems(name, where, expected=expected)


def _file_of(step: Step, definition: Definition | None, steps: StepDefinitions) -> Iterator[str]:
    """Yields the file that a step of the suite's names, whatever the end of its name.

    A text in quotes in an author's own step may be anything.
    """
    if definition is not None and steps.has(definition):
        values = definition.parser.parse_arguments(step.name) or {}
        yield from filter(None, [values.get("file")])


def _undefined(where: str, step: Step, steps: StepDefinitions) -> FeatureError:
    keyword, meant = step.keyword.strip(), step.type.title()
    counts = "" if keyword == meant else f" ({keyword} stands for {meant} here)"
    text = f"{where}: no such step: {keyword} {step.name}{counts}"
    return FeatureError(text, hint=_instead(step.name, steps))


def _instead(sentence: str, steps: StepDefinitions) -> str:
    """Returns a hint with the steps that read like the sentence."""
    if "\t" in sentence:
        return f"write a space in place of the tab; {_instead(' '.join(sentence.split()), steps)}"
    words = [word.title() for word in steps.keywords_of(sentence)]
    if words:
        return f"this step stands behind {' or '.join(words)}: {words[0]} {sentence}"
    near = steps.near(sentence)
    if len(near) == 1:
        return f"did you mean: {near[0]}"
    return f"similar steps: {' · '.join(near)}" if near else "features/README.md lists all steps"


def _argument_problems(where: str, step: Step, definition: Definition) -> Iterator[FeatureError]:
    """Yields an error for a table or text that the step needs but lacks, or does not take."""
    arguments = (("datatable", "table", step.datatable), ("docstring", "text", step.docstring))
    for argument, word, given in arguments:
        if definition.takes(argument) != (given is not None):
            text = f"there is no {word} below it" if given is None else f"it takes no {word}"
            form = form_of(definition.function) if given is None and word == "table" else None
            rows = f" {form.example}" if form else ""
            hint = f"as in: {definition.example}{rows}"
            yield FeatureError(f"{where}: {step.keyword.strip()} {step.name}: {text}", hint=hint)


def _table_problems(path: Path, step: Step, definition: Definition) -> Iterator[FeatureError]:
    """Yields an error for each row that does not have the form that the step asks for."""
    if step.datatable is None or (form := form_of(definition.function)) is None:
        return
    table = [[str(cell) for cell in row] for row in step.datatable.raw()]
    for number, text, hint in form.mistakes(table):
        line = step.datatable.rows[number].location.line
        yield FeatureError(f"{path}:{line}: {text}: | {' | '.join(table[number])} |", hint=hint)
