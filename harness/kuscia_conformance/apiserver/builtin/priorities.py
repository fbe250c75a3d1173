"""PriorityClasses: their value cannot be changed, and `system-` is a reserved prefix."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kuscia_conformance.apiserver.apimachinery.kinds import Context, Strategy
from kuscia_conformance.apiserver.apimachinery.status_errors import (
    FieldError,
    forbidden_field,
    invalid_value,
    not_supported,
)
from kuscia_conformance.apiserver.builtin.metadata import IMMUTABLE
from kuscia_conformance.apiserver.builtin.pods.defaults import put
from kuscia_conformance.kube.objects import Obj

#: The highest value of a class that is not the system's.
_MOST: Final = 1_000_000_000
_POLICIES: Final = ("PreemptLowerPriority", "Never")
_FOR_CLUSTER: Final = (
    "Used for system critical pods that must run in the cluster, but can be moved to another node "
    "if necessary."
)
_FOR_NODE: Final = "Used for system critical pods that must not be moved from their current node."
#: The system's own classes: value and description, by name.
SYSTEM: Final = {
    "system-cluster-critical": (2 * _MOST, _FOR_CLUSTER),
    "system-node-critical": (2 * _MOST + 1000, _FOR_NODE),
}


class PriorityClassStrategy(Strategy):
    """The strategy of PriorityClasses."""

    def default(self, obj: Obj, _context: Context) -> None:
        put(obj, {"preemptionPolicy": "PreemptLowerPriority"})
        obj.setdefault("value", 0)

    def validate(self, obj: Obj, old: Obj | None, _sub: str) -> list[FieldError]:
        return list(_new(obj) if old is None else _changed(obj, old))


def _new(obj: Obj) -> Iterator[FieldError]:
    name, value, policy = obj["metadata"].get("name", ""), obj["value"], obj["preemptionPolicy"]
    if name.startswith("system-"):
        if name not in SYSTEM:
            said = "priority class names with 'system-' prefix are reserved for system use only."
            said = f"{said} error: {name} is not a known system priority class"
            yield forbidden_field("metadata.name", said)
    elif value > _MOST:
        said = f"maximum allowed value of a user defined priority is {_MOST}"
        yield forbidden_field("value", said)
    if policy not in _POLICIES:
        yield not_supported("preemptionPolicy", policy, _POLICIES)


def _changed(obj: Obj, old: Obj) -> Iterator[FieldError]:
    if obj["value"] != old.get("value"):
        yield forbidden_field("value", "may not be changed in an update.")
    if obj["preemptionPolicy"] != old.get("preemptionPolicy"):
        yield invalid_value("preemptionPolicy", obj["preemptionPolicy"], IMMUTABLE)
