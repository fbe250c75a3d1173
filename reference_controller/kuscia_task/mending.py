"""Repairs the status of a task if another client has overwritten parts of it (RN-10).

The parts of a status depend on each other, so one part can be restored from another: the phase
from conditions and times, the conditions from the phase. Pods, services and parties are not
repaired here, because `seen.py` computes them from the objects each time.
"""

from __future__ import annotations

from collections.abc import Iterable

from kuscia_conformance.kube.objects import Obj, condition_of, time_text
from reference_controller.conditions import with_condition
from reference_controller.kuscia_task.status import ENDED
from reference_controller.times import earliest, moment

#: The conditions that are True in a phase, in the order in which they became True.
_IMPLIED = {
    "Running": ("ResourceCreated", "Running"),
    "Succeeded": ("ResourceCreated", "Running"),
}
_OURS = ("PortsAllocated", "ResourceCreated", "Running", "Success")


def mended(status: Obj, created: str) -> Obj:
    """Returns the status with phase, times and conditions that agree with each other.

    It is empty if the controller has not handled the task yet. `created` is the task's
    creationTimestamp.
    """
    phase = _phase(status)
    if not phase:
        return {}
    started = _started(status, created)
    known = {"lastReconcileTime": started, **status, "phase": phase, "startTime": started}
    if phase not in ENDED or not moment(status.get("completionTime")):
        known.pop("completionTime", None)
    conditions = _conditions(known, started)
    return {**known, "conditions": conditions} if conditions else known


def _phase(status: Obj) -> str:
    """The furthest that the status shows, since a phase never goes back (VW-02)."""
    if ended := _ended(status):
        return ended
    stored: str = status.get("phase") or ""
    if stored in (*ENDED, "Running"):
        return stored
    if _holds(status, "Running"):
        return "Running"
    handled = stored or status.get("startTime") or _holds(status, "ResourceCreated")
    return "Pending" if handled else ""


def _ended(status: Obj) -> str:
    """Returns the final phase that fields other than `phase` show; "" if they show none."""
    success = (condition_of({"status": status}, "Success") or {}).get("status")
    if success in ("True", "False"):
        return "Succeeded" if success == "True" else "Failed"
    parties = status.get("partyTaskStatus") or ()
    if "completionTime" in status and parties and all(p.get("phase") in ENDED for p in parties):
        return "Failed" if status.get("reason") else "Succeeded"
    return ""


def _holds(status: Obj, kind: str) -> bool:
    return (condition_of({"status": status}, kind) or {}).get("status") == "True"


def _started(status: Obj, created: str) -> str:
    """Returns the startTime, else the time of the earliest condition, else the task's creation."""
    if moment(status.get("startTime")):
        return str(status["startTime"])
    first = earliest(c.get("lastTransitionTime") for c in status.get("conditions") or ())
    return time_text(first) if first else created


def _conditions(status: Obj, started: str) -> list[Obj]:
    """Returns the conditions: each type once, with those of the phase, and ours with a time."""
    conditions = _distinct(status.get("conditions") or ())
    since = moment(started)
    assert since
    for kind in _IMPLIED.get(status["phase"], ()):
        conditions = with_condition(conditions, kind, True, since)
    return [_timed(condition, started) for condition in conditions]


def _distinct(conditions: Iterable[Obj]) -> list[Obj]:
    first: dict[str, Obj] = {}
    for condition in conditions:
        first.setdefault(condition["type"], condition)
    return list(first.values())


def _timed(condition: Obj, started: str) -> Obj:
    if condition["type"] not in _OURS or moment(condition.get("lastTransitionTime")):
        return condition
    return {**condition, "lastTransitionTime": started}
