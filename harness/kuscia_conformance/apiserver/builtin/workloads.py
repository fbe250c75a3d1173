"""Deployments, ReplicaSets, StatefulSets, DaemonSets, Jobs and CronJobs: defaults and validation.

A selector must fit the labels of the pod template; the selector of a Job is generated. There are no
controllers for these kinds here: no pods are created for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

from kuscia_conformance.apiserver.apimachinery.kinds import Context
from kuscia_conformance.apiserver.apimachinery.status_errors import (
    FieldError,
    forbidden_field,
    invalid_value,
    not_supported,
    required,
)
from kuscia_conformance.apiserver.builtin.metadata import IMMUTABLE
from kuscia_conformance.apiserver.builtin.pods.defaults import default_template, put, put_absent
from kuscia_conformance.apiserver.builtin.split import SplitStrategy
from kuscia_conformance.kube.objects import Obj

STATEFUL_SET: Final[Mapping[str, Any]] = {
    "replicas": 1,
    "podManagementPolicy": "OrderedReady",
    "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
    "revisionHistoryLimit": 10,
    "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
}
DAEMON_SET: Final[Mapping[str, Any]] = {
    "updateStrategy": {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0},
    },
    "revisionHistoryLimit": 10,
}
DAEMON_SET_STATUS: Final[Mapping[str, Any]] = {
    "currentNumberScheduled": 0,
    "numberMisscheduled": 0,
    "desiredNumberScheduled": 0,
    "numberReady": 0,
}
_JOB: Final[Mapping[str, Any]] = {
    "parallelism": 1,
    "completions": 1,
    "backoffLimit": 6,
    "manualSelector": False,
    "suspend": False,
    "completionMode": "NonIndexed",
    "podReplacementPolicy": "TerminatingOrFailed",
}
_CRON_JOB: Final[Mapping[str, Any]] = {
    "concurrencyPolicy": "Allow",
    "suspend": False,
    "successfulJobsHistoryLimit": 3,
    "failedJobsHistoryLimit": 1,
}
_CONTROLLER: Final = "batch.kubernetes.io/controller-uid"
_JOB_NAME: Final = "job-name"
_TEMPLATES: Final = "deprecated.daemonset.template.generation"
_FREE_IN_STATEFUL_SETS: Final = (
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
)
_ONLY_OF_STATEFUL_SETS: Final = (
    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
    "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and "
    "'minReadySeconds' are forbidden"
)
_ROLLING: Final[Mapping[str, Any]] = {"maxUnavailable": "25%", "maxSurge": "25%"}


class WorkloadStrategy(SplitStrategy):
    """The strategy of a kind with a pod template.

    `spec` has the defaults of the kind's own fields, `status` is the status of a new object.
    """

    def __init__(self, spec: Mapping[str, Any], status: Mapping[str, Any] | None = None) -> None:
        super().__init__(status or {})
        self._spec = spec

    def default(self, obj: Obj, context: Context) -> None:
        super().default(obj, context)
        spec = obj.setdefault("spec", {})
        template = spec.setdefault("template", {})
        template.setdefault("metadata", {})
        default_template(template.setdefault("spec", {}))
        put_absent(spec, deepcopy(self._spec))

    def validate(self, obj: Obj, old: Obj | None, sub: str) -> list[FieldError]:
        causes, selector = _template(obj["spec"]), obj["spec"].get("selector")
        if old is not None and selector != old["spec"].get("selector"):
            causes.append(invalid_value("spec.selector", selector, IMMUTABLE))
        return causes


class StatefulSetStrategy(WorkloadStrategy):
    """The strategy of StatefulSets: only a few fields of their spec can be changed."""

    def __init__(self) -> None:
        super().__init__(STATEFUL_SET, {"replicas": 0, "availableReplicas": 0})

    def validate(self, obj: Obj, old: Obj | None, sub: str) -> list[FieldError]:
        causes = _template(obj["spec"])
        if old is not None and _fixed(obj["spec"]) != _fixed(old["spec"]):
            causes.append(forbidden_field("spec", _ONLY_OF_STATEFUL_SETS))
        return causes


class DaemonSetStrategy(WorkloadStrategy):
    """The strategy of DaemonSets: an annotation counts the changes of their template."""

    def __init__(self) -> None:
        super().__init__(DAEMON_SET, DAEMON_SET_STATUS)

    def prepare_create(self, obj: Obj, context: Context) -> None:
        super().prepare_create(obj, context)
        _annotate(obj, "1")

    def prepare_update(self, obj: Obj, old: Obj, sub: str, context: Context) -> None:
        super().prepare_update(obj, old, sub, context)
        count = (old["metadata"].get("annotations") or {}).get(_TEMPLATES, "1")
        changed = obj["spec"]["template"] != old["spec"]["template"]
        _annotate(obj, str(int(count) + 1) if changed else count)


class DeploymentStrategy(WorkloadStrategy):
    """The strategy of Deployments: a rolling update is the default."""

    def __init__(self) -> None:
        super().__init__(
            {"replicas": 1, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600}
        )

    def default(self, obj: Obj, context: Context) -> None:
        super().default(obj, context)
        strategy = obj["spec"].setdefault("strategy", {})
        put(strategy, {"type": "RollingUpdate"})
        if strategy["type"] == "RollingUpdate":
            put_absent(strategy.setdefault("rollingUpdate", {}), _ROLLING)


class JobStrategy(WorkloadStrategy):
    """The strategy of Jobs: the selector and the pods' labels are made from the Job's uid.

    A Job with `manualSelector: true` has its own selector.
    """

    selectable = ("status.successful",)

    def __init__(self) -> None:
        super().__init__(_JOB)

    def prepare_create(self, obj: Obj, context: Context) -> None:
        super().prepare_create(obj, context)
        spec, metadata = obj["spec"], obj["metadata"]
        name = metadata.get("name") or ""
        if not spec["manualSelector"] and (uid := metadata.get("uid")):
            labels = {_CONTROLLER: uid, f"batch.kubernetes.io/{_JOB_NAME}": name}
            labels |= {"controller-uid": uid, _JOB_NAME: name}
            spec["selector"] = {"matchLabels": {_CONTROLLER: uid}}
            template = spec["template"]["metadata"]
            template["labels"] = {**(template.get("labels") or {}), **labels}
            if not metadata.get("labels"):
                metadata["labels"] = dict(template["labels"])

    def validate(self, obj: Obj, _old: Obj | None, _sub: str) -> list[FieldError]:
        causes = _containers(obj["spec"])
        field, policy = "spec.template.spec.restartPolicy", _restart_policy(obj)
        if policy == "Always":
            return [*causes, required(field, 'valid values: "OnFailure", "Never"')]
        allowed = ("OnFailure", "Never")
        return causes + ([] if policy in allowed else [not_supported(field, policy, allowed)])

    def fields(self, obj: Obj) -> Mapping[str, str]:
        return {"status.successful": str((obj.get("status") or {}).get("succeeded", 0))}


class CronJobStrategy(SplitStrategy):
    """The strategy of CronJobs.

    The job template gets the defaults of pods, but not those of Jobs: as in Kubernetes, a Job gets
    these when it is created. Nothing here creates Jobs.
    """

    def __init__(self) -> None:
        super().__init__({})

    def default(self, obj: Obj, context: Context) -> None:
        super().default(obj, context)
        spec = obj.setdefault("spec", {})
        put_absent(spec, _CRON_JOB)
        job = spec.setdefault("jobTemplate", {})
        template = job.setdefault("spec", {}).setdefault("template", {})
        for part in (job, template):
            part.setdefault("metadata", {})
        default_template(template.setdefault("spec", {}))


def _restart_policy(job: Obj) -> str:
    return str(job["spec"]["template"]["spec"]["restartPolicy"])


def _containers(spec: Obj) -> list[FieldError]:
    field = "spec.template.spec.containers"
    return [] if spec["template"]["spec"].get("containers") else [required(field)]


def _template(spec: Obj) -> list[FieldError]:
    return [*_selector(spec), *_containers(spec)]


def _fixed(spec: Obj) -> Obj:
    return {key: value for key, value in spec.items() if key not in _FREE_IN_STATEFUL_SETS}


def _annotate(obj: Obj, count: str) -> None:
    metadata = obj["metadata"]
    metadata["annotations"] = {**(metadata.get("annotations") or {}), _TEMPLATES: count}


def _selector(spec: Obj) -> list[FieldError]:
    """Checks that there is a selector, and that the template's labels fit its matchLabels."""
    selector = spec.get("selector") or {}
    causes = [] if selector else [required("spec.selector")]
    labels = spec["template"]["metadata"].get("labels") or {}
    wanted = selector.get("matchLabels") or {}
    if not selector or any(labels.get(key) != value for key, value in wanted.items()):
        said = "`selector` does not match template `labels`"
        field = "spec.template.metadata.labels"
        causes.append(invalid_value(field, labels or None, said))
    return causes
