"""The table of the TaskResourceGroup machine, and what each of its transitions decides.

Each transition returns its decision, or None if it does not apply. The README shows the first line
of its docstring. Reasons and messages are those of the original (scheduling.md section 3).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from kuscia_conformance.kube.kuscia import TASK_RESOURCE_GROUPS, TASK_RESOURCES
from kuscia_conformance.kube.objects import Obj, name_of, time_text, uid_of
from reference_controller import names
from reference_controller.actions import Create, Patch, PatchStatus
from reference_controller.conditions import with_condition
from reference_controller.machine import Deadlines, Decision, Machine, Transitions, do
from reference_controller.task_resource import changes
from reference_controller.task_resource.seen import Phase as ResourcePhase
from reference_controller.task_resource_group.resources import (
    build_resource,
    call_again,
    hand_over,
    is_called,
    is_handed_over,
)
from reference_controller.task_resource_group.seen import Phase, Seen, is_true, resource_key
from reference_controller.times import moved_at

EXPIRED = "Task resource group exceed it's lifecycle"


def refuse(seen: Seen) -> Decision | None:
    """Nothing can be reserved for a group like this (TRG-020, TRG-033)."""
    name, initiator = name_of(seen.group), seen.spec.get("initiator")
    if seen.need > len(seen.parties):
        error = f"task resource group {name} minReservedMembers can't be greater than party counts"
    elif not initiator:
        error = "task resource group initiator  can't be empty"
    elif not seen.parties:
        error = f"parties in task resource group {name} can't be empty"
    else:
        return None
    reason = f"Validate task resource group failed, {error}"
    failed = _status(seen, Phase.FAILED, ("TaskResourceGroupValidated", False, reason))
    return do(_write(seen, {**failed, "startTime": time_text(seen.now)}), why=error)


def expire(seen: Seen) -> Decision | None:
    """Fails the group: its lifecycle is over, and it is not Reserved (TRG-031)."""
    if seen.now < seen.expires_at:
        return None
    failed = _status(seen, Phase.FAILED, ("TaskResourceGroupExpired", True, EXPIRED))
    return do(_write(seen, failed), why=f"{seen.spec.get('lifecycleSeconds') or 0} s are over")


def name_resources(seen: Seen) -> Decision | None:
    """Writes missing names of TaskResources; a task's own group has them already (TR-003)."""
    patch = {}
    for field in ("parties", "outOfControlledParties"):
        parties = seen.spec.get(field) or []
        if any(not party.get("taskResourceName") for party in parties):
            patch[field] = [_named(seen.group, party) for party in parties]
    return do(Patch(TASK_RESOURCE_GROUPS, seen.group, {"spec": patch})) if patch else None


def create(seen: Seen) -> Decision | None:
    """Creates the TaskResources, once all pods exist, because they sum up the pods' requests."""
    if not _has_all_pods(seen):
        return None
    lacking = [party for party in seen.parties if resource_key(party) not in seen.by_key]
    built = [build_resource(seen.group, party, seen.pods, seen.now) for party in lacking]
    creates = [Create(TASK_RESOURCES, resource) for resource in built]
    return do(creates, why=f"{len(creates)} task resources") if creates else None


def begin(seen: Seen) -> Decision | None:
    """Tells each pod which TaskResource reserves for it, and begins the first round (TRG-022)."""
    if not _has_all_pods(seen):
        return None
    reserving = _status(
        seen,
        Phase.RESERVING,
        ("TaskResourceGroupValidated", True, ""),
        ("TaskResourcesCreated", True, ""),
    )
    return do(
        [
            hand_over(pod, resource, seen.now)
            for pod, resource in _pods(seen)
            if not is_handed_over(pod, resource)
        ],
        _write(seen, {**reserving, "startTime": time_text(seen.now)}),
    )


def lose(seen: Seen) -> Decision | None:
    """Somebody has deleted TaskResources, and those that are left cannot be enough (TRG-025)."""
    if seen.need <= len(seen.resources):
        return None
    reason = (
        f"Task resource group min reserved member {seen.need} is greater than "
        f"task resources count {len(seen.resources)}"
    )
    return do(_write(seen, _status(seen, Phase.FAILED, (_RESERVED, False, reason))), why=reason)


def reserve(seen: Seen) -> Decision | None:
    """Enough parties hold their room at this moment (TRG-026, TRG-030)."""
    holding = seen.in_phase(ResourcePhase.RESERVED, ResourcePhase.SCHEDULABLE)
    if len(holding) < seen.need:
        return None
    reserved = _status(
        seen, Phase.RESERVED, (_RESERVED, True, ""), ("TaskResourcesScheduled", True, "")
    )
    why = f"{len(holding)} parties have reserved, {seen.need} are needed"
    return do(_write(seen, {**reserved, "completionTime": time_text(seen.now)}), why=why)


def give_up(seen: Seen) -> Decision | None:
    """Too few parties are left in this round: all let go, and wait (TRG-027)."""
    if seen.left >= seen.need:
        return None
    reason = (
        f"The remaining no-failed parties count {seen.left} is less than "
        f"the schedulable threshold {seen.need}"
    )
    failed = _status(seen, Phase.RESERVE_FAILED, (_RESERVED, False, reason))
    return do(_fail_all(seen, changes.ROUND_FAILED), _write(seen, failed), why=reason)


def call(seen: Seen) -> Decision | None:
    """Tells the pods that a round has begun, so that a scheduler tries them again (TRG-036)."""
    since = moved_at(seen.group)
    late = [pod for pod in seen.pods.values() if not is_called(pod, since)]
    return do([call_again(pod, since) for pod in late], why=f"{len(late)} pods") if late else None


def retry(seen: Seen) -> Decision | None:
    """The next round (TRG-028); what is due in the same second begins one by one (SC-18)."""
    if seen.now < seen.retry_at:
        return None
    count = (seen.group["status"].get("retryCount") or 0) + 1
    return do(
        [changes.retry(resource, seen.now) for resource in seen.resources],
        _write(seen, {**_status(seen, Phase.RESERVING), "retryCount": count}),
        why=f"retry {count}",
    )


def restore(seen: Seen) -> Decision | None:
    """Restores the phase Reserved, which another client has overwritten (RN-10)."""
    if seen.has_its_phase:
        return None
    return do(_write(seen, _status(seen, Phase.RESERVED)), why="it has reserved")


def make_again(seen: Seen) -> Decision | None:
    """Creates a deleted TaskResource again, because its unbound pods cannot be bound without it."""
    lost = [
        build_resource(seen.group, party, seen.pods, seen.now)
        for party in seen.spec.get("parties") or ()
        if resource_key(party) not in seen.by_key and _has_unbound_pods(seen, party)
    ]
    creates = [Create(TASK_RESOURCES, resource) for resource in lost]
    return do(creates, why=f"{len(creates)} task resources") if creates else None


def close(seen: Seen) -> Decision | None:
    """Ends a failed group: all its TaskResources become Failed and hold nothing (TRG-029)."""
    if is_true(seen.group, "TaskResourceGroupFailed") and seen.has_its_phase:
        return None
    failed = _status(seen, Phase.FAILED, ("TaskResourceGroupFailed", True, ""))
    completed = {**failed, "completionTime": time_text(seen.now)}
    return do(_fail_all(seen, changes.GROUP_FAILED), _write(seen, completed))


def expires_at(seen: Seen) -> datetime:
    """Returns when `expire` is due (TRG-050)."""
    return seen.expires_at


def retry_at(seen: Seen) -> datetime:
    """Returns when `retry` is due (TRG-053)."""
    return seen.retry_at


_BEGINNING = [refuse, expire, name_resources, create, begin]

#: For each phase its transitions; the first that applies is taken.
TRANSITIONS: Transitions[Seen] = {
    Phase.NEW: _BEGINNING,
    Phase.PENDING: _BEGINNING,
    Phase.CREATING: _BEGINNING,
    Phase.RESERVING: [expire, lose, reserve, give_up, call],
    Phase.RESERVED: [restore, make_again],
    Phase.RESERVE_FAILED: [expire, retry],
    Phase.FAILED: [close],
}

#: For each phase the times at which to look again even if nothing has changed.
DEADLINES: Deadlines[Seen] = {
    Phase.NEW: [expires_at],
    Phase.PENDING: [expires_at],
    Phase.CREATING: [expires_at],
    Phase.RESERVING: [expires_at],
    Phase.RESERVE_FAILED: [expires_at, retry_at],
}

MACHINE = Machine(lambda seen: seen.phase, TRANSITIONS, DEADLINES)

_RESERVED = "TaskResourcesReserved"


def _named(group: Obj, party: Obj) -> Obj:
    name = names.task_resource_name(
        name_of(group), uid_of(group), party["domainID"], party.get("role") or ""
    )
    return {**party, "taskResourceName": party.get("taskResourceName") or name}


def _has_all_pods(seen: Seen) -> bool:
    """Returns whether all listed pods are known; one that is not may only not be seen yet."""
    listed = (
        f"{party['domainID']}/{pod['name']}"
        for party in seen.spec.get("parties") or ()
        for pod in party.get("pods") or ()
    )
    return all(key in seen.pods for key in listed)


def _has_unbound_pods(seen: Seen, party: Obj) -> bool:
    listed = (f"{party['domainID']}/{pod['name']}" for pod in party.get("pods") or ())
    pods = (seen.pods[key] for key in listed if key in seen.pods)
    return any(not pod["spec"].get("nodeName") for pod in pods)


def _pods(seen: Seen) -> Iterator[tuple[Obj, Obj]]:
    """Yields each local pod with the TaskResource that reserves for it."""
    for party in seen.spec.get("parties") or ():
        resource = seen.by_key[resource_key(party)]
        for pod in party.get("pods") or ():
            yield seen.pods[f"{party['domainID']}/{pod['name']}"], resource


def _fail_all(seen: Seen, reason: str) -> list[Patch]:
    others = [phase for phase in ResourcePhase if phase is not ResourcePhase.FAILED]
    return [changes.fail(resource, reason, seen.now) for resource in seen.in_phase(*others)]


def _status(seen: Seen, phase: Phase, *conditions: tuple[str, bool, str]) -> Obj:
    """Returns the group's status in that phase, with these (type, status, reason) set."""
    known = seen.group.get("status") or {}
    changed = known.get("conditions") or []
    for kind, holds, reason in conditions:
        changed = with_condition(changed, kind, holds, seen.now, reason=reason, reason_moves=True)
    moved = {"phase": str(phase), "lastTransitionTime": time_text(seen.now)}
    return {**known, **moved, "conditions": changed}


def _write(seen: Seen, status: Obj) -> PatchStatus:
    return PatchStatus(TASK_RESOURCE_GROUPS, seen.group, status)
