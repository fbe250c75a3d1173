"""The changes of phase of a TaskResource, whoever decides them: each as one patch.

TaskResource has no status subresource, so that phase and reservation change in one write.
The texts are the original's (scheduling.md section 4).
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
    """TR-023."""
    namespace = resource["metadata"]["namespace"]
    return f"schedule task resource {key_of(resource)} related pod {namespace}/{pod} failed"


def reserve(resource: Obj, nodes: Mapping[str, str], now: datetime) -> Patch:
    """Reserved, with the node that is held for each pod (TR-021)."""
    status = _moved(resource, Phase.RESERVED, RESERVED, now)
    return _patch(resource, status, json.dumps(dict(sorted(nodes.items()))))


def schedule(resource: Obj, now: datetime) -> Patch:
    """Schedulable: its pods may be bound (TR-022); what is held stays held until they are."""
    status = _moved(resource, Phase.SCHEDULABLE, SCHEDULABLE, now)
    return Patch(TASK_RESOURCES, resource, {"status": {**status, "completionTime": time_text(now)}})


def fail(resource: Obj, reason: str, now: datetime, *, final: bool = True) -> Patch:
    """Failed, nothing held any more; `final` as the group's own failures are (TR-023…025)."""
    status = _moved(resource, Phase.FAILED, reason, now)
    return _patch(resource, {**status, "completionTime": time_text(now)} if final else status)


def join(resource: Obj, now: datetime) -> Patch:
    """Reserving, as a new one is (TR-008)."""
    return _patch(resource, _moved(resource, Phase.RESERVING, CREATED, now))


def retry(resource: Obj, now: datetime) -> Patch:
    """Reserving once more (TR-026)."""
    before = condition_of(resource, str(Phase.RESERVED)) or {}
    status = _moved(resource, Phase.RESERVING, RETRY, now)
    why = RETRY_AFTER_RESERVED if _has_reserved(before) else ""
    status["conditions"] = with_condition(
        status["conditions"], Phase.RESERVED, False, now, reason=why, reason_moves=True
    )
    return _patch(resource, status)


def release_hold(resource: Obj) -> Patch:
    """The phase stays; nothing is held any more."""
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
