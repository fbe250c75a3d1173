"""Pods: admission, the life of spec and status, and binding to a node.

Defaults, validation and updates have modules of their own. Admission is as on a server without
the ServiceAccount plugin: tolerations for nodes that fail, and priorities.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from kuscia_conformance.apiserver.apimachinery.kinds import Context, Strategy
from kuscia_conformance.apiserver.apimachinery.status_errors import (
    FieldError,
    StatusError,
    bad_request,
    conflict,
    forbidden,
)
from kuscia_conformance.apiserver.builtin.pods.defaults import default_pod
from kuscia_conformance.apiserver.builtin.pods.status import (
    default_status,
    first_status,
    scheduled,
)
from kuscia_conformance.apiserver.builtin.pods.updates import validate_change
from kuscia_conformance.apiserver.builtin.pods.validation import (
    validate_new,
    validate_spec,
    validate_status,
)
from kuscia_conformance.kube.objects import Obj, has_ended, time_text

_FAILING: Final = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
_TOLERATED_SECONDS: Final = 300


class PodStrategy(Strategy):
    """What pods do; see the module."""

    selectable = (
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "spec.hostNetwork",
        "status.phase",
        "status.podIP",
        "status.podIPs",
        "status.nominatedNodeName",
    )

    def default(self, obj: Obj, _context: Context) -> None:
        default_pod(obj.setdefault("spec", {}))
        default_status(obj.setdefault("status", {}))

    def prepare_create(self, obj: Obj, context: Context) -> None:
        spec = obj["spec"]
        _tolerate(spec)
        _prioritise(obj, context)
        _check_runtime(obj, context)
        obj["status"] = first_status(spec, time_text(context.now))

    def prepare_update(self, obj: Obj, old: Obj, sub: str, _context: Context) -> None:
        if sub == "status":
            _only_status(obj, old)
            return
        obj["status"] = old.get("status", {})
        if sub == "ephemeralcontainers":
            added = obj["spec"].get("ephemeralContainers")
            obj["spec"] = {**old["spec"], **({"ephemeralContainers": added} if added else {})}
        elif sub == "resize":
            obj["spec"] = _resized(obj["spec"], old["spec"])
        else:
            _tolerate(obj["spec"])
            _keep_priority(obj["spec"], old["spec"])

    def validate(self, obj: Obj, old: Obj | None, sub: str) -> list[FieldError]:
        if sub == "status" and old is not None:
            return list(validate_status(obj["status"], old.get("status") or {}))
        if old is None:
            return [*validate_spec(obj["spec"]), *validate_new(obj["spec"])]
        changed = validate_change(obj["spec"], old["spec"]) if not sub else []
        return [*validate_spec(obj["spec"]), *changed]

    def fields(self, obj: Obj) -> Mapping[str, str]:
        spec, status = obj.get("spec") or {}, obj.get("status") or {}
        return {
            "spec.nodeName": spec.get("nodeName", ""),
            "spec.restartPolicy": spec.get("restartPolicy", ""),
            "spec.schedulerName": spec.get("schedulerName", ""),
            "spec.serviceAccountName": spec.get("serviceAccountName", ""),
            "spec.hostNetwork": "true" if spec.get("hostNetwork") else "false",
            "status.phase": status.get("phase", ""),
            "status.podIP": status.get("podIP", ""),
            "status.podIPs": status.get("podIP", ""),
            "status.nominatedNodeName": status.get("nominatedNodeName", ""),
        }

    def grace_seconds(self, obj: Obj, asked: int | None) -> int:
        """None where nothing runs: of a pod without a node, or a finished one."""
        spec = obj.get("spec") or {}
        if not spec.get("nodeName") or has_ended(obj):
            return 0
        seconds = spec.get("terminationGracePeriodSeconds", 30) if asked is None else asked
        return 1 if seconds < 0 else int(seconds)


def bind(pod: Obj, binding: Obj, now: datetime) -> Obj:
    """The pod on the node that the binding names; StatusError where it cannot be."""
    name, target = pod["metadata"]["name"], binding.get("target") or {}
    _check_target(binding, name, target)
    if why := _unbindable(pod):
        raise conflict("", "pods/binding", name, f"pod {name} {why}")
    spec = {**pod["spec"], "nodeName": target["name"]}
    status = dict(pod.get("status") or {})
    kept = [one for one in status.get("conditions") or () if one.get("type") != "PodScheduled"]
    status["conditions"] = [*kept, scheduled("True", time_text(now))]
    metadata = dict(pod["metadata"])
    if added := binding["metadata"].get("annotations"):
        metadata["annotations"] = {**(metadata.get("annotations") or {}), **added}
    return {**pod, "metadata": metadata, "spec": spec, "status": status}


def _check_target(binding: Obj, name: str, target: Obj) -> None:
    """The server takes what is wrong here for its own fault, and answers 500 without a reason."""
    if binding["metadata"].get("name", "") != name:
        raise bad_request("name in URL does not match name in Binding object")
    if target.get("kind", "") not in ("", "Node"):
        said = f'Unsupported value: "{target["kind"]}": supported values: "Node", "<empty>"'
        raise StatusError(500, "", f"target.kind: {said}")
    if not target.get("name"):
        raise StatusError(500, "", "target.name: Required value")


def _unbindable(pod: Obj) -> str:
    if pod["metadata"].get("deletionTimestamp"):
        return "is being deleted, cannot be assigned to a host"
    if node := pod["spec"].get("nodeName"):
        return f'is already assigned to node "{node}"'
    if pod["spec"].get("schedulingGates"):
        return "has non-empty .spec.schedulingGates"
    return ""


def _tolerate(spec: Obj) -> None:
    """Let it stay for a while on a node that fails (DefaultTolerationSeconds)."""
    tolerations: list[Obj] = spec.get("tolerations") or []
    added: list[Obj] = [
        {
            "key": key,
            "operator": "Exists",
            "effect": "NoExecute",
            "tolerationSeconds": _TOLERATED_SECONDS,
        }
        for key in _FAILING
        if not any(_tolerates(toleration, key) for toleration in tolerations)
    ]
    if added:
        spec["tolerations"] = tolerations + added


def _tolerates(toleration: Obj, key: str) -> bool:
    return toleration.get("key", "") in ("", key) and toleration.get("effect", "") in (
        "",
        "NoExecute",
    )


def _prioritise(pod: Obj, context: Context) -> None:
    """Set its priority as its class says (Priority)."""
    spec = pod["spec"]
    chosen = _class_of(pod, context)
    priority = chosen.get("value", 0)
    policy = chosen.get("preemptionPolicy", "PreemptLowerPriority")
    given = "must not be provided in pod spec; priority admission controller computed"
    if (asked := spec.get("priority")) not in (None, priority):
        why = f"the integer value of priority ({asked}) {given} {priority}"
        raise _refused(pod, f"{why} from the given PriorityClass name")
    if (asked := spec.get("preemptionPolicy")) not in (None, "", policy):
        why = f"the string value of PreemptionPolicy ({asked}) {given} {policy}"
        raise _refused(pod, f"{why} from the given PriorityClass name")
    spec["priority"], spec["preemptionPolicy"] = priority, policy


def _class_of(pod: Obj, context: Context) -> Obj:
    """The class that it names, or the default one; names the latter in the spec."""
    spec = pod["spec"]
    if name := spec.get("priorityClassName"):
        for one in context.objects("priorityclasses"):
            if one["metadata"]["name"] == name:
                return one
        raise _refused(pod, f"no PriorityClass with name {name} was found")
    defaults = [one for one in context.objects("priorityclasses") if one.get("globalDefault")]
    if not defaults:
        return {}
    chosen = min(defaults, key=lambda one: int(one.get("value", 0)))
    spec["priorityClassName"] = chosen["metadata"]["name"]
    return chosen


def _check_runtime(pod: Obj, context: Context) -> None:
    """Take the overhead from its runtime's class (RuntimeClass)."""
    spec = pod["spec"]
    name, overhead = spec.get("runtimeClassName"), None
    if name:
        found = [
            one for one in context.objects("runtimeclasses") if one["metadata"]["name"] == name
        ]
        if not found:
            raise _refused(pod, f'pod rejected: RuntimeClass "{name}" not found')
        overhead = (found[0].get("overhead") or {}).get("podFixed")
    if spec.get("overhead") and not overhead:
        why = "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"
        raise _refused(pod, why)
    if overhead:
        spec["overhead"] = dict(overhead)


def _refused(pod: Obj, why: str) -> StatusError:
    return forbidden("", "pods", pod["metadata"].get("name", ""), why)


def _keep_priority(spec: Obj, old: Obj) -> None:
    for key in ("priority", "preemptionPolicy"):
        if spec.get(key) is None and key in old:
            spec[key] = old[key]


def _only_status(pod: Obj, old: Obj) -> None:
    pod["spec"] = old["spec"]
    metadata, before = pod["metadata"], old["metadata"]
    metadata.pop("ownerReferences", None)
    if "ownerReferences" in before:
        metadata["ownerReferences"] = before["ownerReferences"]
    status = pod["status"]
    if not status.get("qosClass") and (quality := (old.get("status") or {}).get("qosClass")):
        status["qosClass"] = quality


def _resized(spec: Obj, old: Obj) -> Obj:
    """The old spec with the new containers' resources."""
    asked = {one.get("name"): one.get("resources", {}) for one in spec.get("containers") or ()}
    return {
        **old,
        "containers": [
            {**one, "resources": asked.get(one["name"], one.get("resources", {}))}
            for one in old["containers"]
        ],
    }
