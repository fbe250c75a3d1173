"""TaskResourceGroups and TaskResources: how a task reserves nodes for its parties.

A group has the name of its task. The name of a task resource ends in random digits, so features and
this module leave these digits out (`names.plain_key`).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from kuscia_conformance import documents
from kuscia_conformance.documents.operators import Context
from kuscia_conformance.environment.journal import Version
from kuscia_conformance.errors import FeatureError, choice
from kuscia_conformance.kube.kuscia import (
    TASK_RESOURCE_ANNOTATION,
    TASK_RESOURCE_GROUPS,
    TASK_RESOURCE_UID_LABEL,
    TASK_RESOURCES,
)
from kuscia_conformance.kube.objects import (
    CONFIG_MAPS,
    PODS,
    SERVICES,
    Obj,
    Resource,
    name_of,
    namespace_of,
    phase_of,
    time_text,
    uid_of,
)
from kuscia_conformance.scenario.names import plain_key
from kuscia_conformance.scenario.observed.nearest import Nearest, nearest
from kuscia_conformance.scenario.observed.pods import (
    describe,
    pods_of,
)
from kuscia_conformance.scenario.scenario import Scenario
from kuscia_conformance.scenario.timeline import first_task

#: The kinds that a feature may name, by its words.
KINDS = {
    "pod": PODS,
    "service": SERVICES,
    "config map": CONFIG_MAPS,
    "group": TASK_RESOURCE_GROUPS,
    "task resource": TASK_RESOURCES,
}

#: A group or a task resource in a step, such as `the task resource "alice/psi"`.
OBJECT = r'the (?P<kind>group|task resource) "(?P<key>[^"]+)"'


#: The status of a pod that its node has evicted, as a kubelet writes it.
_EVICTED = {
    "status": {
        "phase": "Failed",
        "reason": "Evicted",
        "message": "The node was low on resource: memory.",
        "containerStatuses": [],
    }
}
#: Phases of a group before its first round; an implementation need not store them.
_BEFORE_RESERVING = frozenset({"Pending", "Creating"})


def await_match(scenario: Scenario, kind: str, key: str, file: str, limit: str | None) -> None:
    """Waits until a version of the object matches the document, from the cursor on.

    The cursor then moves to that version. `limit` is in seconds, None for the usual timeout.
    """
    __tracebackhide__ = True
    document, context = scenario.files.document(file), Context(nodes=scenario.domains.nodes)

    def matching() -> int | None:
        for place, version in _from_the_cursor(scenario, kind, key):
            if not version.gone and not documents.compare(document, version.object, context):
                return place
        return None

    def found() -> Nearest | None:
        there = [version for _, version in _from_the_cursor(scenario, kind, key)]
        known = [version for version in there if not version.gone]
        return nearest(document, known, lambda version: version.object, context)

    def text() -> str:
        if (best := found()) is None:
            return f"expected: the {kind} {key}\nactual:   {in_words(scenario, kind, key)}"
        where = best.where(first_task(scenario.history))
        return f"{documents.render(best.shown.mismatches)}\n\n{where}"

    def wrong() -> tuple[str, ...]:
        best = found()
        mismatches = best.shown.mismatches if best else documents.compare(document, {}, context)
        return documents.mismatched(document, kind_of(kind), mismatches)

    within = scenario.timeouts.of(limit)
    scenario.history.cursor = scenario.expect.until(matching, within, text, wrong)


def kind_of(words: str) -> str:
    """Returns the kind of subjects for a group or a task resource: `group` or `resource`."""
    return words.removeprefix("task ")


def phases_of(scenario: Scenario, kind: str, key: str) -> list[str]:
    """Returns the phases that the object has entered, from its first round on."""
    entered = [phase_of(version.object) for version in entries(scenario, kind, key)]
    return [phase for phase in entered if phase not in _BEFORE_RESERVING]


def await_gone(scenario: Scenario, kind: str, key: str) -> None:
    """Waits until the object was seen and is gone."""
    __tracebackhide__ = True

    def gone() -> bool | None:
        versions = versions_of(scenario, KINDS[kind], key)
        return True if versions and versions[-1].gone else None

    def text() -> str:
        actual = in_words(scenario, kind, key)
        return f"expected: the {kind} {key} was there, and is gone\nactual:   {actual}"

    scenario.expect.until(gone, scenario.timeouts.gone, text)


def in_words(scenario: Scenario, kind: str, key: str) -> str:
    """Returns what has become of the object: whether it is there, its phases, what keeps it."""
    versions = versions_of(scenario, KINDS[kind], key)
    if not versions:
        return f"there was no {kind} {key}"
    metadata, phases = versions[-1].object["metadata"], map(_phase, entries(scenario, kind, key))
    state = "is gone" if versions[-1].gone else "is there"
    if "deletionTimestamp" in metadata and not versions[-1].gone:
        kept = ", ".join(metadata.get("finalizers") or []) or "no finalizer"
        state = f"is being deleted, and has {kept}"
    return f"it {state}; its phases were {', '.join(phases) or 'none'}"


def _phase(version: Version) -> str:
    return phase_of(version.object)


def set_phase(scenario: Scenario, key: str, phase: str) -> None:
    """Sets a task resource's phase, with the condition of that name. Waits until it exists."""
    __tracebackhide__ = True
    there, api = existing(scenario, key), scenario.connection.api
    scenario.history.act()
    status = _moved(there, phase, time_text(scenario.connection.journal.now()))
    name, namespace = name_of(there), namespace_of(there)
    with scenario.expect.there(f"the task resource {key}"):
        scenario.connection.run(api.patch(TASK_RESOURCES, name, namespace, {"status": status}))


def hand_over(scenario: Scenario, who: str, key: str) -> None:
    """Marks the pods as the task resource's by label and annotation, as the original does.

    Waits until the task resource and the pods exist. `who` is a task, a domain or a pod.
    """
    __tracebackhide__ = True
    there, api = existing(scenario, key), scenario.connection.api
    scenario.expect.until(
        lambda: pods_of(scenario, who) or None,
        scenario.timeouts.status,
        lambda: describe(scenario, who, "exist"),
    )
    scenario.history.act()
    labels = {TASK_RESOURCE_UID_LABEL: uid_of(there)}
    annotations = {TASK_RESOURCE_ANNOTATION: name_of(there)}
    patch = {"metadata": {"labels": labels, "annotations": annotations}}
    pods = [version.real for version in pods_of(scenario, who)]
    with scenario.expect.there(f"each pod of {who}"):
        scenario.connection.together(
            *(api.patch(PODS, name_of(pod), namespace_of(pod), patch) for pod in pods)
        )


def existing(scenario: Scenario, key: str) -> Obj:
    """Waits for the task resource and returns its newest version, with the cluster's names."""
    __tracebackhide__ = True

    def there() -> Obj | None:
        versions = versions_of(scenario, TASK_RESOURCES, key)
        return versions[-1].real if versions and not versions[-1].gone else None

    return scenario.expect.until(
        there,
        scenario.timeouts.status,
        lambda: f"expected: a task resource {key}\nactual:   there is none",
    )


def versions_of(scenario: Scenario, resource: Resource, key: str) -> list[Version]:
    """Returns every version of the object, including earlier objects of the same name."""
    known = scenario.history.versions
    return [v for v in known if v.resource is resource and plain_key(v.key) == key]


def entries(scenario: Scenario, kind: str, key: str) -> list[Version]:
    """Returns the versions in which the object entered another phase."""
    versions = (v for v in versions_of(scenario, KINDS[kind], key) if not v.gone)
    entered = (next(same) for _, same in groupby(versions, lambda v: phase_of(v.object)))
    return [version for version in entered if phase_of(version.object)]


def _from_the_cursor(scenario: Scenario, kind: str, key: str) -> Iterator[tuple[int, Version]]:
    versions = versions_of(scenario, KINDS[kind], key)
    if versions:
        yield from scenario.history.from_cursor(KINDS[kind], versions[-1].key)


def _moved(resource: Obj, phase: str, now: str) -> Obj:
    """Returns the status with that phase and a condition of the same name that is True."""
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


def delete(scenario: Scenario, kind: str, key: str, *, grace_seconds: int | None = None) -> None:
    """Waits for an object of one of KINDS and deletes it; the check fails if there is none.

    `grace_seconds` replaces the grace period of a pod. Raises FeatureError if the key belongs to no
    task and no domain of the scenario.
    """
    __tracebackhide__ = True
    _require_owner(scenario, kind, key)
    there, api = _there(scenario, kind, key), scenario.connection.api
    with scenario.expect.there(f"the {kind} {key}"):
        name, namespace = name_of(there), namespace_of(there)
        gone = api.delete(KINDS[kind], name, namespace, grace_seconds=grace_seconds)
        scenario.connection.run(gone)


def evict(scenario: Scenario, key: str) -> None:
    """Waits for the pod, and gives it the status with which a kubelet evicts a pod."""
    __tracebackhide__ = True
    _require_owner(scenario, "pod", key)
    there, api = _there(scenario, "pod", key), scenario.connection.api
    with scenario.expect.there(f"the pod {key}"):
        patch = api.patch(PODS, name_of(there), namespace_of(there), _EVICTED, sub="status")
        scenario.connection.run(patch)


def _there(scenario: Scenario, kind: str, key: str) -> Obj:
    """Waits for an object of one of KINDS, and returns it with the cluster's names."""
    __tracebackhide__ = True
    resource = KINDS[kind]

    def found() -> dict[str, Version]:
        there = scenario.history.latest(resource)
        is_random = resource is TASK_RESOURCES
        return {plain_key(known) if is_random else known: each for known, each in there.items()}

    def text() -> str:
        return f"expected: the {kind} {key}\nactual:   {', '.join(sorted(found())) or 'none'}"

    return scenario.expect.until(lambda: found().get(key), scenario.timeouts.status, text).real


def _require_owner(scenario: Scenario, kind: str, key: str) -> None:
    """Raises FeatureError unless the key begins with a domain, or is a task, of the scenario."""
    known = [*scenario.domains.nodes, *scenario.applied.tasks]
    owner = key.partition("/")[0]
    if owner not in known:
        text = f"there can be no {kind} {key}: this scenario has no such domain or task"
        raise FeatureError(text, hint=choice(owner, known, "given"))
