"""Builds the TaskResource of each party of a group (scheduling.md TR-003…008).

It also builds the patches that tell a pod which TaskResource reserves for it (TRG-035, TRG-036).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from kuscia_conformance.kube.kuscia import TASK_RESOURCES
from kuscia_conformance.kube.objects import (
    PODS,
    Obj,
    annotations_of,
    labels_of,
    name_of,
    owner_reference,
    quantity,
    time_text,
    uid_of,
)
from reference_controller import names
from reference_controller.actions import Patch
from reference_controller.conditions import with_condition
from reference_controller.task_resource.changes import CREATED
from reference_controller.task_resource.seen import Phase
from reference_controller.times import moment

_COPIED_ANNOTATIONS = tuple(
    names.PREFIX + name
    for name in ("initiator", "job-id", "task-id", "task-alias", "party-master-domain")
)


def build_resource(group: Obj, party: Obj, pods: Mapping[str, Obj], now: datetime) -> Obj:
    """Returns the TaskResource of the party, in phase Reserving (TR-008).

    `pods` are the group's pods by `namespace/name`. A pod that is not there, as in another
    cluster, is listed without resources (TR-007).
    """
    return {
        "apiVersion": TASK_RESOURCES.api_version,
        "kind": TASK_RESOURCES.kind,
        "metadata": {
            "name": party["taskResourceName"],
            "namespace": party["domainID"],
            "labels": _labels(group),
            "annotations": _annotations(group),
            "ownerReferences": [owner_reference(group)],
        },
        "spec": _spec(group, party, pods),
        "status": {
            "phase": str(Phase.RESERVING),
            "startTime": time_text(now),
            "lastTransitionTime": time_text(now),
            "conditions": with_condition([], Phase.RESERVING, True, now, reason=CREATED),
        },
    }


def _labels(group: Obj) -> dict[str, str]:
    return {
        names.TASK_RESOURCE_GROUP_UID: uid_of(group),
        names.INTERCONN_PROTOCOL: labels_of(group).get(names.INTERCONN_PROTOCOL, ""),
    }


def _annotations(group: Obj) -> dict[str, str]:
    known = annotations_of(group)
    return {
        **{key: known.get(key, "") for key in _COPIED_ANNOTATIONS},
        names.TASK_RESOURCE_GROUP: name_of(group),
    }


def _spec(group: Obj, party: Obj, pods: Mapping[str, Obj]) -> Obj:
    listed = party.get("pods") or []
    asked = party.get("minReservedPods") or 0
    spec = {
        "role": party.get("role") or "",
        "initiator": group["spec"]["initiator"],
        "minReservedPods": asked if not listed or 1 <= asked <= len(listed) else len(listed),
        "pods": [
            _pod(pod["name"], pods.get(f"{party['domainID']}/{pod['name']}")) for pod in listed
        ],
    }
    seconds = group["spec"].get("resourceReservedSeconds")
    return {**spec, "resourceReservedSeconds": seconds} if seconds else spec


def _pod(name: str, pod: Obj | None) -> Obj:
    if pod is None:
        return {"name": name}
    containers = [container.get("resources") or {} for container in pod["spec"]["containers"]]
    sums = {
        kind: _sum(resources.get(kind) or {} for resources in containers)
        for kind in ("requests", "limits")
    }
    return {"name": name, "resources": {kind: total for kind, total in sums.items() if total}}


def _sum(amounts: Iterable[Mapping[str, str]]) -> dict[str, str]:
    total: Counter[str] = Counter()
    written: dict[str, str] = {}
    for each in amounts:
        for resource, amount in each.items():
            written[resource] = str(amount)
            total[resource] += quantity(amount)  # type: ignore[assignment]
    return {name: _text(Decimal(amount), written[name]) for name, amount in total.items()}


def _text(total: Decimal, written: str) -> str:
    """Returns the sum as a quantity; a single amount keeps its spelling, such as `500m`."""
    return written if total == quantity(written) else f"{total.normalize():f}"


def hand_over(pod: Obj, resource: Obj, now: datetime) -> Patch:
    """Returns the patch that tells the pod its TaskResource, and when the round began (TRG-035)."""
    labels = {
        names.TASK_RESOURCE_GROUP_UID: labels_of(resource)[names.TASK_RESOURCE_GROUP_UID],
        names.TASK_RESOURCE_UID: uid_of(resource),
    }
    annotations = {names.TASK_RESOURCE: name_of(resource), **_stamp(now)}
    return Patch(PODS, pod, {"metadata": {"labels": labels, "annotations": annotations}})


def call_again(pod: Obj, since: datetime) -> Patch:
    """Returns the patch that tells the pod when the current round began (TRG-036)."""
    return Patch(PODS, pod, {"metadata": {"annotations": _stamp(since)}})


def is_called(pod: Obj, since: datetime) -> bool:
    """Returns whether the pod was told of a round that began at that time or later (TRG-036)."""
    known = moment(annotations_of(pod).get(names.RESERVING_TIMESTAMP))
    return known is not None and known >= since


def _stamp(since: datetime) -> dict[str, str]:
    return {names.RESERVING_TIMESTAMP: time_text(since)}


def is_handed_over(pod: Obj, resource: Obj) -> bool:
    """Returns whether the pod was told that this TaskResource reserves for it (TRG-035)."""
    return labels_of(pod).get(names.TASK_RESOURCE_UID) == uid_of(resource)
