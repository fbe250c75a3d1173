"""Tasks and manifests: created, refused and deleted, as a user does with kubectl."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_bdd import given, then, when

from kuscia_conformance.documents.edits import changed, without
from kuscia_conformance.features import parsers
from kuscia_conformance.features.comparisons import Sentence, compares
from kuscia_conformance.features.giving import Created, Gift, Given, gives, of_manifests
from kuscia_conformance.features.tasks import (
    NAMES,
    Task,
    make_task,
    names_in,
    numbered,
    schedule_from,
)
from kuscia_conformance.scenario.observed.statuses import getting
from kuscia_conformance.scenario.scenario import Scenario


def _task(sentence: Sentence, _: Given) -> Iterator[Gift]:
    yield _described(sentence.values["task"], sentence)


def _tasks(sentence: Sentence, _: Given) -> Iterator[Gift]:
    for name in numbered(sentence.values["first"], sentence.values["last"]):
        yield _described(name, sentence)


def _described(name: str, sentence: Sentence) -> Task:
    domains = names_in(sentence.values["domains"])
    return make_task(name, domains, schedule_from(sentence.values["settings"] or ""))


def _created(sentence: Sentence, _: Given) -> Iterator[Gift]:
    values = sentence.values
    names = numbered(values["first"], values["last"]) if "first" in values else [values["task"]]
    yield from map(Created, names)


def _applied(sentence: Sentence, _: Given) -> Iterator[Gift]:
    for file in re.findall(r'"([^"]+)"', sentence.values["files"]):
        yield from of_manifests(sentence.files.manifests(file))


@given(
    parsers.re(rf'the task "(?P<task>[^"]+)" of (?P<domains>{NAMES})(?:, which (?P<settings>.+))?')
)
@gives(_task)
def _(scenario: Scenario, task: str, domains: str, settings: str | None) -> None:
    """Given the task "psi" of alice and bob, which holds for 3 s and lives for 22 s.

    Defines the task with one party for each domain. Another step creates it.
    """
    scenario.applied.define(make_task(task, names_in(domains), schedule_from(settings or "")))


@given(
    parsers.re(
        rf'the tasks "(?P<first>[^"]+)" to "(?P<last>[^"]+)" of (?P<domains>{NAMES})'
        r"(?:, which (?P<settings>.+))?"
    )
)
@gives(_tasks)
def _(scenario: Scenario, first: str, last: str, domains: str, settings: str | None) -> None:
    """Given the tasks "t-1" to "t-10" of alice and bob, which live for 60 s.

    Defines ten tasks: `t-1`, `t-2` and so on.
    """
    for name in numbered(first, last):
        scenario.applied.define(make_task(name, names_in(domains), schedule_from(settings or "")))


@when(parsers.re(r'the tasks "(?P<first>[^"]+)" to "(?P<last>[^"]+)" are created'))
@gives(_created)
def _(scenario: Scenario, first: str, last: str) -> None:
    """When the tasks "t-1" to "t-10" are created.

    They are created one after the other.
    """
    for name in numbered(first, last):
        scenario.applied.create(name)


@when(parsers.re(r'the task "(?P<task>[^"]+)" is created'))
@given(parsers.re(r'the task "(?P<task>[^"]+)" is created'))
@gives(_created)
def _(scenario: Scenario, task: str) -> None:
    """When the task "psi" is created.

    Its AppImage is created before it, unless the AppImage exists.
    """
    scenario.applied.create(task)


@given(parsers.re(r'(?P<files>"[^"]+\.yaml"(?:(?:, | and )"[^"]+\.yaml")*) (?:is|are) applied'))
@when(parsers.re(r'(?P<files>"[^"]+\.yaml"(?:(?:, | and )"[^"]+\.yaml")*) (?:is|are) applied'))
@gives(_applied)
def _(scenario: Scenario, files: str) -> None:
    """When "secretflow-task-psi.yaml" is applied.

    Creates the objects of the file. The check fails if the API server refuses one of them.
    """
    scenario.history.act()
    for file in re.findall(r'"([^"]+)"', files):
        scenario.applied.apply_all(scenario.files.manifests(file))


@when(parsers.re(r'"(?P<file>[^"]+\.yaml)" without (?P<field>\S+) is applied'))
def _(scenario: Scenario, file: str, field: str) -> None:
    """When "task.yaml" without spec.parties[0].domainID is applied.

    The API server may refuse it. A later step checks that.
    """
    scenario.applied.try_to_apply(without(scenario.files.manifest(file), field))


@when(parsers.re(r'"(?P<file>[^"]+\.yaml)" with (?P<field>\S+) (?P<value>\S+) is applied'))
def _(scenario: Scenario, file: str, field: str, value: str) -> None:
    """When "task.yaml" with spec.scheduleConfig.minReservedMembers 0 is applied.

    The API server may refuse it. A later step checks that.
    """
    scenario.applied.try_to_apply(changed(scenario.files.manifest(file), [[field, value]]))


@then(parsers.re(r"it is refused, naming (?P<field>\S+)"))
@compares("refusal")
def _(scenario: Scenario, field: str) -> None:
    """Then it is refused, naming spec.initiator.

    The API server refused what was applied last, and its answer names this field.
    """
    __tracebackhide__ = True
    if scenario.applied.refusal is None:
        scenario.expect.fail(f"expected: refused, naming {field}\nactual:   accepted")
    elif field not in [cause.get("field") for cause in scenario.applied.refusal.causes]:
        scenario.expect.fail(
            f"expected: refused, naming {field}\nactual:   {scenario.applied.refusal}"
        )


@when(parsers.re(r'the task "(?P<task>[^"]+)" is deleted'))
def _(scenario: Scenario, task: str) -> None:
    """When the task "psi" is deleted."""
    __tracebackhide__ = True
    scenario.history.act()
    scenario.applied.delete_task(task)


@then(parsers.re(r'getting the task "(?P<task>[^"]+)" says: (?P<text>.+)'))
@compares("deleted")
def _(scenario: Scenario, task: str, text: str) -> None:
    """Then getting the task "psi" says: Error from server (NotFound): ... not found.

    The text is what `kubectl get` prints, complete, once the deletion is done: a task may have
    finalizers.
    """
    __tracebackhide__ = True
    scenario.applied.await_gone(task)
    said = scenario.history.tape.ask(f"getting the task {task}", lambda: getting(scenario, task))
    if said != text:
        scenario.expect.fail(f"expected: {text}\nactual:   {said}")
