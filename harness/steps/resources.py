"""Creating, refusing, deleting: what a user does with kubectl."""

from __future__ import annotations

import re
from dataclasses import replace

from pytest_bdd import given, parsers, then, when

from harness.changes import changed, without
from harness.errors import ApiError, FeatureError, NotFound
from harness.objects import (
    KUSCIA_TASKS,
    TASK_NAMESPACE,
    TASK_RESOURCE_GROUPS,
    TASK_RESOURCES,
    Obj,
    name_of,
    resource_of,
    uid_of,
)
from harness.scenario import Scenario
from harness.tasks import APP_IMAGE, NAMES, Task, make_task, names_in, schedule_from

#: Kinds by whose names a feature speaks of pods.
_HAVE_PODS = (KUSCIA_TASKS, TASK_RESOURCE_GROUPS, TASK_RESOURCES)


@given(parsers.re(rf'the task "(?P<name>[^"]+)" of (?P<domains>{NAMES})(?:, which (?P<words>.+))?'))
def _(scenario: Scenario, name: str, domains: str, words: str | None) -> None:
    """Given the task "psi" of alice and bob, which holds for 3 s and lives for 22 s."""
    define(scenario, make_task(name, names_in(domains), schedule_from(words or "")))


@given(
    parsers.re(
        rf'the tasks "(?P<first>[^"]+)" to "(?P<last>[^"]+)" of (?P<domains>{NAMES})'
        r"(?:, which (?P<words>.+))?"
    )
)
def _(scenario: Scenario, first: str, last: str, domains: str, words: str | None) -> None:
    """Given the tasks "t-1" to "t-10" of alice and bob, which live for 60 s: ten of them."""
    for name in numbered(first, last):
        define(scenario, make_task(name, names_in(domains), schedule_from(words or "")))


@when(parsers.re(r'the tasks "(?P<first>[^"]+)" to "(?P<last>[^"]+)" are created'))
def _(scenario: Scenario, first: str, last: str) -> None:
    """When the tasks "t-1" to "t-10" are created, one after the other."""
    for name in numbered(first, last):
        create(scenario, name)


@when(parsers.re(r'the task "(?P<name>[^"]+)" is created'))
@given(parsers.re(r'the task "(?P<name>[^"]+)" is created'))
def _(scenario: Scenario, name: str) -> None:
    """When the task "psi" is created."""
    create(scenario, name)


def create(scenario: Scenario, name: str) -> None:
    __tracebackhide__ = True
    scenario.act()
    scenario.tasks[name] = replace(scenario.task(name), since=scenario.cursor)
    if not scenario.app_image_made:
        make_app_image(scenario)
    apply_all(scenario, [scenario.task(name).manifest])


@given(parsers.re(r'(?P<files>"[^"]+\.yaml"(?:(?:, | and )"[^"]+\.yaml")*) (?:is|are) applied'))
@when(parsers.re(r'(?P<files>"[^"]+\.yaml"(?:(?:, | and )"[^"]+\.yaml")*) (?:is|are) applied'))
def _(scenario: Scenario, files: str) -> None:
    """When "secretflow-task-psi.yaml" is applied."""
    scenario.act()
    for file in re.findall(r'"([^"]+)"', files):
        apply_all(scenario, scenario.files.manifests(file))


@when(parsers.re(r'"(?P<file>[^"]+\.yaml)" without (?P<path>\S+) is applied'))
def _(scenario: Scenario, file: str, path: str) -> None:
    """When "task.yaml" without spec.parties[0].domainID is applied."""
    [manifest] = scenario.files.manifests(file)
    try_to_apply(scenario, without(manifest, path))


@when(parsers.re(r'"(?P<file>[^"]+\.yaml)" with (?P<path>\S+) (?P<value>\S+) is applied'))
def _(scenario: Scenario, file: str, path: str, value: str) -> None:
    """When "task.yaml" with spec.scheduleConfig.minReservedMembers 0 is applied."""
    [manifest] = scenario.files.manifests(file)
    try_to_apply(scenario, changed(manifest, [[path, value]]))


@then(parsers.re(r"it is refused, naming (?P<path>\S+)"))
def _(scenario: Scenario, path: str) -> None:
    """Then it is refused, naming spec.initiator."""
    __tracebackhide__ = True
    if scenario.refusal is None:
        scenario.fail(f"expected: refused, naming {path}\nactual:   accepted")
    elif path not in [cause.get("field") for cause in scenario.refusal.causes]:
        scenario.fail(f"expected: refused, naming {path}\nactual:   {scenario.refusal}")


@when(parsers.re(r'the task "(?P<name>[^"]+)" is deleted'))
def _(scenario: Scenario, name: str) -> None:
    """When the task "psi" is deleted."""
    scenario.act()
    real = scenario.names.real(scenario.task(name).name)
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
        scenario.fail(f"expected: {text}\nactual:   {said}")


def numbered(first: str, last: str) -> list[str]:
    """The names from `t-1` to `t-10`. FeatureError if these are not the ends of such a row."""
    stem, begin = re.fullmatch(r"(.*?)(\d*)", first).groups()  # type: ignore[union-attr]
    end = last.removeprefix(stem)
    if not (begin and last.startswith(stem) and end.isdecimal() and int(begin) <= int(end)):
        raise FeatureError(f'"{first}" to "{last}" is no row', hint='as in "t-1" to "t-10"')
    return [f"{stem}{number}" for number in range(int(begin), int(end) + 1)]


def define(scenario: Scenario, task: Task) -> None:
    if task.name in scenario.tasks:
        raise FeatureError(f'the task "{task.name}" is given twice')
    scenario.tasks[task.name] = task


def app_image(scenario: Scenario) -> Obj:
    """The AppImage of tasks that name no manifest, with what the feature has changed in it."""
    if scenario.app_image is None:
        [scenario.app_image] = scenario.files.manifests(f"{APP_IMAGE}.yaml")
    return scenario.app_image


def make_app_image(scenario: Scenario) -> None:
    __tracebackhide__ = True
    scenario.app_image_made = True
    apply_all(scenario, [app_image(scenario)])


def try_to_apply(scenario: Scenario, manifest: Obj) -> None:
    """Apply what may well be refused: a Then says whether it was to be."""
    try:
        scenario.apply(manifest)
    except ApiError as error:
        scenario.refusal = error


def apply_all(scenario: Scenario, manifests: list[Obj]) -> None:
    __tracebackhide__ = True
    for manifest in manifests:
        name, is_task = name_of(manifest), resource_of(manifest) is KUSCIA_TASKS
        if resource_of(manifest) in _HAVE_PODS and name not in scenario.tasks:
            define(scenario, Task(name, manifest))
        try:
            created = scenario.apply(manifest)
        except ApiError as error:
            what = f"{manifest['kind']} {name}"
            scenario.fail(f"expected: {what} is accepted\nactual:   {error}")
        if is_task:
            scenario.tasks[name] = replace(scenario.tasks[name], uid=uid_of(created))
