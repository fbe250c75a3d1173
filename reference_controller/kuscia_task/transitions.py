"""The table of the KusciaTask machine, and what each of its transitions decides.

Each transition returns its decision, or None if it does not apply. The README shows the first line
of its docstring. `TRANSITIONS` is the table: for each phase the transitions in the order in which
they are tried. A task passes through Preparing (create everything), Pending (wait for resources and
for the first pod), Running, and Succeeded or Failed (clean up).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from kuscia_conformance.kube.kuscia import KUSCIA_TASKS, TASK_RESOURCE_GROUPS
from kuscia_conformance.kube.objects import (
    CONFIG_MAPS,
    PODS,
    SERVICES,
    Obj,
    Resource,
    condition_of,
    key_of,
    name_of,
    namespace_of,
    time_from,
    time_text,
)
from reference_controller.actions import Create, Delete, PatchStatus
from reference_controller.conditions import with_condition
from reference_controller.kuscia_task import reasons, status
from reference_controller.kuscia_task.configuration import build_rendered
from reference_controller.kuscia_task.group import build_group
from reference_controller.kuscia_task.outcome import closed_party, closed_pod, party_key
from reference_controller.kuscia_task.parties import distinct, identity_of
from reference_controller.kuscia_task.plan import Plan
from reference_controller.kuscia_task.pods import build_pods
from reference_controller.kuscia_task.reasons import Missing, Obstacle, Reason, Wrong
from reference_controller.kuscia_task.seen import Phase, Seen
from reference_controller.kuscia_task.services import build_services
from reference_controller.machine import Deadlines, Decision, Machine, Transitions, do


def clear(seen: Seen) -> Decision | None:
    """Their task is gone: delete pods and group; the rest follows its owners."""
    deletes = [Delete(resource, obj) for resource, obj in seen.leftovers]
    return do(deletes, why="their task is gone") if deletes else None


def accept(seen: Seen) -> Decision | None:
    """The task is handled from now on; its ports are allocated if it lacks nothing (KT-041)."""
    changes = {"phase": Phase.PENDING, "startTime": time_text(seen.made_at or seen.now)}
    return _write(seen, **{**changes, **_allocation(seen)})


def refuse(seen: Seen) -> Decision | None:
    """Fails a task whose spec or AppImage is invalid, or refused for good by the API server."""
    if isinstance(seen.obstacle, Wrong):
        return _end_unmade(seen, seen.obstacle, seen.obstacle.message)
    return None


def expire_waiting(seen: Seen) -> Decision | None:
    """Fails a task whose lifecycle is over before all its objects could be created (CR-09)."""
    if not _is_due(seen.expires_at, seen.now):
        return None
    why = seen.obstacle or _NOT_CREATED
    return _end_unmade(seen, why, reasons.lifecycle_expired(seen.lifecycle_seconds, why.message))


def restore(seen: Seen) -> Decision | None:
    """Restores parts of the status that another client has overwritten (RN-10)."""
    if seen.status == seen.stored:
        return None
    return _write(seen, why=f"it is {seen.phase}")


def await_missing(seen: Seen) -> Decision | None:
    """Writes into the status what is missing. The task goes on as soon as that exists."""
    if not isinstance(seen.obstacle, Missing):
        return None
    reason, message = str(seen.obstacle.reason), seen.obstacle.message
    conditions = with_condition(
        _conditions(seen), "ResourceCreated", False, seen.now, reason=reason, message=message
    )
    if conditions == _conditions(seen):
        return None
    return _write(seen, why=message, conditions=conditions)


def allocate_ports(seen: Seen) -> Decision | None:
    """Allocates the ports, if a missing object had prevented that before."""
    allocation = _allocation(seen)
    if all(seen.status.get(field) == value for field, value in allocation.items()):
        return None
    return _write(seen, **allocation)


def discard(seen: Seen) -> Decision | None:
    """Deletes pods, with what they own, that were built before the task's spec was edited."""
    return _delete((PODS, [pod for pod in seen.pods if pod in seen.outdated]))


def create_pods(seen: Seen) -> Decision | None:
    """Creates the pods. The co-scheduler does not place them before their group exists."""
    if not seen.may_create or not isinstance(seen.plan, Plan):
        return None
    return _create(
        (PODS, _lacking(build_pods(seen.plan), seen.pods)),
    )


def create_what_pods_own(seen: Seen) -> Decision | None:
    """Creates services and rendered config maps. Their pod owns them: they are deleted with it."""
    if not seen.may_create or not isinstance(seen.plan, Plan):
        return None
    pods = {(str(namespace_of(pod)), name_of(pod)): pod for pod in seen.pods}
    return _create(
        (SERVICES, _lacking(build_services(seen.plan, pods), seen.services)),
        (CONFIG_MAPS, _lacking(build_rendered(seen.plan, pods), seen.config_maps)),
    )


def create_group(seen: Seen) -> Decision | None:
    """Creates the group last, when all that it lists exists: scheduling may begin (KT-170)."""
    if not seen.may_create or not isinstance(seen.plan, Plan):
        return None
    return _create((TASK_RESOURCE_GROUPS, [build_group(seen.plan)]))


def record(seen: Seen) -> Decision | None:
    """Notes that all is created; the group, not the spec, now says what belongs to the task."""
    if not seen.group:
        return None
    conditions = with_condition(_conditions(seen), "ResourceCreated", True, seen.now)
    return _write(seen, **{**_observed(seen), "conditions": conditions})


def start(seen: Seen) -> Decision | None:
    """Moves to Running: a pod is past Pending (KT-046), or a partner if all are (KT-047)."""
    begun = _begun(seen) if seen.group else []
    if not begun:
        return None
    conditions = with_condition(_conditions(seen), "Running", True, seen.now)
    observed = {**_observed(seen), "conditions": conditions}
    return _write(seen, why=begun[0], phase=Phase.RUNNING, **observed)


def fail_without_group(seen: Seen) -> Decision | None:
    """Fails a task whose group another client has deleted (KT-049b)."""
    if seen.group:
        return None
    assert seen.task is not None
    message = f"TaskResourceGroup {name_of(seen.task)} not found"
    return _fail(seen, Reason.GROUP_NOT_FOUND, message)


def fail_with_group(seen: Seen) -> Decision | None:
    """Fails a task whose group has failed, for example because it expired (KT-048, KT-059)."""
    if not seen.group or seen.group_phase != "Failed":
        return None
    if (condition_of(seen.group, "TaskResourceGroupExpired") or {}).get("status") == "True":
        return _fail_expired(seen)
    failed = [
        f"{condition['type']} failed: {condition['reason']}"
        for condition in seen.group["status"].get("conditions") or ()
        if condition["status"] != "True" and condition.get("reason")
    ]
    message = ",".join(failed) or f"TaskResourceGroup {name_of(seen.group)} failed"
    return _fail(seen, Reason.GROUP_FAILED, message)


def expire(seen: Seen) -> Decision | None:
    """The lifecycle is over, and the group was made too late to notice by itself (SC-04)."""
    return _fail_expired(seen) if _is_due(seen.expires_at, seen.now) else None


def fail(seen: Seen) -> Decision | None:
    """Fewer parties than the task needs can still succeed (KT-055)."""
    tally = seen.tally
    if not tally.is_lost:
        return None
    message = reasons.too_few_parties(tally.left, tally.need, tally.by_phase, tally.failures)
    return _fail(seen, Reason.PARTIES_FAILED, message)


def succeed(seen: Seen) -> Decision | None:
    """Moves to Succeeded: as many parties as the task needs have succeeded (KT-056)."""
    if not seen.tally.is_won:
        return None
    return _end(seen, Phase.SUCCEEDED, _observed(seen), why="enough parties have succeeded")


def refresh(seen: Seen) -> Decision | None:
    """Writes the changed states of pods, services and parties into the status (KT-078)."""
    observed = _observed(seen)
    if all(seen.status.get(field) == value for field, value in observed.items()):
        return None
    known = seen.status.get("podStatuses") or {}
    moved = [f"{k} {e['podPhase']}" for k, e in seen.pod_statuses.items() if e != known.get(k)]
    # A new readyTime is written immediately: a pod that has ended does not show it any more, so a
    # delay could lose it.
    times = [(entry, known.get(key, {})) for key, entry in seen.pod_statuses.items()]
    ready = any(new.get("readyTime") and not old.get("readyTime") for new, old in times)
    return replace(_write(seen, why=", ".join(moved), **observed), lazy=not ready)


def complete(seen: Seen) -> Decision | None:
    """Completes the final status that another client has written (KT-066) or changed (RN-10)."""
    phase = Phase(seen.phase)
    known = {
        "podStatuses": seen.pod_statuses,
        "serviceStatuses": seen.known_services,
        "partyTaskStatus": seen.final_parties,
    }
    why = reasons.failed_by_others(seen.status) if phase is Phase.FAILED else {}
    final = _ended(seen, phase, {**known, **why})
    if {**seen.status, **final} == seen.stored:
        return None
    return _write(seen, why=f"it is {seen.phase}", **final)


def clean_up_success(seen: Seen) -> Decision | None:
    """Only failed pods, with what they own, stay (KT-061)."""
    return _delete(
        (PODS, _unfailed(seen.pods)),
        (TASK_RESOURCE_GROUPS, [seen.group] if seen.group else []),
    )


def fail_group(seen: Seen) -> Decision | None:
    """Fails the group of a failed task, so that its parties release their resources (KT-063)."""
    if not seen.group or seen.group_phase in ("Failed", "Reserved"):
        return None
    known = seen.group.get("status") or {}
    conditions = with_condition(
        known.get("conditions") or (), "DependentTaskFailed", True, seen.now
    )
    changes = {"phase": "Failed", "lastTransitionTime": time_text(seen.now)}
    failed = {**known, **changes, "conditions": conditions}
    return do(PatchStatus(TASK_RESOURCE_GROUPS, seen.group, failed), why="its task has failed")


def clean_up_failure(seen: Seen) -> Decision | None:
    """Failed pods, with what they own, and the group stay until the task is deleted (KT-062)."""
    return _delete((PODS, _unfailed(seen.pods)))


def expires_at(seen: Seen) -> datetime | None:
    """Returns when `expire` or `expire_waiting` is due (SC-04); None if neither can be."""
    return seen.expires_at


#: For each phase its transitions; the first that applies is taken.
TRANSITIONS: Transitions[Seen] = {
    Phase.LEFTOVERS: [clear],
    Phase.NEW: [accept],
    Phase.PREPARING: [
        restore,
        record,
        refuse,
        expire_waiting,
        await_missing,
        allocate_ports,
        discard,
        create_pods,
        create_what_pods_own,
        create_group,
    ],
    Phase.PENDING: [restore, start, fail_without_group, fail_with_group, expire, fail, refresh],
    Phase.RUNNING: [restore, fail_without_group, fail_with_group, fail, succeed, refresh],
    Phase.SUCCEEDED: [complete, clean_up_success],
    Phase.FAILED: [complete, fail_group, clean_up_failure],
}

#: For each phase the times at which to look again even if nothing has changed.
DEADLINES: Deadlines[Seen] = {
    Phase.PREPARING: [expires_at],
    Phase.PENDING: [expires_at],
}

MACHINE = Machine(lambda seen: seen.phase, TRANSITIONS, DEADLINES)

_NOT_CREATED = Obstacle(Reason.LIFECYCLE_EXPIRED, "its pods and services could not be created")


def _begun(seen: Seen) -> list[str]:
    """Returns a text for each pod (or each party, if all are partners) that has left Pending."""
    if not seen.is_local:
        parties = (entry for entry in seen.tally.entries if entry["phase"] not in ("", "Pending"))
        return [f"party {party_key(entry)} is {entry['phase']}" for entry in parties]
    pods = (pod for pod in seen.pods if status.pod_phase(pod) != "Pending")
    return [f"pod {key_of(pod)} is {status.pod_phase(pod)}" for pod in pods]


def _is_due(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and now >= moment


def _conditions(seen: Seen) -> list[Obj]:
    return seen.status.get("conditions") or []


def _write(seen: Seen, *, why: str = "", **changes: Any) -> Decision:
    """The task's status with these changes; every write is a reconciliation (VW-03)."""
    assert seen.task is not None
    changed = {**seen.status, **changes, "lastReconcileTime": time_text(seen.now)}
    return do(PatchStatus(KUSCIA_TASKS, seen.task, changed), why=why)


def _allocation(seen: Seen) -> Obj:
    """Returns the status fields of allocated ports (KT-041); empty if there is no plan yet."""
    if not isinstance(seen.plan, Plan):
        return {}
    return {
        "allocatedPorts": list(seen.plan.allocated),
        "conditions": with_condition(_conditions(seen), "PortsAllocated", True, seen.now),
    }


def _lacking(wanted: Iterable[Obj], there: Iterable[Obj]) -> list[Obj]:
    keys = {key_of(obj) for obj in there}
    return [obj for obj in wanted if key_of(obj) not in keys]


def _create(*lacking: tuple[Resource, list[Obj]]) -> Decision | None:
    creates = [Create(resource, obj) for resource, objects in lacking for obj in objects]
    return do(creates, why=_counts(lacking)) if creates else None


def _unfailed(pods: Iterable[Obj]) -> list[Obj]:
    return [pod for pod in pods if status.pod_phase(pod) != "Failed"]


def _delete(*superfluous: tuple[Resource, list[Obj]]) -> Decision | None:
    here = [(r, [obj for obj in objs if not status.is_ending(obj)]) for r, objs in superfluous]
    deletes = [Delete(resource, obj) for resource, objects in here for obj in objects]
    return do(deletes, why=_counts(here)) if deletes else None


def _counts(objects: Iterable[tuple[Resource, list[Obj]]]) -> str:
    return ", ".join(f"{len(some)} {resource.plural}" for resource, some in objects if some)


def _observed(seen: Seen) -> Obj:
    """Returns current entries of pods and services, and of parties if the group exists."""
    known = seen.status.get("partyTaskStatus") or []
    return {
        "podStatuses": seen.pod_statuses,
        "serviceStatuses": seen.service_statuses,
        "partyTaskStatus": list(seen.tally.entries) if seen.group else known,
    }


def _fail_expired(seen: Seen) -> Decision:
    why = reasons.not_reserved(seen.unreserved)
    message = reasons.lifecycle_expired(seen.lifecycle_seconds, why)
    return _fail(seen, Reason.LIFECYCLE_EXPIRED, message)


def _fail(seen: Seen, reason: Reason, message: str) -> Decision:
    explained = {"reason": str(reason), "message": message}
    return _end(seen, Phase.FAILED, {**_observed(seen), **explained}, why=message)


def _end_unmade(seen: Seen, why: Obstacle, message: str) -> Decision:
    """Returns the decision that fails a task of which not everything was created."""
    pods = {key_of(pod): status.new_pod_entry(pod) for pod in seen.pods}
    changes = {
        "podStatuses": pods,
        "partyTaskStatus": _spec_parties(seen),
        "reason": str(why.reason),
        "message": message,
    }
    return _end(seen, Phase.FAILED, changes, why=message)


def _spec_parties(seen: Seen) -> list[Obj]:
    assert seen.task is not None
    return [{**identity_of(p), "phase": "Pending"} for p in distinct(seen.task["spec"]["parties"])]


def _end(seen: Seen, phase: Phase, changes: Obj, *, why: str) -> Decision:
    """Returns the decision that ends the task in that phase."""
    return _write(seen, why=why, **_ended(seen, phase, changes))


def _ended(seen: Seen, phase: Phase, changes: Obj) -> Obj:
    """Returns the changes with completionTime and Success; no entry stays Pending or Running."""
    completed = seen.status.get("completionTime") or time_text(seen.now)
    succeeded, at = phase is Phase.SUCCEEDED, time_from(completed)
    return {
        **changes,
        "phase": phase,
        "completionTime": completed,
        "conditions": with_condition(_conditions(seen), "Success", succeeded, at),
        "podStatuses": {k: closed_pod(e, phase) for k, e in changes["podStatuses"].items()},
        "partyTaskStatus": [closed_party(entry, phase) for entry in changes["partyTaskStatus"]],
    }
