"""Renders a pod's life as the pod's `status`, with the wording and the omissions of a real kubelet.

The status is written as a strategic merge patch. Conditions merge by type, so that conditions of
other writers stay. A null removes a field.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from kuscia_conformance.kube.objects import Obj, condition_of, time_text, uid_of
from kuscia_conformance.simulated_nodes import containers, lifecycle
from kuscia_conformance.simulated_nodes.containers import Container, Running, Terminated, Waiting
from kuscia_conformance.simulated_nodes.lifecycle import Seen, Stage

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
#: What a kubelet reports about a container that was never started, when its pod is deleted.
_UNKNOWN = Terminated(
    exit_code=containers.KILLED,
    reason="ContainerStatusUnknown",
    message="The container could not be located when the pod was terminated",
    started_at=None,
    finished_at=_NEVER,
)


@dataclass(frozen=True)
class Addresses:
    """The IP addresses of a pod and its node."""

    pod: str
    host: str


def render(seen: Seen, addresses: Addresses) -> Obj:
    """Returns the status to write; empty while the pod is neither admitted nor refused."""
    life = seen.life
    if life.rejection:
        return {
            "phase": "Failed",
            "reason": life.rejection.reason,
            "message": life.rejection.message,
            "startTime": _text(life.started_at),
        }
    if not life.containers:
        return {}
    status: Obj = {
        "phase": phase(seen),
        "conditions": _conditions(seen),
        "startTime": _text(life.started_at),
        "hostIP": addresses.host,
        "hostIPs": [{"ip": addresses.host}],
        "containerStatuses": sorted(_statuses(seen), key=lambda one: str(one["name"])),
    }
    if life.sandbox is not None:
        status |= {"podIP": addresses.pod, "podIPs": [{"ip": addresses.pod}]}
    return status


def phase(seen: Seen) -> str:
    """Returns the phase to report.

    The end of a pod is not reported before its sandbox is removed. A deleted pod whose containers
    never started is reported as Failed.
    """
    found = _phase(seen)
    if seen.life.stage is Stage.ENDED:
        return str(seen.pod["status"]["phase"])
    if seen.life.stage is Stage.GONE and found == "Pending":
        return "Failed"
    return found


def _phase(seen: Seen) -> str:
    """Returns the phase that follows from the states of the containers alone."""
    states = [container.state for container in seen.life.containers]
    if any(c.ended is None and isinstance(c.state, Waiting) for c in seen.life.containers):
        return "Pending"
    if any(isinstance(state, Running) for state in states):
        return "Running"
    if seen.life.stage in (Stage.UP, Stage.STOPPING) and _goes_on(seen):
        return "Running"
    bad = any(c.ended and c.ended.exit_code for c in seen.life.containers)
    return "Failed" if bad else "Succeeded"


def _goes_on(seen: Seen) -> bool:
    policy = lifecycle.restart_policy(seen.pod)
    ends = [container.ended for container in seen.life.containers]
    return any(end and containers.restarts(policy, end) for end in ends)


def _conditions(seen: Seen) -> list[Obj]:
    over = {"Succeeded": "PodCompleted", "Failed": "PodFailed"}.get(_phase(seen), "")
    unready = [spec["name"] for spec, one in _pairs(seen) if not _ready(seen, spec, one)]
    said = f"containers with unready status: [{' '.join(unready)}]"
    reason, message = (over, "") if over else ("ContainersNotReady", said)
    ready = ("False", reason, message) if unready else ("True", "", "")
    completed = over if over == "PodCompleted" else ""
    return [
        _condition(seen, "PodReadyToStartContainers", "True" if seen.life.sandbox else "False"),
        _condition(seen, "Initialized", "True", completed),
        _condition(seen, "Ready", *ready),
        _condition(seen, "ContainersReady", *ready),
        _condition(seen, "PodScheduled", "True"),
    ]


def _condition(seen: Seen, kind: str, status: str, reason: str = "", message: str = "") -> Obj:
    before = condition_of(seen.pod, kind) or {}
    same = before.get("status") == status
    return {
        "type": kind,
        "status": status,
        "reason": reason or None,
        "message": message or None,
        "lastProbeTime": None,
        "lastTransitionTime": before["lastTransitionTime"] if same else _text(seen.now),
    }


def _statuses(seen: Seen) -> list[Obj]:
    return [_status(seen, spec, container) for spec, container in _pairs(seen)]


def _status(seen: Seen, spec: Obj, container: Container) -> Obj:
    never_ran = seen.life.stage is Stage.GONE and isinstance(container.state, Waiting)
    shown = _UNKNOWN if never_ran else container.state
    pod = uid_of(seen.pod)
    status: Obj = {
        "name": container.name,
        "image": spec["image"],
        "imageID": f"{spec['image']}@sha256:{_digest(spec['image'])}" if container.runs else "",
        "ready": _ready(seen, spec, container),
        "started": _started(seen, spec, container),
        "restartCount": container.restart_count,
        "state": _state(shown, pod, container.name),
        "lastState": _state(container.last, pod, container.name) if container.last else {},
    }
    if container.runs:
        status["containerID"] = _container_id(pod, container.name, container.runs)
    return status


def _state(state: Waiting | Running | Terminated, pod: str, name: str) -> Obj:
    match state:
        case Waiting(reason, message):
            return {"waiting": _present(reason=reason, message=message)}
        case Running(since):
            return {"running": {"startedAt": time_text(since)}}
        case Terminated():
            return {"terminated": _terminated(state, pod, name)}


def _terminated(end: Terminated, pod: str, name: str) -> Obj:
    said = {"exitCode": end.exit_code, **_present(reason=end.reason, message=end.message)}
    if end is _UNKNOWN:
        return said
    return {
        **said,
        "startedAt": time_text(end.started_at or _NEVER),
        "finishedAt": time_text(end.finished_at),
        "containerID": _container_id(pod, name, end.run),
    }


def _ready(seen: Seen, spec: Obj, container: Container) -> bool:
    state = container.state
    return isinstance(state, Running) and seen.now >= containers.ready_at(spec, state)


def _started(seen: Seen, spec: Obj, container: Container) -> bool:
    state = container.state
    return isinstance(state, Running) and seen.now >= containers.started_at(spec, state)


def _pairs(seen: Seen) -> Sequence[tuple[Obj, Container]]:
    return list(zip(seen.specs, seen.life.containers, strict=True))


def _container_id(pod: str, name: str, run: int) -> str:
    return f"containerd://{_digest(pod, name, str(run))}"


def _digest(*parts: str) -> str:
    return hashlib.sha256("/".join(parts).encode()).hexdigest()


def _present(**fields: object) -> Obj:
    return {name: value for name, value in fields.items() if value}


def _text(moment: datetime | None) -> str | None:
    return time_text(moment) if moment else None
