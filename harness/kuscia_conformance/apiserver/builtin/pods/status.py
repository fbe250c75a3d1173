"""The status of a pod: what a new pod has, and the defaults of a status that is written."""

from __future__ import annotations

from typing import Final

from kuscia_conformance.apiserver.builtin.pods.qos import quality_of_service
from kuscia_conformance.kube.objects import Obj

_CONTAINER: Final = {"ready": False, "restartCount": 0, "image": "", "imageID": ""}
_RUNS: Final = {"running": ("startedAt",), "terminated": ("startedAt", "finishedAt")}


def first_status(spec: Obj, now: str) -> Obj:
    """Returns the status of a new pod; `now` is a time in RFC 3339."""
    status: Obj = {"phase": "Pending"}
    if spec.get("schedulingGates"):
        said = "Scheduling is blocked due to non-empty scheduling gates"
        status["conditions"] = [
            scheduled("False", now) | {"reason": "SchedulingGated", "message": said}
        ]
    return {**status, "qosClass": quality_of_service(spec)}


def scheduled(status: str, now: str) -> Obj:
    """Returns the condition that says whether a pod has a node."""
    return {
        "type": "PodScheduled",
        "status": status,
        "lastProbeTime": None,
        "lastTransitionTime": now,
    }


def default_status(status: Obj) -> None:
    """Sets the fields that Go always writes in a status; podIP and podIPs complete each other."""
    for condition in status.get("conditions") or ():
        condition.setdefault("lastProbeTime", None)
        condition.setdefault("lastTransitionTime", None)
    for key in ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"):
        for container in status.get(key) or ():
            _container(container)
    if status.get("podIP") and not status.get("podIPs"):
        status["podIPs"] = [{"ip": status["podIP"]}]
    elif status.get("podIPs") and not status.get("podIP"):
        status["podIP"] = status["podIPs"][0].get("ip", "")


def _container(container: Obj) -> None:
    for key, value in _CONTAINER.items():
        container.setdefault(key, value)
    for key in ("state", "lastState"):
        state = container.setdefault(key, {})
        for run, times in _RUNS.items():
            if state.get(run) is not None:
                for time in times:
                    state[run].setdefault(time, None)
        if state.get("terminated") is not None:
            state["terminated"].setdefault("exitCode", 0)
