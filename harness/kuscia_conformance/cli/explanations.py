"""The text that `kuscia-conformance explain` prints: about a check, a requirement or a step.

explain              finds what a name means, and calls one of these
about_check          steps, requirements, documents, and the command that runs the check alone
about_clauses        the clauses of a requirement that promises several things
about_requirement    text, source, what it owns, and the checks that cover it
about_step           pattern, example, notes, and what may stand for the placeholders
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pytest_bdd.parser import Step

from kuscia_conformance.documents.text import read_text
from kuscia_conformance.errors import UsageError
from kuscia_conformance.features.catalogue import covering, like, shown
from kuscia_conformance.features.checks import Requirement, requirements, strength
from kuscia_conformance.features.comparisons import claims_of, compared_by
from kuscia_conformance.features.ownership import owners
from kuscia_conformance.features.reader import Case
from kuscia_conformance.features.rules import Rule, rules
from kuscia_conformance.features.step_definitions import KEYWORDS, Definition, StepDefinitions
from kuscia_conformance.steps import placeholder
from kuscia_conformance.steps.placeholders import Placeholder

#: What the sources of requirements mean.
SOURCES = {
    "page": "Kuscia's page on KusciaTask",
    "AppImage page": "Kuscia's page on AppImage",
    "definition": "the resource definition",
    "original": "what Kuscia's own controller does, where its pages are silent",
    "Kubernetes": "a rule of Kubernetes",
    "suite": "this suite's own rule",
    "this suite": "its own rule",
}


def explain(name: str, cases: Sequence[Case], steps: StepDefinitions) -> str:
    """Returns the text about everything that the name means.

    The name is the id of a check (without `#row`: every row of it) or of a standing rule, the id of
    a requirement (all its clauses) or of a clause, or a sentence of the feature language. Raises
    UsageError if it is none of these.
    """
    found = [case for case in cases if name in (case.check.id, case.check.id.partition("#")[0])]
    if found:
        return "\n\n\n".join(about_check(case, steps) for case in found)
    if name in rules():
        return about_rule(rules()[name])
    if clauses := [each for each in requirements().values() if name in each.names]:
        heading = [about_clauses(name, clauses)] if len(clauses) > 1 else []
        return "\n\n\n".join([*heading, *(about_requirement(each, cases) for each in clauses)])
    if definitions := _definitions(name, steps):
        return "\n\n".join(about_step(each) for each in definitions)
    raise UsageError(
        f"{shown(name)}: there is no check, requirement or step of this name",
        hint=_hint(name, cases, steps),
    )


def about_check(case: Case, steps: StepDefinitions) -> str:
    """Returns the check's steps, its requirements, its documents, and how to run it alone.

    Below each requirement is what it owns of all that the check compares.
    """
    check = case.check
    needs = [*(f"needs {name}" for name in sorted(check.needs))]
    needs += ["runs alone"] if check.exclusive else []
    parts = [
        f"{check.id}: {check.title}",
        ", ".join([strength(check) or "no requirement", check.level, *needs]),
        "",
        *_scenario(case),
        "",
        *_requirements(case, steps),
        *_documents(case),
        f"Run it alone: kuscia-conformance run --only '{check.id}'{_cluster(case)}",
    ]
    return "\n".join(parts)


def about_clauses(name: str, clauses: Sequence[Requirement]) -> str:
    """Returns the clauses of a requirement, and how to run the checks of all of them."""
    lines = [f"  {each.id} ({each.strength})  {each.text}" for each in clauses]
    run = f"Run the checks of all of them: kuscia-conformance run --only {name}"
    return "\n".join([f"{name} promises {len(clauses)} things:", *lines, "", run])


def about_requirement(requirement: Requirement, cases: Sequence[Case]) -> str:
    """Returns the requirement's text, its source, what it owns, and the checks that cover it."""
    found = covering(requirement.id, cases)
    lines = [_brief(requirement), "", "Owns:"]
    lines += [f"  {pattern}" for pattern in requirement.owns] or ["  nothing"]
    lines += ["", "Checks:"]
    lines += [f"  {check.id}: {check.title}" for check in found] or ["  none"]
    return "\n".join(
        [*lines, "", f"Run its checks: kuscia-conformance run --only {requirement.id}"]
    )


def about_rule(rule: Rule) -> str:
    """Returns what a standing rule says, and the clause that owns it."""
    owned = "\n\n".join(_brief(requirements()[name]) for name in rule.owners)
    return (
        f"{rule.id}: {rule.text}\n\nA standing rule: it looks at the history of every scenario.\n\n"
        f"{owned}\n\nRun it on all scenarios: kuscia-conformance run --only {rule.id}"
    )


def about_step(definition: Definition) -> str:
    """Returns the step's pattern, an example, notes, its placeholders, and its Python module."""
    keywords = ", ".join(word.title() for word in definition.keywords)
    lines = [f"{keywords} {definition.synopsis}"]
    lines += ["  with a table below it"] if definition.takes("datatable") else []
    lines += [f"  example: {definition.example}"]
    lines += [f"  {definition.explanation}"] if definition.explanation else []
    known = [found for found in map(placeholder, definition.placeholders) if found]
    width = max((len(each.name) for each in known), default=0) + 2
    lines += [f"  {f'<{each.name}>':{width}}  {_meaning(each)}" for each in known]
    lines += ["  features/README.md has all words that may stand there"] if known else []
    return "\n".join([*lines, f"  defined in {definition.module}"])


def _meaning(explained: Placeholder) -> str:
    return f"{explained.meaning}, as in: {explained.example}"


def _brief(requirement: Requirement) -> str:
    origin = f"{requirement.strength}, {_source(requirement)}"
    return f"{requirement.id} ({origin})\n  {requirement.text}"


def _source(requirement: Requirement) -> str:
    meanings = [SOURCES.get(part, part) for part in requirement.source.split(", ")]
    return f"source: {requirement.source} ({'; '.join(meanings)})"


def _scenario(case: Case) -> Iterator[str]:
    """Yields the steps with their tables; the background is apart, and a row is filled in."""
    count = len(case.template.all_background_steps)
    yield f"Feature: {case.template.feature.name}    ({case.check.feature}:{case.check.line})"
    if count:
        yield "  Background:"
        yield from _steps(case.steps[:count])
    yield f"  Scenario: {case.check.title}"
    yield from _steps(case.steps[count:])


def _steps(steps: Sequence[Step]) -> Iterator[str]:
    for step in steps:
        yield f"    {step.keyword.strip()} {step.name}"
        yield from (f"      {line}" for line in _table(step))
        yield from (f"      {line}" for line in (step.docstring or "").splitlines())


def _table(step: Step) -> list[str]:
    rows = [[str(cell) for cell in row] for row in step.datatable.raw()] if step.datatable else []
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    cells = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows]
    return [f"| {' | '.join(row)} |" for row in cells]


def _requirements(case: Case, steps: StepDefinitions) -> Iterator[str]:
    known, claims = requirements(), claims_of(case.check)
    compared = [subject for step in compared_by(case, steps) for subject in step]
    for name in case.check.requirements:
        yield _brief(known[name])
        mine = dict.fromkeys(subject for subject in compared if name in owners(subject, claims))
        yield from (f"    compares {subject}" for subject in mine)
    yield ""


def _documents(case: Case) -> Iterator[str]:
    for name, path in case.files.items():
        yield f"{name}    ({_shown(path)})"
        yield from (f"  {line}".rstrip() for line in read_text(path).splitlines())
        yield ""


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _cluster(case: Case) -> str:
    return " --cluster kind" if "real-pods" in case.check.needs else ""


def _definitions(sentence: str, steps: StepDefinitions) -> list[Definition]:
    """Returns the steps that a sentence calls; its keyword may be missing."""
    keyword, _, rest = sentence.partition(" ")
    given = keyword.lower() in KEYWORDS
    text, kinds = (rest, (keyword.lower(),)) if given else (sentence, KEYWORDS)
    return [
        each
        for each in steps.all()
        if any(each.fits(Step(text, kind, 0, 0, kind)) for kind in kinds)
    ]


def _hint(name: str, cases: Sequence[Case], steps: StepDefinitions) -> str:
    if near := steps.near(name) if " " in name else []:
        return "similar steps: " + " · ".join(near)
    ids = {case.check.id for case in cases} | {case.check.id.partition("#")[0] for case in cases}
    return like(name, ids | requirements().keys() | rules().keys())
