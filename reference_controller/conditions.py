"""Conditions as lists of plain objects: one of each type, in the order in which they were set."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from kuscia_conformance.kube.objects import Obj, time_text


def with_condition(
    conditions: Iterable[Obj],
    kind: str,
    status: bool,
    now: datetime,
    *,
    reason: str = "",
    message: str = "",
    reason_moves: bool = False,
) -> list[Obj]:
    """Returns the conditions with this one set; the list that was passed is not changed.

    The condition's lastTransitionTime changes when its status changes. With `reason_moves` it
    also changes when the reason does, as in TaskResourceGroups (scheduling.md TRG-005). An empty
    reason or message is left out.
    """
    before = list(conditions)
    known = next((condition for condition in before if condition["type"] == kind), {})
    condition = {"type": kind, "status": str(status)}
    condition |= {"reason": reason} if reason else {}
    condition |= {"message": message} if message else {}
    same = known.get("status") == condition["status"] and (
        not reason_moves or known.get("reason", "") == reason
    )
    moved = known.get("lastTransitionTime") if same else None
    condition["lastTransitionTime"] = moved or time_text(now)
    if not known:
        return [*before, condition]
    return [condition if other["type"] == kind else other for other in before]
