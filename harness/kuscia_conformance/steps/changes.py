"""Changes: to manifests before they are created, and to objects in the cluster afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Annotated

from pytest_bdd import given, when

from kuscia_conformance.documents.edits import changed, filled
from kuscia_conformance.features import parsers
from kuscia_conformance.features.comparisons import Sentence
from kuscia_conformance.features.giving import Changed, Gift, Given, gives, of_manifests
from kuscia_conformance.features.table_forms import Table, fields_of
from kuscia_conformance.scenario.observed.reservations import (
    KINDS,
    delete,
    evict,
)
from kuscia_conformance.scenario.scenario import Scenario

TASK = fields_of("KusciaTask")
APP_IMAGE = fields_of("AppImage", "| spec.deployTemplates[0].replicas | 2 |")
#: The kind is that of the manifest in the file.
FILE = fields_of("file")
STATUS = fields_of("status", "| phase | Pending |")


def _changed_task(sentence: Sentence, given: Given) -> Iterator[Gift]:
    if task := given.tasks.get(sentence.values["task"]):
        yield Changed(replace(task, manifest=changed(task.manifest, sentence.table)))


def _changed_file(sentence: Sentence, _: Given) -> Iterable[Gift]:
    manifest = sentence.files.manifest(sentence.values["file"])
    return of_manifests([changed(manifest, sentence.table)])


@given(parsers.re(r'the task "(?P<task>[^"]+)" has'))
@gives(_changed_task)
def _(scenario: Scenario, task: str, datatable: Annotated[Table, TASK]) -> None:
    """Given the task "psi" has.

    Changes the manifest before the task is created. Each row of the table below it is a field and
    its value, as in `| spec.parties[0].role | Host |`.
    """
    known = scenario.applied.task(task)
    scenario.applied.tasks[task] = replace(known, manifest=changed(known.manifest, datatable))


@given(parsers.re("the AppImage has"))
def _(scenario: Scenario, datatable: Annotated[Table, APP_IMAGE]) -> None:
    """Given the AppImage has.

    Changes the AppImage before it is created. Each row of the table below it is a field and its
    value, as in `| spec.deployTemplates[0].replicas | 2 |`.
    """
    scenario.applied.app_image = changed(scenario.applied.the_app_image(), datatable)


@given(parsers.re("the AppImage is missing"))
def _(scenario: Scenario) -> None:
    """Given the AppImage is missing.

    Tasks are created without their AppImage.
    """
    scenario.applied.app_image_made = True


@when(parsers.re("the AppImage is created"))
def _(scenario: Scenario) -> None:
    """When the AppImage is created.

    It comes after a task that names it.
    """
    __tracebackhide__ = True
    scenario.history.act()
    scenario.applied.make_app_image()


@given(parsers.re(r'"(?P<file>[^"]+\.yaml)" is applied with'))
@when(parsers.re(r'"(?P<file>[^"]+\.yaml)" is applied with'))
@gives(_changed_file)
def _(scenario: Scenario, file: str, datatable: Annotated[Table, FILE]) -> None:
    """When "task.yaml" is applied with.

    Each row of the table below it is a field and the value that it gets before the manifest is
    applied.
    """
    __tracebackhide__ = True
    scenario.history.act()
    scenario.applied.apply_all([changed(scenario.files.manifest(file), datatable)])


@when(parsers.re(r'the task "(?P<task>[^"]+)" is changed to have'))
def _(scenario: Scenario, task: str, datatable: Annotated[Table, TASK]) -> None:
    """When the task "psi" is changed to have.

    Changes the task in the cluster. Each row of the table below it is a field and its new value,
    as in `| spec.parties[0].role | Guest |`.
    """
    scenario.history.act()
    after = scenario.names.outgoing(changed(scenario.applied.task(task).manifest, datatable))
    scenario.applied.patch_task(task, {field: after[field] for field in ("metadata", "spec")})


@when(parsers.re(r'somebody writes into the status of "(?P<task>[^"]+)"'))
def _(scenario: Scenario, task: str, datatable: Annotated[Table, STATUS]) -> None:
    """When somebody writes into the status of "psi".

    Each row of the table below it is a field of the status and its new value, as in
    `| phase | Pending |`. The value `null` removes the field.
    """
    scenario.history.act()
    scenario.applied.patch_task(task, {"status": filled({}, datatable)}, sub="status")


@when(parsers.re(rf'the (?P<kind>{"|".join(KINDS)}) "(?P<key>[^"]+)" is deleted by somebody'))
def _(scenario: Scenario, kind: str, key: str) -> None:
    """When the pod "alice/psi-0" is deleted by somebody.

    A pod still runs for its grace period, unless it ends before.
    """
    scenario.history.act()
    delete(scenario, kind, key)


@when(parsers.re(r'the pod "(?P<key>[^"]+)" is deleted by somebody, by force'))
def _(scenario: Scenario, key: str) -> None:
    """When the pod "alice/psi-0" is deleted by somebody, by force.

    The pod is gone at once, without a grace period.
    """
    scenario.history.act()
    delete(scenario, "pod", key, grace_seconds=0)


@when(parsers.re(r'the pod "(?P<key>[^"]+)" is evicted by its node'))
def _(scenario: Scenario, key: str) -> None:
    """When the pod "alice/psi-0" is evicted by its node.

    Its status says so as a kubelet would write it: Failed, with the reason Evicted, and without a
    word of its containers.
    """
    scenario.history.act()
    evict(scenario, key)
