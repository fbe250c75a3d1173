"""A pod's status: what it has in the beginning, and what is filled in when it is written."""

from __future__ import annotations

from typing import Final

from kuscia_conformance.apiserver.builtin.pods.qos import quality_of_service
from kuscia_conformance.kube.objects import Obj

_CONTAINER: Final = {"ready": False, "restartCount": 0, "image": "", "imageID": ""}
_RUNS: Final = {"running": ("startedAt",), "terminated": ("startedAt", "finishedAt")}


def first_status(spec: Obj, now: str) -> Obj:
    """Of a new pod."""
    status: Obj = {"phase": "Pending"}
    if spec.get("schedulingGates"):
        said = "Scheduling is blocked due to non-empty scheduling gates"
        status["conditions"] = [
            scheduled("False", now) | {"reason": "SchedulingGated", "message": said}
        ]
    return {**status, "qosClass": quality_of_service(spec)}


def scheduled(status: str, now: str) -> Obj:
    """The condition that says whether a pod has a node."""
    return {
        "type": "PodScheduled",
        "status": status,
        "lastProbeTime": None,
        "lastTransitionTime": now,
    }


def default_status(status: Obj) -> None:
    """What Go writes of a status even where nothing was said."""
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
