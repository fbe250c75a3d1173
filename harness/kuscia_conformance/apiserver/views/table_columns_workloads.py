"""The rows of apps, batch, autoscaling and policy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kuscia_conformance.apiserver.views.ages import duration, parsed
from kuscia_conformance.apiserver.views.table_columns import (
    AGE,
    NAME,
    NONE,
    Rows,
    at,
    containers,
    find,
    is_true,
    labels,
    number,
    only,
    row,
    selector,
    since,
    size,
)
from kuscia_conformance.kube.objects import Obj

CONTAINERS = containers("spec", "template", "spec", "containers")
SELECTOR = selector("spec", "selector")
OF_JOBS = ("spec", "jobTemplate", "spec")


def _controller(revision: Obj) -> str:
    """Returns the owner that is the controller: `daemonset.apps/NAME`."""
    for owner in find(revision, "metadata", "ownerReferences") or ():
        if owner.get("controller"):
            group, _, _ = owner["apiVersion"].rpartition("/")
            return f"{owner['kind'].lower()}{'.' if group else ''}{group}/{owner['name']}"
    return NONE


def _ready(obj: Obj) -> str:
    ready = find(obj, "status", "readyReplicas") or 0
    return f"{ready}/{find(obj, 'spec', 'replicas') or 0}"


def _job_status(job: Obj) -> str:
    for type_, shown in (("Complete", "Complete"), ("Failed", "Failed")):
        if is_true(job, type_):
            return shown
    if find(job, "metadata", "deletionTimestamp"):
        return "Terminating"
    others = ("Suspended", "FailureTarget", "SuccessCriteriaMet")
    return next((type_ for type_ in others if is_true(job, type_)), "Running")


def _completions(job: Obj) -> str:
    succeeded = find(job, "status", "succeeded") or 0
    wanted, parallel = find(job, "spec", "completions"), find(job, "spec", "parallelism") or 0
    if wanted is not None:
        return f"{succeeded}/{wanted}"
    return f"{succeeded}/1 of {parallel}" if parallel > 1 else f"{succeeded}/1"


def _job_duration(job: Obj, now: datetime) -> str:
    start = parsed(find(job, "status", "startTime"))
    if start is None:
        return ""
    end = parsed(find(job, "status", "completionTime")) or now
    return duration((end - start).total_seconds())


def _metrics(autoscaler: Obj) -> str:
    """Returns the metrics of an autoscaler. Only those of resources are shown in detail."""
    current = {
        find(each, "resource", "name"): find(each, "resource", "current")
        for each in find(autoscaler, "status", "currentMetrics") or ()
    }
    metrics = [
        _metric(metric["resource"], current) if "resource" in metric else "<unknown>"
        for metric in find(autoscaler, "spec", "metrics") or ()
    ]
    return ", ".join([*metrics, *_only_cpu(autoscaler)]) or NONE


def _metric(resource: Obj, current: Mapping[str, Obj]) -> str:
    name, target = resource["name"], resource["target"]
    now = current.get(name) or {}
    if "averageValue" in target:
        return f"{name}: {now.get('averageValue', '<unknown>')}/{target['averageValue']}"
    return _percent(name, now.get("averageUtilization"), target["averageUtilization"])


def _only_cpu(autoscaler: Obj) -> list[str]:
    """Returns the one metric of autoscaling/v1, which has its own fields for it."""
    wanted = find(autoscaler, "spec", "targetCPUUtilizationPercentage")
    now = find(autoscaler, "status", "currentCPUUtilizationPercentage")
    return [] if wanted is None else [_percent("cpu", now, wanted)]


def _percent(name: str, now: int | None, target: int) -> str:
    return f"{name}: {'<unknown>' if now is None else f'{now}%'}/{target}%"


def _scaled(autoscaler: Obj) -> str:
    target = find(autoscaler, "spec", "scaleTargetRef") or {}
    return f"{target.get('kind')}/{target.get('name')}"


def _autoscaler(autoscaler: Obj, now: datetime) -> list[Any]:
    return [
        NAME(autoscaler, now),
        _scaled(autoscaler),
        _metrics(autoscaler),
        str(find(autoscaler, "spec", "minReplicas") or "<unset>"),
        find(autoscaler, "spec", "maxReplicas"),
        find(autoscaler, "status", "currentReplicas") or 0,
        AGE(autoscaler, now),
    ]


ROWS: Rows = {
    ("apps", "controllerrevisions"): row(NAME, only(_controller), number("revision"), AGE),
    ("apps", "daemonsets"): row(
        NAME,
        number("status", "desiredNumberScheduled"),
        number("status", "currentNumberScheduled"),
        number("status", "numberReady"),
        number("status", "updatedNumberScheduled"),
        number("status", "numberAvailable"),
        only(lambda obj: labels(find(obj, "spec", "template", "spec", "nodeSelector"))),
        AGE,
        *CONTAINERS,
        SELECTOR,
    ),
    ("apps", "deployments"): row(
        NAME,
        only(_ready),
        number("status", "updatedReplicas"),
        number("status", "availableReplicas"),
        AGE,
        *CONTAINERS,
        SELECTOR,
    ),
    ("apps", "replicasets"): row(
        NAME,
        number("spec", "replicas"),
        number("status", "replicas"),
        number("status", "readyReplicas"),
        AGE,
        *CONTAINERS,
        SELECTOR,
    ),
    ("apps", "statefulsets"): row(NAME, only(_ready), AGE, *CONTAINERS),
    ("autoscaling", "horizontalpodautoscalers"): _autoscaler,
    ("batch", "cronjobs"): row(
        NAME,
        at("spec", "schedule"),
        at("spec", "timeZone", default=NONE),
        only(lambda job: str(bool(find(job, "spec", "suspend")))),
        size(["status", "active"]),
        since("status", "lastScheduleTime", default=NONE),
        AGE,
        *containers(*OF_JOBS, "template", "spec", "containers"),
        selector(*OF_JOBS, "selector"),
    ),
    ("batch", "jobs"): row(
        NAME, only(_job_status), only(_completions), _job_duration, AGE, *CONTAINERS, SELECTOR
    ),
    ("policy", "poddisruptionbudgets"): row(
        NAME,
        only(lambda budget: str(_or_na(find(budget, "spec", "minAvailable")))),
        only(lambda budget: str(_or_na(find(budget, "spec", "maxUnavailable")))),
        number("status", "disruptionsAllowed"),
        AGE,
    ),
}


def _or_na(value: Any) -> Any:
    return "N/A" if value is None else value
