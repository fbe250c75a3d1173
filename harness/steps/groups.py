"""Groups and task resources: how a controller and its scheduler reserve for a task."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from pytest_bdd import parsers, then, when

from harness import documents
from harness.documents import Context
from harness.journal import Version
from harness.naming import plain_key
from harness.objects import (
    GROUP,
    PODS,
    TASK_RESOURCES,
    Obj,
    Resource,
    name_of,
    namespace_of,
    time_text,
    uid_of,
)
from harness.scenario import Scenario
from harness.steps.changes import KINDS
from harness.steps.pods import WHO, describe, whom

#: A group by its name, which is its task's; a task resource without the digits that end its name.
OBJECT = r'the (?P<kind>group|task resource) "(?P<key>[^"]+)"'
#: What a group goes through before its first round: an implementation need not store it.
_BEFORE_RESERVING = frozenset({"Pending", "Creating"})


@then(parsers.re(rf'{OBJECT} matches "(?P<file>[^"]+)"(?: within (?P<limit>\d+) s)?'))
def _(scenario: Scenario, kind: str, key: str, file: str, limit: str | None) -> None:
    """Then the group "psi" matches "reserving.group.yaml"; or the task resource "alice/psi"."""
    __tracebackhide__ = True
    times, document = scenario.timeouts, scenario.files.document(file)
    context = Context(nodes=scenario.nodes)

    def matching() -> int | None:
        for place, version in _from_the_cursor(scenario, kind, key):
            if not version.gone and not documents.compare(document, version.object, context):
                return place
        return None

    def text() -> str:
        versions = [version for _, version in _from_the_cursor(scenario, kind, key)]
        if not versions or versions[-1].gone:
            return f"there is no {kind} {key}"
        return documents.render(documents.compare(document, versions[-1].object, context))

    within = float(limit) * times.factor if limit else times.status
    scenario.cursor = scenario.until(matching, within, text)


@then(parsers.re(rf"the phases of {OBJECT} were (?P<phases>.+)"))
def _(scenario: Scenario, kind: str, key: str, phases: str) -> None:
    """Then the phases of the group "psi" were Reserving, Reserved; Creating is not looked at."""
    __tracebackhide__ = True
    wanted = phases.split(", ")

    def passed() -> list[str]:
        entered = [phase_of(version.object) for version in entries(scenario, kind, key)]
        return [phase for phase in entered if phase not in _BEFORE_RESERVING]

    def text() -> str:
        return f"expected: the phases {phases}\nactual:   {', '.join(passed()) or 'none'}"

    scenario.until(lambda: len(passed()) >= len(wanted) or None, scenario.timeouts.status, text)
    if passed() != wanted:
        scenario.fail(text())


@then(parsers.re(rf"{OBJECT} is gone"))
def _(scenario: Scenario, kind: str, key: str) -> None:
    """Then the group "psi" is gone; it was there."""
    __tracebackhide__ = True

    def gone() -> bool | None:
        versions = versions_of(scenario, KINDS[kind], key)
        return True if versions and versions[-1].gone else None

    scenario.until(
        gone, scenario.timeouts.gone, lambda: f"expected: the {kind} {key} was there and is gone"
    )


@when(parsers.re(r'somebody sets the task resource "(?P<key>[^"]+)" to (?P<phase>[A-Z][A-Za-z]+)'))
def _(scenario: Scenario, key: str, phase: str) -> None:
    """When somebody sets the task resource "alice/psi" to Reserved, as a scheduler would."""
    __tracebackhide__ = True
    there, api = existing(scenario, key), scenario.connection.api
    scenario.act()
    status = _moved(there, phase, time_text(scenario.connection.journal.now()))
    name, namespace = name_of(there), namespace_of(there)
    scenario.connection.run(api.patch(TASK_RESOURCES, name, namespace, {"status": status}))


@when(parsers.re(rf'{WHO} (?:are|is) handed over to the task resource "(?P<key>[^"]+)"'))
def _(scenario: Scenario, who: str, key: str) -> None:
    """When the pods of "psi" are handed over to the task resource "alice/psi"."""
    __tracebackhide__ = True
    there, api, who = existing(scenario, key), scenario.connection.api, whom(who)
    scenario.until(
        lambda: scenario.pods(who) or None,
        scenario.timeouts.status,
        lambda: describe(scenario, who, "exist"),
    )
    scenario.act()
    labels = {f"{GROUP}/task-resource-uid": uid_of(there)}
    annotations = {f"{GROUP}/task-resource": name_of(there)}
    patch = {"metadata": {"labels": labels, "annotations": annotations}}
    pods = [version.real for version in scenario.pods(who)]
    scenario.connection.together(
        *(api.patch(PODS, name_of(pod), namespace_of(pod), patch) for pod in pods)
    )


def existing(scenario: Scenario, key: str) -> Obj:
    """The task resource as it is in the cluster, once it is there."""
    __tracebackhide__ = True

    def there() -> Obj | None:
        versions = versions_of(scenario, TASK_RESOURCES, key)
        return versions[-1].real if versions and not versions[-1].gone else None

    return scenario.until(
        there,
        scenario.timeouts.status,
        lambda: f"expected: a task resource {key}\nactual:   there is none",
    )


def versions_of(scenario: Scenario, resource: Resource, key: str) -> list[Version]:
    """Every version of the object, and of those before it under that name."""
    known = scenario.history.versions
    return [v for v in known if v.resource is resource and plain_key(v.key) == key]


def entries(scenario: Scenario, kind: str, key: str) -> list[Version]:
    """The versions in which the object came into another phase."""
    versions = (v for v in versions_of(scenario, KINDS[kind], key) if not v.gone)
    entered = (next(same) for _, same in groupby(versions, lambda v: phase_of(v.object)))
    return [version for version in entered if phase_of(version.object)]


def phase_of(obj: Obj) -> str:
    return str((obj.get("status") or {}).get("phase") or "")


def _from_the_cursor(scenario: Scenario, kind: str, key: str) -> Iterator[tuple[int, Version]]:
    versions = versions_of(scenario, KINDS[kind], key)
    if versions:
        yield from scenario.versions(KINDS[kind], versions[-1].key)


def _moved(resource: Obj, phase: str, now: str) -> Obj:
    """The status in that phase, with the condition that goes with it."""
    condition = {"type": phase, "status": "True", "reason": "The suite says so"}
    known = (resource.get("status") or {}).get("conditions") or []
    return {
        "phase": phase,
        "lastTransitionTime": now,
        "conditions": [
            *(other for other in known if other["type"] != phase),
            {**condition, "lastTransitionTime": now},
        ],
    }
