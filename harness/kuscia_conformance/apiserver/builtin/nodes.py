"""Nodes: defaults of the status, and the validation of networks, taints and addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Final

from kuscia_conformance.apiserver.apimachinery.kinds import Context, Strategy
from kuscia_conformance.apiserver.apimachinery.status_errors import (
    FieldError,
    forbidden_field,
    invalid_value,
    not_supported,
    required,
)
from kuscia_conformance.apiserver.builtin.metadata import invalid_all
from kuscia_conformance.apiserver.builtin.names import label_value, qualified_name
from kuscia_conformance.apiserver.builtin.pods.scheduling import EFFECTS
from kuscia_conformance.apiserver.builtin.quantities import round_up
from kuscia_conformance.apiserver.builtin.structs import duplicate_struct
from kuscia_conformance.kube.objects import Obj

#: The fields of status.nodeInfo. Go always writes them, also if they are empty.
_INFO: Final = (
    "machineID",
    "systemUUID",
    "bootID",
    "kernelVersion",
    "osImage",
    "containerRuntimeVersion",
    "kubeletVersion",
    "kubeProxyVersion",
    "operatingSystem",
    "architecture",
)


class NodeStrategy(Strategy):
    """The strategy of nodes. The client that creates a node may set its status, too."""

    counts_generations = False
    selectable = ("spec.unschedulable",)

    def default(self, obj: Obj, _context: Context) -> None:
        _default_networks(obj.setdefault("spec", {}))
        _default_status(obj.setdefault("status", {}))

    def prepare_update(self, obj: Obj, old: Obj, sub: str, _context: Context) -> None:
        kept = "spec" if sub == "status" else "status"
        obj[kept] = old.get(kept, {})

    def validate(self, obj: Obj, old: Obj | None, _sub: str) -> list[FieldError]:
        spec = obj["spec"]
        causes = [*_taints(spec.get("taints") or []), *_networks(spec), *_addresses(obj["status"])]
        return causes + (_changed(spec, old["spec"]) if old is not None else [])

    def fields(self, obj: Obj) -> Mapping[str, str]:
        unschedulable = (obj.get("spec") or {}).get("unschedulable")
        return {"spec.unschedulable": "true" if unschedulable else "false"}


def _default_networks(spec: Obj) -> None:
    if spec.get("podCIDR") and [spec["podCIDR"]] != (spec.get("podCIDRs") or [])[:1]:
        spec["podCIDRs"] = [spec["podCIDR"]]
    elif spec.get("podCIDRs") and not spec.get("podCIDR"):
        spec["podCIDR"] = spec["podCIDRs"][0]


def _default_status(status: Obj) -> None:
    for part in ("capacity", "allocatable"):
        if status.get(part):
            round_up(status[part])
    if status.get("capacity") and not status.get("allocatable"):
        status["allocatable"] = dict(status["capacity"])
    for condition in status.get("conditions") or ():
        condition.setdefault("lastHeartbeatTime", None)
        condition.setdefault("lastTransitionTime", None)
    endpoints = status.setdefault("daemonEndpoints", {})
    endpoints.setdefault("kubeletEndpoint", {}).setdefault("Port", 0)
    info = status.setdefault("nodeInfo", {})
    for key in _INFO:
        info.setdefault(key, "")


def _taints(taints: list[Obj]) -> Iterator[FieldError]:
    """Checks taints. Kubernetes names them `metadata.taints`, although they are in spec."""
    seen: set[tuple[str, str]] = set()
    for index, taint in enumerate(taints):
        at, key, value = f"metadata.taints[{index}]", taint.get("key", ""), taint.get("value", "")
        effect = taint.get("effect", "")
        yield from invalid_all(f"{at}.key", key, qualified_name(key))
        yield from invalid_all(f"{at}.value", value, label_value(value))
        if not effect:
            yield required(f"{at}.effect")
        elif effect not in EFFECTS:
            yield not_supported(f"{at}.effect", effect, EFFECTS)
        if (key, effect) in seen:
            yield _double_taint(at, key, value, effect)
        seen.add((key, effect))


def _double_taint(at: str, key: str, value: str, effect: str) -> FieldError:
    taint = {"Key": key, "Value": value, "Effect": effect, "TimeAdded": None}
    return duplicate_struct(at, taint, "taints must be unique by key and effect pair")


def _networks(spec: Obj) -> Iterator[FieldError]:
    for index, text in enumerate(spec.get("podCIDRs") or ()):
        try:
            ip_network(text, strict=False)
        except ValueError:
            said = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
            yield invalid_value(f"spec.podCIDRs[{index}]", text, said)


def _addresses(status: Obj) -> Iterator[FieldError]:
    seen: set[tuple[str, str]] = set()
    for index, one in enumerate(status.get("addresses") or ()):
        kind, address = key = one.get("type", ""), one.get("address", "")
        if key in seen:
            double = {"Type": kind, "Address": address}
            yield duplicate_struct(f"status.addresses[{index}]", double)
        seen.add(key)


def _changed(spec: Obj, old: Obj) -> list[FieldError]:
    causes = []
    if old.get("podCIDRs") and spec.get("podCIDRs") != old["podCIDRs"]:
        said = 'node updates may not change podCIDR except from "" to valid'
        causes.append(forbidden_field("spec.podCIDRs", said))
    if old.get("providerID") and spec.get("providerID") != old["providerID"]:
        said = 'node updates may not change providerID except from "" to valid'
        causes.append(forbidden_field("spec.providerID", said))
    return causes
