"""The timeline of a scenario: one line for people per change that matters.

      +0.00  task psi created
      +0.31  pod alice/psi-0 created
      +0.35  pod alice/psi-0 bound to simulated-1

_TELLERS has, for each kind, the function that turns a version and the one before it into lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from kuscia_conformance.clusters.borrowed_nodes import SLOT
from kuscia_conformance.environment.journal import Version
from kuscia_conformance.kube import kuscia, objects
from kuscia_conformance.kube.objects import Obj, name_of
from kuscia_conformance.scenario.history import History
from kuscia_conformance.scenario.names import plain_key

#: How many lines a failure shows, the newest ones; events.ndjson has everything.
SHOWN = 40


def timeline(history: History) -> list[str]:
    """Returns all lines, with the seconds since the scenario's first task was created."""
    start = first_task(history)
    return [f"{seconds(v, start):+7.2f}  {text}" for v, text in _changes(history)]


def first_task(history: History) -> datetime:
    """Returns when the scenario's first task was seen, or the scenario's start without a task."""
    tasks = (v.at for v in history.versions if v.resource is kuscia.KUSCIA_TASKS)
    return next(tasks, history.began)


def seconds(version: Version, start: datetime) -> float:
    """Returns the seconds from `start` until the version was seen."""
    return (version.at - start).total_seconds()


def _changes(history: History) -> Iterator[tuple[Version, str]]:
    before: dict[tuple[str, str], Obj] = {}
    for version in history.versions:
        if (tell := _TELLERS.get(version.resource)) is None:
            continue
        key = (version.resource.plural, version.key)
        for text in tell(version, before.get(key)):
            yield version, text
        before[key] = version.object
        if version.gone:
            del before[key]


Teller = Callable[[Version, Obj | None], Iterator[str]]


def _phase(obj: Obj | None) -> str:
    return str(((obj or {}).get("status") or {}).get("phase") or "")


def _life(what: str) -> Teller:
    """Returns the teller for kinds with a phase: created, each new phase, deleted."""

    def tell(version: Version, before: Obj | None) -> Iterator[str]:
        label, phase = f"{what} {_short(version)}", _phase(version.object)
        if version.gone:
            yield f"{label} deleted"
        elif before is None:
            yield f"{label} created" + (f", {phase}" if phase else "")
        elif phase != _phase(before):
            yield f"{label} {phase}{_why(version.object)}"

    return tell


def _short(version: Version) -> str:
    """Returns the key without the tasks' namespace and without a TaskResource's random digits."""
    key = version.key.removeprefix(kuscia.TASK_NAMESPACE + "/")
    return plain_key(key) if version.resource is kuscia.TASK_RESOURCES else key


def _why(obj: Obj) -> str:
    status = obj.get("status") or {}
    words = " ".join(str(status[field]) for field in ("reason", "message") if status.get(field))
    return f": {words}" if words else ""


def _pod(version: Version, before: Obj | None) -> Iterator[str]:
    pod, label = version.object, f"pod {version.key}"
    yield from _life("pod")(version, before)
    if version.gone:
        return
    if _node(pod) and not _node(before):
        yield f"{label} bound to {_node(pod)}"
    if _is_ready(pod) and not _is_ready(before):
        yield f"{label} ready"
    if "deletionTimestamp" in pod["metadata"] and "deletionTimestamp" not in _metadata(before):
        yield f"{label} told to end"


def _metadata(obj: Obj | None) -> dict[str, Any]:
    return obj["metadata"] if obj else {}


def _node(pod: Obj | None) -> str:
    return str(((pod or {}).get("spec") or {}).get("nodeName") or "")


def _is_ready(pod: Obj | None) -> bool:
    condition = objects.condition_of(pod, "Ready") if pod else None
    return bool(condition) and (condition or {}).get("status") == "True"


def _room(node: Obj | None) -> str:
    return str((((node or {}).get("status") or {}).get("allocatable") or {}).get(SLOT) or "0")


def _node_change(version: Version, before: Obj | None) -> Iterator[str]:
    if before is not None and _room(version.object) != _room(before):
        name = name_of(version.object)
        yield f"room on {name}: {_room(before)} → {_room(version.object)}"


_TELLERS: dict[objects.Resource, Teller] = {
    kuscia.KUSCIA_TASKS: _life("task"),
    kuscia.TASK_RESOURCE_GROUPS: _life("group"),
    kuscia.TASK_RESOURCES: _life("resource"),
    objects.PODS: _pod,
    objects.NODES: _node_change,
}
