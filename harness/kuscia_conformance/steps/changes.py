"""What is other than usual: in manifests before they are created, in the cluster after."""

from __future__ import annotations

from dataclasses import replace

from pytest_bdd import given, parsers, when

from kuscia_conformance.documents.edits import changed
from kuscia_conformance.scenario.observed.reservations import (
    KINDS,
    delete,
)
from kuscia_conformance.scenario.scenario import Scenario

Table = list[list[str]]


@given(parsers.re(r'the task "(?P<name>[^"]+)" has'))
def _(scenario: Scenario, name: str, datatable: Table) -> None:
    """Given the task "psi" has: rows `| spec.parties[0].role | Host |`; before it is created."""
    task = scenario.applied.task(name)
    scenario.applied.tasks[name] = replace(task, manifest=changed(task.manifest, datatable))


@given("the AppImage has")
def _(scenario: Scenario, datatable: Table) -> None:
    """Given the AppImage has: rows `| spec.deployTemplates[0].replicas | 2 |`."""
    scenario.applied.app_image = changed(scenario.applied.the_app_image(), datatable)


@given("the AppImage is missing")
def _(scenario: Scenario) -> None:
    """Given the AppImage is missing: tasks are created without it."""
    scenario.applied.app_image_made = True


@when("the AppImage is created")
def _(scenario: Scenario) -> None:
    """When the AppImage is created, after a task that names it."""
    __tracebackhide__ = True
    scenario.history.act()
    scenario.applied.make_app_image()


@given(parsers.re(r'"(?P<file>[^"]+\.yaml)" is applied with'))
@when(parsers.re(r'"(?P<file>[^"]+\.yaml)" is applied with'))
def _(scenario: Scenario, file: str, datatable: Table) -> None:
    """When "task.yaml" is applied with: rows of a path and a value that it has instead."""
    __tracebackhide__ = True
    scenario.history.act()
    scenario.applied.apply_all([changed(scenario.files.manifest(file), datatable)])


@when(parsers.re(r'the task "(?P<name>[^"]+)" is changed to have'))
def _(scenario: Scenario, name: str, datatable: Table) -> None:
    """When the task "psi" is changed to have: rows `| spec.parties[0].role | Guest |`."""
    scenario.history.act()
    after = scenario.names.outgoing(changed(scenario.applied.task(name).manifest, datatable))
    scenario.applied.patch_task(name, {field: after[field] for field in ("metadata", "spec")})


@when(parsers.re(r'somebody writes into the status of "(?P<name>[^"]+)"'))
def _(scenario: Scenario, name: str, datatable: Table) -> None:
    """When somebody writes into the status of "psi": rows `| phase | Pending |`, null to remove."""
    scenario.history.act()
    scenario.applied.patch_task(name, {"status": changed({}, datatable)}, sub="status")


@when(parsers.re(rf'the (?P<kind>{"|".join(KINDS)}) "(?P<key>[^"]+)" is deleted by somebody'))
def _(scenario: Scenario, kind: str, key: str) -> None:
    """When the pod "alice/psi-0" is deleted by somebody."""
    scenario.history.act()
    delete(scenario, kind, key)
