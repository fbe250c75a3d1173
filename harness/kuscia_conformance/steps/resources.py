"""Creating, refusing, deleting: what a user does with kubectl."""

from __future__ import annotations

import re

from pytest_bdd import given, parsers, then, when

from kuscia_conformance.documents.edits import changed, without
from kuscia_conformance.errors import NotFound
from kuscia_conformance.features.tasks import (
    NAMES,
    make_task,
    names_in,
    numbered,
    schedule_from,
)
from kuscia_conformance.kube.kuscia import (
    KUSCIA_TASKS,
    TASK_NAMESPACE,
)
from kuscia_conformance.scenario.scenario import Scenario


@given(parsers.re(rf'the task "(?P<name>[^"]+)" of (?P<domains>{NAMES})(?:, which (?P<words>.+))?'))
def _(scenario: Scenario, name: str, domains: str, words: str | None) -> None:
    """Given the task "psi" of alice and bob, which holds for 3 s and lives for 22 s."""
    scenario.applied.define(make_task(name, names_in(domains), schedule_from(words or "")))


@given(
    parsers.re(
        rf'the tasks "(?P<first>[^"]+)" to "(?P<last>[^"]+)" of (?P<domains>{NAMES})'
        r"(?:, which (?P<words>.+))?"
    )
)
def _(scenario: Scenario, first: str, last: str, domains: str, words: str | None) -> None:
    """Given the tasks "t-1" to "t-10" of alice and bob, which live for 60 s: ten of them."""
    for name in numbered(first, last):
        scenario.applied.define(make_task(name, names_in(domains), schedule_from(words or "")))


@when(parsers.re(r'the tasks "(?P<first>[^"]+)" to "(?P<last>[^"]+)" are created'))
def _(scenario: Scenario, first: str, last: str) -> None:
    """When the tasks "t-1" to "t-10" are created, one after the other."""
    for name in numbered(first, last):
        scenario.applied.create(name)


@when(parsers.re(r'the task "(?P<name>[^"]+)" is created'))
@given(parsers.re(r'the task "(?P<name>[^"]+)" is created'))
def _(scenario: Scenario, name: str) -> None:
    """When the task "psi" is created."""
    scenario.applied.create(name)


@given(parsers.re(r'(?P<files>"[^"]+\.yaml"(?:(?:, | and )"[^"]+\.yaml")*) (?:is|are) applied'))
@when(parsers.re(r'(?P<files>"[^"]+\.yaml"(?:(?:, | and )"[^"]+\.yaml")*) (?:is|are) applied'))
def _(scenario: Scenario, files: str) -> None:
    """When "secretflow-task-psi.yaml" is applied."""
    scenario.history.act()
    for file in re.findall(r'"([^"]+)"', files):
        scenario.applied.apply_all(scenario.files.manifests(file))


@when(parsers.re(r'"(?P<file>[^"]+\.yaml)" without (?P<path>\S+) is applied'))
def _(scenario: Scenario, file: str, path: str) -> None:
    """When "task.yaml" without spec.parties[0].domainID is applied."""
    scenario.applied.try_to_apply(without(scenario.files.manifest(file), path))


@when(parsers.re(r'"(?P<file>[^"]+\.yaml)" with (?P<path>\S+) (?P<value>\S+) is applied'))
def _(scenario: Scenario, file: str, path: str, value: str) -> None:
    """When "task.yaml" with spec.scheduleConfig.minReservedMembers 0 is applied."""
    scenario.applied.try_to_apply(changed(scenario.files.manifest(file), [[path, value]]))


@then(parsers.re(r"it is refused, naming (?P<path>\S+)"))
def _(scenario: Scenario, path: str) -> None:
    """Then it is refused, naming spec.initiator."""
    __tracebackhide__ = True
    if scenario.applied.refusal is None:
        scenario.expect.fail(f"expected: refused, naming {path}\nactual:   accepted")
    elif path not in [cause.get("field") for cause in scenario.applied.refusal.causes]:
        scenario.expect.fail(
            f"expected: refused, naming {path}\nactual:   {scenario.applied.refusal}"
        )


@when(parsers.re(r'the task "(?P<name>[^"]+)" is deleted'))
def _(scenario: Scenario, name: str) -> None:
    """When the task "psi" is deleted."""
    scenario.history.act()
    real = scenario.names.real(scenario.applied.task(name).name)
    scenario.connection.run(scenario.connection.api.delete(KUSCIA_TASKS, real, TASK_NAMESPACE))


@then(parsers.re(r'getting the task "(?P<name>[^"]+)" says: (?P<text>.+)'))
def _(scenario: Scenario, name: str, text: str) -> None:
    """Then getting the task "psi" says: Error from server (NotFound): ... not found."""
    __tracebackhide__ = True
    api, real = scenario.connection.api, scenario.names.real(name)
    try:
        scenario.connection.run(api.get(KUSCIA_TASKS, real, TASK_NAMESPACE))
        said = "the task is there"
    except NotFound as error:
        said = scenario.names.incoming(f"Error from server ({error.reason}): {error.message}")
    if said != text:
        scenario.expect.fail(f"expected: {text}\nactual:   {said}")
