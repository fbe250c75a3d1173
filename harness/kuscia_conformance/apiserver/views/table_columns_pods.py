"""The row of pods: how many containers are ready, the status, the restarts.

STATUS begins as the pod's phase or reason. Then these replace it, each if it applies:

1. the first init container for which the pod still waits
2. a container that waits or has ended; the first such container counts
3. the deletion of the pod

The headings are not here: they are recorded from a real server, in `data/columns.json.xz`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kuscia_conformance.apiserver.views.ages import age
from kuscia_conformance.apiserver.views.table_columns import (
    AGE,
    NAME,
    NONE,
    condition,
    find,
    is_true,
)
from kuscia_conformance.kube.objects import Obj

#: The reason and message of the row's condition, by the phase of a pod that has ended.
ENDED = {
    "Succeeded": ("Succeeded", "The pod has completed successfully."),
    "Failed": ("Failed", "The pod failed."),
}


@dataclass
class _Seen:
    """What the statuses of a pod's containers say together."""

    reason: str
    ready: int = 0
    restarts: int = 0
    last_restart: str = ""

    def count_restarts(self, container: Obj) -> None:
        self.restarts += container.get("restartCount", 0)
        ended = find(container, "lastState", "terminated", "finishedAt") or ""
        self.last_restart = max(self.last_restart, ended)

    def restarts_shown(self, now: datetime) -> str:
        if self.restarts and self.last_restart:
            return f"{self.restarts} ({age(self.last_restart, now)} ago)"
        return str(self.restarts)


def pod_row(pod: Obj, now: datetime) -> list[Any]:
    """Returns the cells of a pod; `now` is the time from which ages are counted."""
    seen = _seen(pod)
    total = len(find(pod, "spec", "containers") or ()) + len(_sidecars(pod))
    addresses = find(pod, "status", "podIPs") or [{}]
    return [
        NAME(pod, now),
        f"{seen.ready}/{total}",
        _ending(pod) or seen.reason,
        seen.restarts_shown(now),
        AGE(pod, now),
        addresses[0].get("ip") or NONE,
        find(pod, "spec", "nodeName") or NONE,
        find(pod, "status", "nominatedNodeName") or NONE,
        _gates(pod),
    ]


def pod_conditions(pod: Obj) -> list[Obj]:
    """Returns the condition of the row of a pod that has ended; empty for other pods."""
    ended = ENDED.get(find(pod, "status", "phase") or "")
    if ended is None:
        return []
    reason, message = ended
    return [{"type": "Completed", "status": "True", "reason": reason, "message": message}]


def _seen(pod: Obj) -> _Seen:
    status = pod.get("status") or {}
    seen = _Seen(status.get("reason") or status.get("phase") or "")
    if (condition(pod, "PodScheduled") or {}).get("reason") == "SchedulingGated":
        seen.reason = "SchedulingGated"
    sidecars = _sidecars(pod)
    initializing = False
    for place, container in enumerate(status.get("initContainerStatuses") or ()):
        seen.count_restarts(container)
        if _is_up(container, sidecars):
            seen.ready += bool(container.get("ready")) and container["name"] in sidecars
        elif not _has_succeeded(container):
            seen.reason = _initializing(pod, container, place)
            initializing = True
            break
    if not initializing or is_true(pod, "Initialized"):
        _see_containers(pod, seen, sidecars)
    return seen


def _see_containers(pod: Obj, seen: _Seen, sidecars: frozenset[str]) -> None:
    """Adds what the statuses of the containers say, once the init containers are done.

    From then on only the sidecars' restarts count among those of the init containers.
    """
    status = pod.get("status") or {}
    seen.restarts, seen.last_restart = 0, ""
    for container in status.get("initContainerStatuses") or ():
        if container["name"] in sidecars:
            seen.count_restarts(container)
    runs = False
    for container in reversed(status.get("containerStatuses") or ()):
        seen.count_restarts(container)
        reason = _halted(container)
        if reason:
            seen.reason = reason
        elif container.get("ready") and find(container, "state", "running") is not None:
            runs = True
            seen.ready += 1
    if seen.reason == "Completed" and runs:
        seen.reason = "Running" if is_true(pod, "Ready") else "NotReady"


def _sidecars(pod: Obj) -> frozenset[str]:
    """Returns the names of the init containers that go on running."""
    found: Iterator[Obj] = iter(find(pod, "spec", "initContainers") or ())
    return frozenset(each["name"] for each in found if each.get("restartPolicy") == "Always")


def _is_up(container: Obj, sidecars: frozenset[str]) -> bool:
    """Returns whether the container is a sidecar that has started and not ended with success."""
    if _has_succeeded(container):
        return False
    return container["name"] in sidecars and bool(container.get("started"))


def _has_succeeded(container: Obj) -> bool:
    ended = find(container, "state", "terminated")
    return ended is not None and not ended.get("exitCode")


def _initializing(pod: Obj, container: Obj, place: int) -> str:
    waits_for = find(container, "state", "waiting", "reason")
    if find(container, "state", "terminated") is not None:
        return f"Init:{_halted(container)}"
    if waits_for and waits_for != "PodInitializing":
        return f"Init:{waits_for}"
    return f"Init:{place}/{len(find(pod, 'spec', 'initContainers') or ())}"


def _halted(container: Obj) -> str:
    """Returns why a container does not run; empty if it runs, or if the reason is not known."""
    waits_for = find(container, "state", "waiting", "reason")
    ended = find(container, "state", "terminated")
    if waits_for or ended is None:
        return waits_for or ""
    if ended.get("reason"):
        return str(ended["reason"])
    return f"Signal:{ended['signal']}" if ended.get("signal") else f"ExitCode:{ended['exitCode']}"


def _ending(pod: Obj) -> str:
    """Returns the STATUS of a pod that is being deleted; empty for other pods."""
    if not find(pod, "metadata", "deletionTimestamp"):
        return ""
    if find(pod, "status", "reason") == "NodeLost":
        return "Unknown"
    return "" if find(pod, "status", "phase") in ENDED else "Terminating"


def _gates(pod: Obj) -> str:
    gates = find(pod, "spec", "readinessGates") or ()
    passed = sum(is_true(pod, gate["conditionType"]) for gate in gates)
    return f"{passed}/{len(gates)}" if gates else NONE
