"""The changes of phase of a TaskResource, each as one patch, for all machines that decide them.

TaskResource has no status subresource. So the phase and the reservation, which is an annotation,
change in one write. The texts are those of the original (scheduling.md section 4).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from kuscia_conformance.kube.kuscia import TASK_RESOURCES
from kuscia_conformance.kube.objects import Obj, condition_of, key_of, time_text
from reference_controller import names
from reference_controller.actions import Patch
from reference_controller.conditions import with_condition
from reference_controller.task_resource.seen import Phase

CREATED = "Create task resource from task resource group"
RESERVED = "The min set of pods has already reserved resource"
SCHEDULABLE = "Pods belonging to task resource group can be bound"
ROUND_FAILED = (
    "Task resource group state changed to reserve-failed, so set the task resource status to failed"
)
GROUP_FAILED = "Task resource group state change to failed，so set the sub task resource to failed"
RETRY = "Retry to reserve resource"
RETRY_AFTER_RESERVED = (
    "Last reserved resources and need retry since partners doesn't reserve resources"
)


def pod_failed(resource: Obj, pod: str) -> str:
    """Returns the reason of a TaskResource that has failed because of that pod (TR-023)."""
    namespace = resource["metadata"]["namespace"]
    return f"schedule task resource {key_of(resource)} related pod {namespace}/{pod} failed"


def reserve(resource: Obj, nodes: Mapping[str, str], now: datetime) -> Patch:
    """Reserved, with the node that is held for each pod (TR-021)."""
    status = _moved(resource, Phase.RESERVED, RESERVED, now)
    return _patch(resource, status, json.dumps(dict(sorted(nodes.items()))))


def schedule(resource: Obj, now: datetime) -> Patch:
    """Moves to Schedulable (TR-022): the pods may be bound. They hold their nodes until then."""
    status = _moved(resource, Phase.SCHEDULABLE, SCHEDULABLE, now)
    return Patch(TASK_RESOURCES, resource, {"status": {**status, "completionTime": time_text(now)}})


def fail(resource: Obj, reason: str, now: datetime, *, final: bool = True) -> Patch:
    """Failed, nothing held any more; `final` as the group's own failures are (TR-023…025)."""
    status = _moved(resource, Phase.FAILED, reason, now)
    return _patch(resource, {**status, "completionTime": time_text(now)} if final else status)


def join(resource: Obj, now: datetime) -> Patch:
    """Moves to Reserving, with the reason that a new TaskResource has (TR-008)."""
    return _patch(resource, _moved(resource, Phase.RESERVING, CREATED, now))


def retry(resource: Obj, now: datetime) -> Patch:
    """Moves back to Reserving, for the next round (TR-026).

    The condition Reserved becomes False. Its reason tells whether the party had reserved before.
    """
    before = condition_of(resource, str(Phase.RESERVED)) or {}
    status = _moved(resource, Phase.RESERVING, RETRY, now)
    why = RETRY_AFTER_RESERVED if _has_reserved(before) else ""
    status["conditions"] = with_condition(
        status["conditions"], Phase.RESERVED, False, now, reason=why, reason_moves=True
    )
    return _patch(resource, status)


def release_hold(resource: Obj) -> Patch:
    """Removes the reservation. The phase stays."""
    return Patch(TASK_RESOURCES, resource, {"metadata": {"annotations": {names.RESERVATION: None}}})


def _has_reserved(condition: Obj) -> bool:
    return condition.get("status") == "True" or condition.get("reason") == RETRY_AFTER_RESERVED


def _moved(resource: Obj, phase: Phase, reason: str, now: datetime) -> Obj:
    known = (resource.get("status") or {}).get("conditions") or []
    conditions = with_condition(known, phase, True, now, reason=reason, reason_moves=True)
    return {"phase": str(phase), "lastTransitionTime": time_text(now), "conditions": conditions}


def _patch(resource: Obj, status: Obj, reservation: str | None = None) -> Patch:
    annotations = {names.RESERVATION: reservation}
    patch = {"metadata": {"annotations": annotations}, "status": status}
    return Patch(TASK_RESOURCES, resource, patch)
