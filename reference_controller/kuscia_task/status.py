"""The entries of `podStatuses` and `serviceStatuses` (kusciatask.md section 4).

An entry outlives its object. So the functions take the stored entry, and the object if it still
exists, and return the new entry. A time that an entry has once is never removed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kuscia_conformance.kube.objects import Obj, condition_of, labels_of, name_of, namespace_of
from reference_controller import names
from reference_controller.kuscia_task.reasons import Reason

ENDED = frozenset({"Succeeded", "Failed"})

_GO_ESCAPES = {
    "\a": r"\a", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\v": r"\v",
    '"': r"\"", "\\": r"\\",
}  # fmt: skip


def is_ending(obj: Obj) -> bool:
    """Returns whether the object is being deleted."""
    return "deletionTimestamp" in obj["metadata"]


def pod_phase(pod: Obj) -> str:
    """Returns the phase of the pod; Pending if it has none yet."""
    return (pod.get("status") or {}).get("phase") or "Pending"


def blank_pod_entry(namespace: str, pod: Obj) -> Obj:
    """Returns the entry of a pod of which only the name is known."""
    return {"podName": pod["name"], "namespace": namespace, "podPhase": "Pending"}


def identity_of(entry: Obj) -> Obj:
    """Returns the fields of the entry that identify the pod."""
    return {key: entry[key] for key in ("podName", "namespace")}


def new_pod_entry(pod: Obj) -> Obj:
    """Returns the entry of a pod that has no stored entry."""
    entry = {"podName": name_of(pod), "namespace": namespace_of(pod), "podPhase": "Pending"}
    return pod_entry(entry, pod)


def pod_entry(known: Obj, pod: Obj | None) -> Obj:
    """Returns the entry of a pod; it never changes after the pod has ended (KT-078, KT-081).

    A pod that is deleted before it has ended counts as failed (RN-05).
    """
    if known["podPhase"] in ENDED:
        return known
    if pod is None:
        return _failed(known, Reason.POD_NOT_EXIST, "Does not find the pod")
    entry = _observed(known, pod)
    if is_ending(pod) and pod_phase(pod) not in ENDED:
        return _failed(entry, Reason.POD_DELETED, "The pod was deleted before it had ended")
    return entry


def _failed(entry: Obj, reason: Reason, message: str) -> Obj:
    return {**entry, "podPhase": "Failed", "reason": str(reason), "message": message}


def _observed(known: Obj, pod: Obj) -> Obj:
    status = pod.get("status") or {}
    times = {
        "createTime": pod["metadata"].get("creationTimestamp"),
        "startTime": status.get("startTime"),
        "readyTime": _ready_time(pod) or known.get("readyTime"),
    }
    entry = {
        **identity_of(known),
        "podPhase": pod_phase(pod),
        "nodeName": pod["spec"].get("nodeName"),
        **_explanation(pod),
        "terminationLog": _termination_log(pod) or known.get("terminationLog"),
        **{key: value or known.get(key) for key, value in times.items()},
    }
    return {key: value for key, value in entry.items() if value}


def _ready_time(pod: Obj) -> str | None:
    ready = condition_of(pod, "Ready") or {}
    return ready.get("lastTransitionTime") if ready.get("status") == "True" else None


def _explanation(pod: Obj) -> Obj:
    """Returns reason and message, each from the first source that has one (`_explanations`)."""
    sources = list(_explanations(pod))
    return {
        key: next((source[key] for source in sources if source.get(key)), None)
        for key in ("reason", "message")
    }


def _explanations(pod: Obj) -> Iterator[Obj]:
    yield pod.get("status") or {}
    for _, _, terminated in _terminations(pod):
        yield {"reason": terminated.get("reason")}
    scheduled = condition_of(pod, "PodScheduled") or {}
    if scheduled.get("status") == "False":
        yield scheduled
    for container in _container_statuses(pod):
        if waiting := (container.get("state") or {}).get("waiting"):
            yield {**waiting, "message": _waiting_message(container["name"], waiting)}


def _waiting_message(container: str, waiting: Obj) -> str:
    """Returns the message of a waiting container (KT-080); "" if it has none."""
    message = waiting.get("message")
    if not message:
        return ""
    reason = quoted(waiting.get("reason", ""))
    return f"container[{container}] waiting state reason: {reason}, message: {quoted(message)}"


def _termination_log(pod: Obj) -> str | None:
    """Returns the text for the first container that left a termination message (KT-079)."""
    for container, state, terminated in _terminations(pod):
        if message := terminated.get("message"):
            reason = quoted(terminated.get("reason", ""))
            return f"container[{container}] {state} reason {reason}, message: {quoted(message)}"
    return None


def _terminations(pod: Obj) -> list[tuple[str, str, Obj]]:
    """Returns the ends of the pod's containers: (container, state in words, terminated state).

    Containers that failed come first, because they explain the most.
    """
    ends = []
    for container in _container_statuses(pod):
        now, last = (
            (container.get(state) or {}).get("terminated") for state in ("state", "lastState")
        )
        if now:
            ends.append((container["name"], "terminated state", now))
        elif last:
            ends.append((container["name"], "last terminated state", last))
    return sorted(ends, key=lambda end: end[2].get("exitCode") == 0)


def exit_codes(pod: Obj) -> list[int]:
    """Returns the exit codes of the pod's containers, without 0."""
    return [end["exitCode"] for _, _, end in _terminations(pod) if end.get("exitCode")]


def _container_statuses(pod: Obj) -> list[Obj]:
    return (pod.get("status") or {}).get("containerStatuses") or []


def quoted(text: str) -> str:
    """Returns the text in quotes, escaped like Go's `%q`, which the original uses (KT-079)."""
    return '"' + "".join(_escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    if char in _GO_ESCAPES:
        return _GO_ESCAPES[char]
    if char.isprintable():
        return char
    code = ord(char)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def service_pod(service: Obj) -> str:
    """Returns the `namespace/name` of the service's pod, which is its owner."""
    owners = service["metadata"].get("ownerReferences") or [{}]
    return f"{namespace_of(service)}/{owners[0].get('name')}"


def new_service_entry(service: Obj, pods: Mapping[str, Obj]) -> Obj:
    """Returns the entry of a service that has no stored entry; `pods` are the pods' entries."""
    port = service["spec"]["ports"][0]
    entry = {
        "namespace": namespace_of(service),
        "serviceName": name_of(service),
        "portName": port["name"],
        "portNumber": port["port"],
        "scope": labels_of(service).get(names.PORT_SCOPE, ""),
    }
    return service_entry(entry, service, pods)


def service_entry(known: Obj, service: Obj | None, pods: Mapping[str, Obj]) -> Obj:
    """Returns the entry of a service (KT-084, VW-16).

    Its readyTime is that of its pod; `pods` are the pods' entries.
    """
    if service is None:
        message = "Does not find the service"
        return {**known, "reason": str(Reason.SERVICE_NOT_EXIST), "message": message}
    ready = pods.get(service_pod(service), {}).get("readyTime")
    created = {"createTime": service["metadata"]["creationTimestamp"]}
    return {**known, **created, **({"readyTime": ready} if ready else {})}
