"""Pods: admission, what each write may change, and the binding to a node.

`PodStrategy` puts the modules of this package together. Three admission plugins of Kubernetes
change a pod here. The server behaves as if the ServiceAccount plugin were off.

| plugin                   | function          | what it does                                    |
| ------------------------ | ----------------- | ----------------------------------------------- |
| DefaultTolerationSeconds | `_tolerate`       | tolerates failing nodes for 300 seconds         |
| Priority                 | `_prioritise`     | takes priority and policy from a PriorityClass  |
| RuntimeClass             | `_check_runtime`  | takes the overhead from a RuntimeClass          |
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

#: The taints of nodes that fail.
_FAILING: Final = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
_TOLERATED_SECONDS: Final = 300


class PodStrategy(Strategy):
    """The strategy of pods.

    A pod's status is Pending when the pod is created, whatever the client sends.
    """

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
        """Runs the admission plugins and sets the first status.

        Raises StatusError (403) if the PriorityClass or RuntimeClass does not exist, or if the
        pod's own priority, preemptionPolicy or overhead does not fit the class.
        """
        spec = obj["spec"]
        _tolerate(spec)
        _prioritise(obj, context)
        _check_runtime(obj, context)
        obj["status"] = first_status(spec, time_text(context.now))

    def prepare_update(self, obj: Obj, old: Obj, sub: str, _context: Context) -> None:
        """Puts back what this write may not change.

        | `sub`                 | what changes                                            |
        | --------------------- | ------------------------------------------------------- |
        | `status`              | the status, and metadata except ownerReferences         |
        | `ephemeralcontainers` | the ephemeral containers                                |
        | `resize`              | the resources of the containers                         |
        | other                 | spec, as far as `validate` allows                       |
        """
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
        """Returns the errors in the status if it is written, else those in the spec.

        Only a write of the pod itself compares the new spec with the old one (`updates`).
        """
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
        """Returns for how many seconds a deleted pod stays, so that a kubelet can stop it.

        This is 0 for a pod without a node and for a pod that has ended. Else it is `asked`, or the
        pod's terminationGracePeriodSeconds if the client has not asked. A negative number counts as
        1.
        """
        spec = obj.get("spec") or {}
        if not spec.get("nodeName") or has_ended(obj):
            return 0
        seconds = spec.get("terminationGracePeriodSeconds", 30) if asked is None else asked
        return 1 if seconds < 0 else int(seconds)


def bind(pod: Obj, binding: Obj, now: datetime) -> Obj:
    """Returns the pod with the node that the binding names, and the condition PodScheduled.

    The pod also gets the binding's annotations. Raises StatusError: 400 if the binding has another
    name than the pod; 500 if its target is not a node or has no name; 409 if the pod is being
    deleted, has a node already, or has scheduling gates.
    """
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
    """Checks a binding. As in Kubernetes, a wrong target is answered with 500 and no reason."""
    if binding["metadata"].get("name", "") != name:
        raise bad_request("name in URL does not match name in Binding object")
    if target.get("kind", "") not in ("", "Node"):
        said = f'Unsupported value: "{target["kind"]}": supported values: "Node", "<empty>"'
        raise StatusError(500, "", f"target.kind: {said}")
    if not target.get("name"):
        raise StatusError(500, "", "target.name: Required value")


def _unbindable(pod: Obj) -> str:
    """Returns why the pod cannot be bound, or an empty text if it can."""
    if pod["metadata"].get("deletionTimestamp"):
        return "is being deleted, cannot be assigned to a host"
    if node := pod["spec"].get("nodeName"):
        return f'is already assigned to node "{node}"'
    if pod["spec"].get("schedulingGates"):
        return "has non-empty .spec.schedulingGates"
    return ""


def _tolerate(spec: Obj) -> None:
    """Adds tolerations for failing nodes, if the pod does not tolerate them already."""
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
    """Sets priority and preemptionPolicy from the pod's PriorityClass."""
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
    """Returns the PriorityClass that the pod names, or the default one, or {}.

    The name of a default class is set in the spec. Of several default classes this is the one with
    the lowest value.
    """
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
    """Sets the overhead from the pod's RuntimeClass."""
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
    """Restores the spec, the ownerReferences, and a qosClass that is missing."""
    pod["spec"] = old["spec"]
    metadata, before = pod["metadata"], old["metadata"]
    metadata.pop("ownerReferences", None)
    if "ownerReferences" in before:
        metadata["ownerReferences"] = before["ownerReferences"]
    status = pod["status"]
    if not status.get("qosClass") and (quality := (old.get("status") or {}).get("qosClass")):
        status["qosClass"] = quality


def _resized(spec: Obj, old: Obj) -> Obj:
    """Returns the old spec with the new containers' resources."""
    asked = {one.get("name"): one.get("resources", {}) for one in spec.get("containers") or ()}
    return {
        **old,
        "containers": [
            {**one, "resources": asked.get(one["name"], one.get("resources", {}))}
            for one in old["containers"]
        ],
    }
