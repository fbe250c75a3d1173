"""What changed from one version of an object to the next, in words for the timeline.

`tell` yields what has changed, for the kinds in WORDS: `pod alice/psi-0 bound to n1`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kuscia_conformance.clusters.borrowed_nodes import SLOT
from kuscia_conformance.environment.journal import Version
from kuscia_conformance.kube import kuscia, objects
from kuscia_conformance.kube.objects import Obj, labels_of, phase_of
from kuscia_conformance.scenario.names import plain_key

#: Returns what has changed from the object before a version to that version.
Teller = Callable[[Version, Obj | None], Iterator[str]]
#: The moments of a status that must not change once they are set.
_MOMENTS = ("startTime", "completionTime")


@dataclass(frozen=True)
class Told:
    """One change: when it was seen, of which object of which kind, and what has changed."""

    at: datetime
    kind: str
    name: str
    change: str

    @property
    def text(self) -> str:
        return f"{self.kind} {self.name} {self.change}"


def tell(version: Version, before: Obj | None, *, again: bool = False) -> Iterator[Told]:
    """Yields the changes from the object `before`, None if there was none, to this version.

    `again` says that there was an earlier object of this name.
    """
    if (word := WORDS.get(version.resource)) is None:
        return
    for change in _all_changes(version, before, again):
        yield Told(version.at, word, short(version), change)


def _all_changes(version: Version, before: Obj | None, again: bool) -> Iterator[str]:
    if version.gone:
        yield "deleted"
        return
    # A scenario borrows nodes that exist already.
    if before is None and (again or version.resource is not objects.NODES):
        phase = phase_of(version.object)
        yield f"created{' again' * again}{_asks(version)}" + (f", {phase}" if phase else "")
    yield from _TELLERS.get(version.resource, _nothing)(version, before)


def _asks(version: Version) -> str:
    """Returns the parties of a task and what it says about their scheduling; "" for other kinds."""
    if version.resource is not kuscia.KUSCIA_TASKS:
        return ""
    spec = version.object.get("spec") or {}
    parties = ", ".join(map(_party, spec.get("parties") or []))
    config = [f"{name} {value}" for name, value in (spec.get("scheduleConfig") or {}).items()]
    return (f" for {parties}" if parties else "") + (f" ({', '.join(config)})" if config else "")


def _party(party: Obj) -> str:
    role = f" as {party['role']}" if party.get("role") else ""
    return f"{party.get('domainID')}{role}"


def short(version: Version) -> str:
    """Returns the key without the tasks' namespace and without a TaskResource's random digits."""
    key = version.key.removeprefix(kuscia.TASK_NAMESPACE + "/")
    return plain_key(key) if version.resource is kuscia.TASK_RESOURCES else key


def _nothing(_: Version, __: Obj | None) -> Iterator[str]:
    yield from ()


def _status(version: Version, before: Obj | None) -> Iterator[str]:
    """Yields one text for each change of a status: its phase, conditions and moments, or the rest.

    A change of none of them is told by the names of the fields.
    """
    if before is None:
        return
    old, new = _status_of(before), _status_of(version.object)
    told = [*_phase(old, new), *_conditions(old, new), *_moments(old, new)]
    if told:
        yield "; ".join(told)
    else:
        yield _rest(old, new)


def _phase_only(version: Version, before: Obj | None) -> Iterator[str]:
    """Yields the phase; a task resource has a condition of the same name for each."""
    if before is not None:
        yield from _phase(_status_of(before), _status_of(version.object))


def _status_of(obj: Obj | None) -> dict[str, Any]:
    return (obj or {}).get("status") or {}


def _phase(old: Obj, new: Obj) -> Iterator[str]:
    if old.get("phase") != new.get("phase"):
        words = " ".join(str(new[field]) for field in ("reason", "message") if new.get(field))
        yield f"{new.get('phase') or 'without phase'}" + (f": {words}" if words else "")


def _conditions(old: Obj, new: Obj) -> Iterator[str]:
    before, after = _by_type(old), _by_type(new)
    for kind in {**before, **after}:
        if before.get(kind) != after.get(kind):
            yield f"{kind} {after.get(kind, 'removed')}"


def _by_type(status: Obj) -> dict[str, str]:
    found = status.get("conditions") or []
    return {str(each.get("type")): str(each.get("status")) for each in found}


def _moments(old: Obj, new: Obj) -> Iterator[str]:
    for field in _MOMENTS:
        if old.get(field) and old[field] != new.get(field):
            yield f"{field} {old[field]} → {new.get(field, 'removed')}"


def _rest(old: Obj, new: Obj) -> str:
    changed = sorted(field for field in {**old, **new} if old.get(field) != new.get(field))
    return f"written: {', '.join(changed)}" if changed else "written: nothing in its status"


def _pod(version: Version, before: Obj | None) -> Iterator[str]:
    if found := list(_of_pod(version.object, before)):
        yield "; ".join(found)


def _of_pod(pod: Obj, before: Obj | None) -> Iterator[str]:
    if before is not None and phase_of(pod) != phase_of(before):
        yield f"{phase_of(pod)}{_how(pod)}"
    if _node(pod) and not _node(before):
        yield f"bound to {_node(pod)}"
    if _is_ready(pod) != _is_ready(before) and not objects.has_ended(pod):
        yield "ready" if _is_ready(pod) else "no longer ready"
    if "deletionTimestamp" in pod["metadata"] and "deletionTimestamp" not in _metadata(before):
        yield "told to end"


def _how(pod: Obj) -> str:
    """Returns with which exit code, reason and message a pod has ended; "" before its end."""
    if not objects.has_ended(pod):
        return ""
    statuses = _status_of(pod).get("containerStatuses") or []
    ends = [(each.get("state") or {}).get("terminated") or {} for each in statuses]
    codes = [f"exit code {end['exitCode']}" for end in ends if "exitCode" in end]
    said = [end["message"] for end in ends if end.get("message")]
    words = [str(_status_of(pod)[at]) for at in ("reason", "message") if _status_of(pod).get(at)]
    found = [*codes, *words, *said]
    return f": {', '.join(found)}" if found else ""


def _metadata(obj: Obj | None) -> dict[str, Any]:
    return obj["metadata"] if obj else {}


def _node(pod: Obj | None) -> str:
    return str(((pod or {}).get("spec") or {}).get("nodeName") or "")


def _is_ready(obj: Obj | None) -> bool:
    return obj is not None and objects.is_ready(obj)


def _node_change(version: Version, before: Obj | None) -> Iterator[str]:
    """Yields what changed of a node: its room, whether it takes pods, and whom it serves."""
    if before is None:
        return
    old, new = _of_node(before), _of_node(version.object)
    for word in {**old, **new}:
        if old.get(word) != new.get(word):
            yield f"{word}: {old.get(word, 'none')} → {new.get(word, 'none')}"


def _of_node(node: Obj) -> dict[str, str]:
    allocatable = _status_of(node).get("allocatable") or {}
    taints = [str(each.get("key")) for each in (node.get("spec") or {}).get("taints") or []]
    return {
        "room": str(allocatable.get(SLOT) or "0"),
        **{name: str(allocatable[name]) for name in sorted(allocatable) if name != SLOT},
        "ready": "yes" if _is_ready(node) else "no",
        "cordoned": "yes" if (node.get("spec") or {}).get("unschedulable") else "no",
        "taints": ", ".join(taints) or "none",
        "domain": labels_of(node).get(kuscia.DOMAIN_LABEL, "none"),
    }


#: The kinds of the timeline, in its words.
WORDS = {
    kuscia.KUSCIA_TASKS: "task",
    kuscia.TASK_RESOURCE_GROUPS: "group",
    kuscia.TASK_RESOURCES: "resource",
    objects.PODS: "pod",
    objects.SERVICES: "service",
    objects.CONFIG_MAPS: "config map",
    objects.NODES: "node",
}
#: What is told of a kind, besides that its objects are created and deleted.
_TELLERS: dict[objects.Resource, Teller] = {
    kuscia.KUSCIA_TASKS: _status,
    kuscia.TASK_RESOURCE_GROUPS: _status,
    kuscia.TASK_RESOURCES: _phase_only,
    objects.PODS: _pod,
    objects.NODES: _node_change,
}
