"""The table of the TaskResource machine, and what each of its transitions decides.

Each transition returns its decision, or None if it does not apply. The README shows the first line
of its docstring.
"""

from __future__ import annotations

from datetime import datetime

from reference_controller.machine import Deadlines, Decision, Machine, Transitions, do
from reference_controller.task_resource import changes
from reference_controller.task_resource.seen import Phase, Seen, reservation_of


def schedule(seen: Seen) -> Decision | None:
    """The group has its resources together, with this party's or without (SC-08)."""
    if seen.group_phase != "Reserved":
        return None
    return do(changes.schedule(seen.resource, seen.now), why="the group is Reserved")


def fail(seen: Seen) -> Decision | None:
    """Moves to Failed, because the round of the group (TR-024) or the group (TR-025) has failed."""
    reasons = {"ReserveFailed": changes.ROUND_FAILED, "Failed": changes.GROUP_FAILED}
    reason = reasons.get(seen.group_phase)
    if reason is None:
        return None
    why = f"the group is {seen.group_phase}"
    return do(changes.fail(seen.resource, reason, seen.now), why=why)


def join(seen: Seen) -> Decision | None:
    """Moves to Reserving: another client created it, or changed its phase, outside the round."""
    if seen.group_phase != "Reserving":
        return None
    return do(changes.join(seen.resource, seen.now), why="the group is Reserving")


def release(seen: Seen) -> Decision | None:
    """Moves to Failed and frees the room: the others did not reserve in time (SC-02)."""
    if seen.now < seen.held_until:
        return None
    pod = next(iter(reservation_of(seen.resource)), "")
    reason = changes.pod_failed(seen.resource, pod)
    failed = changes.fail(seen.resource, reason, seen.now, final=False)
    return do(failed, why="it has held its room for long enough")


def held_until(seen: Seen) -> datetime:
    """Returns when `release` is due (SC-02)."""
    return seen.held_until


#: For each phase its transitions; the first that applies is taken.
TRANSITIONS: Transitions[Seen] = {
    Phase.PENDING: [schedule, fail, join],
    Phase.RESERVING: [schedule, fail],
    Phase.RESERVED: [schedule, fail, release],
    Phase.SCHEDULABLE: [],
    Phase.FAILED: [schedule],
}

#: For each phase the moments at which to look again though nothing changed.
DEADLINES: Deadlines[Seen] = {
    Phase.RESERVED: [held_until],
}

MACHINE = Machine(lambda seen: seen.phase, TRANSITIONS, DEADLINES)
