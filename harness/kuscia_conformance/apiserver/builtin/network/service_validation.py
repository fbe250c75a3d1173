"""Validates Services. Each private function yields the errors in one part of the spec."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from kuscia_conformance.apiserver.apimachinery.status_errors import (
    FieldError,
    duplicate,
    forbidden_field,
    invalid_value,
    not_supported,
    required,
)
from kuscia_conformance.apiserver.builtin.metadata import invalid_all, validate_labels
from kuscia_conformance.apiserver.builtin.names import address, label, port_number, subdomain
from kuscia_conformance.apiserver.builtin.pods.probes import port as validate_port
from kuscia_conformance.apiserver.builtin.structs import duplicate_struct
from kuscia_conformance.kube.objects import Obj

_TYPES: Final = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_PROTOCOLS: Final = ("SCTP", "TCP", "UDP")
_TRAFFIC: Final = ("Cluster", "Local")
_FAMILY_POLICIES: Final = ("PreferDualStack", "RequireDualStack", "SingleStack")


def has_node_ports(spec: Obj) -> bool:
    """Returns whether the service is reached from outside, by a port of the nodes."""
    return spec["type"] in ("NodePort", "LoadBalancer")


def validate_service(service: Obj) -> list[FieldError]:
    """Returns all errors in a service, which must have its defaults already."""
    spec = service["spec"]
    return [
        *_ports(spec),
        *_type(spec),
        *validate_labels(spec.get("selector") or {}, "spec.selector"),
        *_affinity(spec),
        *_addresses(spec),
        *_families(spec),
        *_traffic(spec),
        *_status(service),
    ]


def validate_service_change(spec: Obj, old: Obj) -> list[FieldError]:
    """Returns an error if the cluster IP has changed, unless one of the types is ExternalName."""
    if "ExternalName" in (spec["type"], old.get("type")) or not old.get("clusterIPs"):
        return []
    if spec.get("clusterIP") == old["clusterIP"]:
        return []
    asked = spec.get("clusterIPs") or []
    return [invalid_value("spec.clusterIPs[0]", asked, "may not change once set")]


def _ports(spec: Obj) -> Iterator[FieldError]:
    ports = spec.get("ports") or []
    if not ports and spec["type"] != "ExternalName" and spec.get("clusterIP") != "None":
        yield required("spec.ports")
    names: set[str] = set()
    for index, port in enumerate(ports):
        yield from _port(port, spec, f"spec.ports[{index}]", names, len(ports) > 1)
    yield from _doubles(ports)


def _port(port: Obj, spec: Obj, at: str, names: set[str], named: bool) -> Iterator[FieldError]:
    name = port.get("name", "")
    if named and not name:
        yield required(f"{at}.name")
    elif name:
        yield from invalid_all(f"{at}.name", name, label(name))
        if name in names:
            yield duplicate(f"{at}.name", name)
        names.add(name)
    number = port.get("port", 0)
    yield from invalid_all(f"{at}.port", number, port_number(number))
    if port["protocol"] not in _PROTOCOLS:
        yield not_supported(f"{at}.protocol", port["protocol"], _PROTOCOLS)
    yield from validate_port(port["targetPort"], f"{at}.targetPort")
    if port.get("nodePort") and not has_node_ports(spec):
        said = f"may not be used when `type` is '{spec['type']}'"
        yield forbidden_field(f"{at}.nodePort", said)


def _doubles(ports: list[Obj]) -> Iterator[FieldError]:
    seen: set[tuple[str, int]] = set()
    for index, port in enumerate(ports):
        key = port["protocol"], port.get("port", 0)
        if key in seen:
            yield duplicate_struct(f"spec.ports[{index}]", _go_port(*key))
        seen.add(key)


def _go_port(protocol: str, number: int) -> dict[str, Any]:
    """Returns the port as Kubernetes prints it: only the two compared fields have values."""
    port = {"Name": "", "Protocol": protocol, "AppProtocol": None, "Port": number}
    return {**port, "TargetPort": 0, "NodePort": 0}


def _type(spec: Obj) -> Iterator[FieldError]:
    if spec["type"] not in _TYPES:
        yield not_supported("spec.type", spec["type"], _TYPES)
    if spec["type"] == "ExternalName":
        name = spec.get("externalName", "").rstrip(".")
        if not name:
            yield required("spec.externalName")
        else:
            yield from invalid_all("spec.externalName", name, subdomain(name))
    if has_node_ports(spec) and spec.get("clusterIP") == "None":
        said = f"may not be set to 'None' for {spec['type']} services"
        yield invalid_value("spec.clusterIPs[0]", "None", said)


def _affinity(spec: Obj) -> Iterator[FieldError]:
    if spec["sessionAffinity"] not in ("ClientIP", "None"):
        choices = ("ClientIP", "None")
        yield not_supported("spec.sessionAffinity", spec["sessionAffinity"], choices)


def _addresses(spec: Obj) -> Iterator[FieldError]:
    field, ip, ips = "spec.clusterIPs", spec.get("clusterIP", ""), spec.get("clusterIPs") or []
    if ips and not ip:
        yield invalid_value(field, ips, "must be empty when `clusterIP` is not specified")
    elif ips and ips[0] != ip:
        yield invalid_value(field, ips, "first value must match `clusterIP`")
    elif ip and ip != "None":
        yield from invalid_all(f"{field}[0]", ip, address(ip))
    for index, external in enumerate(spec.get("externalIPs") or ()):
        yield from invalid_all(f"spec.externalIPs[{index}]", external, address(external))


def _families(spec: Obj) -> Iterator[FieldError]:
    """Checks the IP families: the cluster has only one, IPv4."""
    policy, headless = spec.get("ipFamilyPolicy"), spec.get("clusterIP") == "None"
    if policy and policy not in _FAMILY_POLICIES:
        yield not_supported("spec.ipFamilyPolicy", policy, _FAMILY_POLICIES)
    elif policy == "RequireDualStack" and not headless:
        said = "this cluster is not configured for dual-stack services"
        yield invalid_value("spec.ipFamilyPolicy", policy, said)
    for index, family in enumerate(spec.get("ipFamilies") or ()):
        if family != "IPv4" and not headless:
            said = "not configured on this cluster"
            yield invalid_value(f"spec.ipFamilies[{index}]", family, said)


def _traffic(spec: Obj) -> Iterator[FieldError]:
    inner, outer = spec.get("internalTrafficPolicy"), spec.get("externalTrafficPolicy")
    if inner and inner not in _TRAFFIC:
        yield not_supported("spec.internalTrafficPolicy", inner, _TRAFFIC)
    if outer and not has_node_ports(spec):
        said = "may only be set for externally-accessible services"
        yield invalid_value("spec.externalTrafficPolicy", outer, said)
    elif outer and outer not in _TRAFFIC:
        yield not_supported("spec.externalTrafficPolicy", outer, _TRAFFIC)
    if spec.get("allocateLoadBalancerNodePorts") is not None and spec["type"] != "LoadBalancer":
        said = "may only be used when `type` is 'LoadBalancer'"
        yield forbidden_field("spec.allocateLoadBalancerNodePorts", said)


def _status(service: Obj) -> Iterator[FieldError]:
    balancer = (service.get("status") or {}).get("loadBalancer") or {}
    if balancer.get("ingress") and service["spec"]["type"] != "LoadBalancer":
        said = "may only be used when `spec.type` is 'LoadBalancer'"
        yield forbidden_field("status.loadBalancer.ingress", said)
