"""Builds the TaskResourceGroup by which a task asks for resources (kusciatask.md section 7)."""

from __future__ import annotations

from kuscia_conformance.kube.kuscia import TASK_RESOURCE_GROUPS
from kuscia_conformance.kube.objects import Obj, annotations_of, labels_of
from reference_controller import names
from reference_controller.kuscia_task.parties import Kit, min_reserved_members
from reference_controller.kuscia_task.plan import Plan

#: The page's defaults, in seconds; 0 and negative values count as absent (SC-16, SC-17).
RESOURCE_RESERVED_SECONDS, LIFECYCLE_SECONDS, RETRY_INTERVAL_SECONDS = 30, 300, 30

_COPIED_LABELS = (names.JOB_UID, names.INTERCONN_PROTOCOL)
_COPIED_ANNOTATIONS = tuple(
    names.PREFIX + name
    for name in (
        "initiator",
        "self-cluster-as-initiator",
        "job-id",
        "task-alias",
        "interconn-kuscia-parties",
        "interconn-bfia-parties",
        "party-master-domain",
    )
)


def lifecycle_seconds(task: Obj) -> int:
    return _seconds(task, "lifecycleSeconds", LIFECYCLE_SECONDS)


def _seconds(task: Obj, name: str, default: int) -> int:
    asked: int = (task["spec"].get("scheduleConfig") or {}).get(name) or 0
    return asked if asked > 0 else default


def parties_of(group: Obj) -> list[Obj]:
    """Returns the group's local parties, then those of other clusters."""
    spec = group["spec"]
    return [*(spec.get("parties") or ()), *(spec.get("outOfControlledParties") or ())]


def build_group(plan: Plan) -> Obj:
    """Returns the TaskResourceGroup of the task (kusciatask.md section 7)."""
    labels, annotations = labels_of(plan.task), annotations_of(plan.task)
    return {
        "apiVersion": TASK_RESOURCE_GROUPS.api_version,
        "kind": TASK_RESOURCE_GROUPS.kind,
        "metadata": {
            "name": plan.name,
            "labels": {**{key: labels.get(key, "") for key in _COPIED_LABELS}, **plan.labels},
            "annotations": {
                **{key: annotations.get(key, "") for key in _COPIED_ANNOTATIONS},
                names.TASK_ID: plan.name,
            },
        },
        "spec": _spec(plan),
    }


def _spec(plan: Plan) -> Obj:
    task = plan.task
    partners = [_partner(plan, kit) for kit in plan.kits if kit.is_partner]
    return {
        "initiator": task["spec"]["initiator"],
        "minReservedMembers": min_reserved_members(task),
        "resourceReservedSeconds": _seconds(
            task, "resourceReservedSeconds", RESOURCE_RESERVED_SECONDS
        ),
        "lifecycleSeconds": lifecycle_seconds(task),
        "retryIntervalSeconds": _seconds(task, "retryIntervalSeconds", RETRY_INTERVAL_SECONDS),
        "parties": [_party(plan, kit) for kit in plan.local],
        **({"outOfControlledParties": partners} if partners else {}),
    }


def _partner(plan: Plan, kit: Kit) -> Obj:
    """Returns the entry of a party in another cluster, which needs no pods here (KT-172)."""
    return {**_identity(plan, kit), "minReservedPods": 1}


def _identity(plan: Plan, kit: Kit) -> Obj:
    uid = plan.labels[names.TASK_UID]
    name = names.task_resource_name(plan.name, uid, kit.domain, kit.role)
    return {**kit.identity, "taskResourceName": name}


def _party(plan: Plan, kit: Kit) -> Obj:
    return {
        **_identity(plan, kit),
        "minReservedPods": kit.min_reserved_pods,
        "pods": [{"name": pod} for pod in kit.pods],
    }
