"""Kubernetes objects as plain dictionaries, and pure functions that read one object.

The module has three parts: the resources of Kubernetes that the suite and the reference controller
use; names, keys and status; times and quantities. The resources of Kuscia are in `kube.kuscia`. The
functions expect objects as an API server returns them: with metadata.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

#: A Kubernetes object, or a part of one, as decoded from JSON.
Obj = dict[str, Any]


@dataclass(frozen=True)
class Resource:
    """A kind of object, and the path at which the API server serves it."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool = True

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    def path(self, namespace: str | None = None, name: str | None = None, sub: str = "") -> str:
        """Returns the URL path of the collection, of one object, or of its subresource."""
        parts = ["apis", self.group, self.version] if self.group else ["api", self.version]
        if self.namespaced and namespace:
            parts += ["namespaces", namespace]
        parts += [self.plural, *([name] if name else []), *([sub] if sub else [])]
        return "/" + "/".join(parts)


NAMESPACES = Resource("", "v1", "namespaces", "Namespace", namespaced=False)
NODES = Resource("", "v1", "nodes", "Node", namespaced=False)
PODS = Resource("", "v1", "pods", "Pod")
SERVICES = Resource("", "v1", "services", "Service")
ENDPOINTS = Resource("", "v1", "endpoints", "Endpoints")
CONFIG_MAPS = Resource("", "v1", "configmaps", "ConfigMap")
SERVICE_ACCOUNTS = Resource("", "v1", "serviceaccounts", "ServiceAccount")
EVENTS = Resource("", "v1", "events", "Event")
RUNTIME_CLASSES = Resource("node.k8s.io", "v1", "runtimeclasses", "RuntimeClass", namespaced=False)
LEASES = Resource("coordination.k8s.io", "v1", "leases", "Lease")
DEFINITIONS = Resource(
    "apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", False
)


def name_of(obj: Mapping[str, Any]) -> str:
    return str(obj["metadata"]["name"])


def namespace_of(obj: Mapping[str, Any]) -> str | None:
    namespace: str | None = obj["metadata"].get("namespace")
    return namespace


def uid_of(obj: Mapping[str, Any]) -> str:
    return str(obj["metadata"].get("uid", ""))


def key_of(obj: Mapping[str, Any]) -> str:
    """Returns `namespace/name`, or only the name if the object is not in a namespace."""
    namespace = namespace_of(obj)
    return f"{namespace}/{name_of(obj)}" if namespace else name_of(obj)


def labels_of(obj: Mapping[str, Any]) -> dict[str, str]:
    return obj["metadata"].get("labels") or {}


def annotations_of(obj: Mapping[str, Any]) -> dict[str, str]:
    return obj["metadata"].get("annotations") or {}


def version_of(obj: Mapping[str, Any]) -> int:
    """Returns the resourceVersion as a number, or 0 if the object has no version yet.

    Of two objects from one API server, the one with the higher number is newer (KEP-5504).
    """
    return int(obj["metadata"].get("resourceVersion") or 0)


def condition_of(obj: Mapping[str, Any], kind: str) -> Obj | None:
    """Returns the condition of type `kind` in `status.conditions`, or None."""
    conditions = (obj.get("status") or {}).get("conditions") or []
    return next((condition for condition in conditions if condition.get("type") == kind), None)


def is_ready(obj: Mapping[str, Any]) -> bool:
    """Returns whether the condition Ready of a pod or a node is True."""
    return (condition_of(obj, "Ready") or {}).get("status") == "True"


def phase_of(obj: Mapping[str, Any]) -> str:
    """Returns the phase in the object's status, or "" if it has none."""
    return str((obj.get("status") or {}).get("phase") or "")


def has_ended(pod: Mapping[str, Any]) -> bool:
    """Returns whether the pod will not run again: its phase is Succeeded or Failed."""
    return phase_of(pod) in ("Succeeded", "Failed")


def owner_reference(owner: Obj, *, controller: bool = True) -> Obj:
    """Returns an ownerReferences entry; `controller` marks the one managing owner."""
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": name_of(owner),
        "uid": uid_of(owner),
        "controller": controller,
        "blockOwnerDeletion": True,
    }


def time_text(moment: datetime) -> str:
    """Returns the time in RFC 3339, UTC, in whole seconds.

    Every time in a status has this form (kusciatask.md KT-070).
    """
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def micro_time_text(moment: datetime) -> str:
    """Returns the time in RFC 3339, UTC, with microseconds.

    This is Kubernetes' MicroTime, which Leases and events use.
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def time_from(text: str) -> datetime:
    """Returns the moment that an RFC 3339 text names. Raises ValueError for other texts."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)


_SUFFIXES = {
    "n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"), "": Decimal(1),
    "k": Decimal(10**3), "M": Decimal(10**6), "G": Decimal(10**9), "T": Decimal(10**12),
    "P": Decimal(10**15), "E": Decimal(10**18),
    "Ki": Decimal(2**10), "Mi": Decimal(2**20), "Gi": Decimal(2**30), "Ti": Decimal(2**40),
    "Pi": Decimal(2**50), "Ei": Decimal(2**60),
}  # fmt: skip


def status_writer(obj: Mapping[str, Any]) -> Obj | None:
    """Returns the `manager` and the `time` of the newest `managedFields` entry of the status."""
    entries = obj["metadata"].get("managedFields") or []
    entries = [entry for entry in entries if "f:status" in (entry.get("fieldsV1") or {})]
    newest: Obj = max(entries, key=lambda entry: entry.get("time", ""), default={})
    return {field: newest[field] for field in ("manager", "time") if field in newest} or None


def quantity(text: str | int | float) -> Decimal:
    """Returns the number that a Kubernetes quantity such as `100m` or `2Gi` stands for.

    Raises decimal.InvalidOperation or KeyError if the text is not a quantity.
    """
    digits = str(text).rstrip("numkKMGTPEi")
    suffix = str(text)[len(digits) :]
    return Decimal(digits) * _SUFFIXES[suffix]
