"""What is other than usual: in manifests before they are created, in the cluster after."""

from __future__ import annotations

from dataclasses import replace

from pytest_bdd import given, parsers, when

from harness.changes import changed
from harness.errors import FeatureError
from harness.naming import plain_key
from harness.objects import (
    CONFIG_MAPS,
    KUSCIA_TASKS,
    PODS,
    SERVICES,
    TASK_NAMESPACE,
    TASK_RESOURCE_GROUPS,
    TASK_RESOURCES,
    Obj,
    name_of,
    namespace_of,
)
from harness.scenario import Scenario
from harness.steps.resources import app_image, apply_all, make_app_image

Table = list[list[str]]

#: What may be deleted by somebody else, by the words of the feature.
KINDS = {
    "pod": PODS,
    "service": SERVICES,
    "config map": CONFIG_MAPS,
    "group": TASK_RESOURCE_GROUPS,
    "task resource": TASK_RESOURCES,
}


@given(parsers.re(r'the task "(?P<name>[^"]+)" has'))
def _(scenario: Scenario, name: str, datatable: Table) -> None:
    """Given the task "psi" has: rows `| spec.parties[0].role | Host |`; before it is created."""
    task = scenario.task(name)
    scenario.tasks[name] = replace(task, manifest=changed(task.manifest, datatable))


@given("the AppImage has")
def _(scenario: Scenario, datatable: Table) -> None:
    """Given the AppImage has: rows `| spec.deployTemplates[0].replicas | 2 |`."""
    scenario.app_image = changed(app_image(scenario), datatable)


@given("the AppImage is missing")
def _(scenario: Scenario) -> None:
    """Given the AppImage is missing: tasks are created without it."""
    scenario.app_image_made = True


@when("the AppImage is created")
def _(scenario: Scenario) -> None:
    """When the AppImage is created, after a task that names it."""
    __tracebackhide__ = True
    scenario.act()
    make_app_image(scenario)


@given(parsers.re(r'"(?P<file>[^"]+\.yaml)" is applied with'))
@when(parsers.re(r'"(?P<file>[^"]+\.yaml)" is applied with'))
def _(scenario: Scenario, file: str, datatable: Table) -> None:
    """When "task.yaml" is applied with: rows of a path and a value that it has instead."""
    __tracebackhide__ = True
    scenario.act()
    manifests = scenario.files.manifests(file)
    if len(manifests) != 1:
        hint = "a change is of one: give it a file of its own"
        raise FeatureError(f"{file} has {len(manifests)} manifests", hint=hint)
    apply_all(scenario, [changed(manifests[0], datatable)])


@when(parsers.re(r'the task "(?P<name>[^"]+)" is changed to have'))
def _(scenario: Scenario, name: str, datatable: Table) -> None:
    """When the task "psi" is changed to have: rows `| spec.parties[0].role | Guest |`."""
    scenario.act()
    after = scenario.names.outgoing(changed(scenario.task(name).manifest, datatable))
    patch_task(scenario, name, {field: after[field] for field in ("metadata", "spec")})


@when(parsers.re(r'somebody writes into the status of "(?P<name>[^"]+)"'))
def _(scenario: Scenario, name: str, datatable: Table) -> None:
    """When somebody writes into the status of "psi": rows `| phase | Pending |`, null to remove."""
    scenario.act()
    patch_task(scenario, name, {"status": changed({}, datatable)}, sub="status")


@when(parsers.re(rf'the (?P<kind>{"|".join(KINDS)}) "(?P<key>[^"]+)" is deleted by somebody'))
def _(scenario: Scenario, kind: str, key: str) -> None:
    """When the pod "alice/psi-0" is deleted by somebody."""
    scenario.act()
    resource = KINDS[kind]
    found = scenario.history.latest(resource)
    if resource is TASK_RESOURCES:
        found = {plain_key(known): version for known, version in found.items()}
    if key not in found:
        there = ", ".join(sorted(found)) or "none"
        raise FeatureError(f"there is no {kind} {key} to delete", hint=f"there is: {there}")
    real = found[key].real
    api = scenario.connection.api
    scenario.connection.run(api.delete(resource, name_of(real), namespace_of(real)))


def patch_task(scenario: Scenario, name: str, patch: Obj, sub: str = "") -> None:
    real, api = scenario.names.real(scenario.task(name).name), scenario.connection.api
    scenario.connection.run(api.patch(KUSCIA_TASKS, real, TASK_NAMESPACE, patch, sub=sub))
