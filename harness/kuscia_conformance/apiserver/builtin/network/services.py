"""Services: defaults, the allocation of cluster IPs and node ports, and what an update keeps."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, ip_network
from random import Random
from typing import Final

from kuscia_conformance.apiserver.apimachinery.kinds import Context, Strategy
from kuscia_conformance.apiserver.apimachinery.status_errors import (
    FieldError,
    invalid,
    invalid_value,
)
from kuscia_conformance.apiserver.builtin.network.service_validation import (
    has_node_ports,
    validate_service,
    validate_service_change,
)
from kuscia_conformance.apiserver.builtin.pods.defaults import put, put_absent
from kuscia_conformance.kube.objects import Obj

_RANGE: Final = ip_network("10.96.0.0/16")
_FIRST: Final = int(_RANGE.network_address)
_LAST: Final = int(_RANGE.broadcast_address)
#: The first address and port that are allocated. As in Kubernetes, those below are left to services
#: that ask for a certain one.
_FIRST_DYNAMIC: Final = _FIRST + 257
_PORTS: Final = range(30000, 32768)
_FIRST_DYNAMIC_PORT: Final = 30086


class ServiceStrategy(Strategy):
    """The strategy of Services.

    A valid service gets a cluster IP and node ports when it is created or updated. Both raise a
    StatusError (422) if the service asks for an address or port that is taken or out of range.
    """

    counts_generations = False
    selectable = ("spec.clusterIP", "spec.type")

    def default(self, obj: Obj, _context: Context) -> None:
        _default_spec(obj.setdefault("spec", {}))
        put_absent(obj, {"status": {}})
        put_absent(obj["status"], {"loadBalancer": {}})

    def prepare_create(self, obj: Obj, context: Context) -> None:
        obj["status"] = {"loadBalancer": {}}
        if not validate_service(obj):
            _allocate(obj, context)

    def prepare_update(self, obj: Obj, old: Obj, sub: str, context: Context) -> None:
        if sub == "status":
            obj["spec"] = old["spec"]
            return
        obj["status"] = old.get("status", {"loadBalancer": {}})
        _keep(obj["spec"], old["spec"])
        if not self.validate(obj, old, sub):
            _allocate(obj, context)

    def validate(self, obj: Obj, old: Obj | None, _sub: str) -> list[FieldError]:
        changed = validate_service_change(obj["spec"], old["spec"]) if old is not None else []
        return [*changed, *validate_service(obj)]

    def fields(self, obj: Obj) -> Mapping[str, str]:
        spec = obj.get("spec") or {}
        return {"spec.clusterIP": spec.get("clusterIP", ""), "spec.type": spec.get("type", "")}


def _default_spec(spec: Obj) -> None:
    put(spec, {"type": "ClusterIP", "sessionAffinity": "None"})
    if spec["sessionAffinity"] == "ClientIP":
        put_absent(spec, {"sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 10800}}})
    for port in spec.get("ports") or ():
        put(port, {"protocol": "TCP"})
        put(port, {"targetPort": port.get("port", 0)})
    if spec["type"] != "ExternalName":
        put(spec, {"internalTrafficPolicy": "Cluster"})
    if has_node_ports(spec):
        put(spec, {"externalTrafficPolicy": "Cluster"})
    if spec["type"] == "LoadBalancer":
        put_absent(spec, {"allocateLoadBalancerNodePorts": True})


def _keep(spec: Obj, old: Obj) -> None:
    """Keeps what an update leaves out: addresses, families, node ports.

    A service that is an ExternalName loses its addresses and families.
    """
    if spec["type"] == "ExternalName":
        for key in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"):
            spec.pop(key, None)
        spec.pop("internalTrafficPolicy", None)
        return
    _keep_address(spec, old)
    for key in ("ipFamilies", "ipFamilyPolicy"):
        if not spec.get(key) and key in old:
            spec[key] = old[key]
    if spec.get("ports"):
        _keep_ports(spec, old)


def _keep_address(spec: Obj, old: Obj) -> None:
    """Restores a missing clusterIP, and makes clusterIPs follow a clusterIP that has changed."""
    if not spec.get("clusterIP") and "clusterIP" in old:
        spec["clusterIP"], spec["clusterIPs"] = old["clusterIP"], old["clusterIPs"]
        return
    same = spec.get("clusterIP") == old.get("clusterIP")
    if same and not spec.get("clusterIPs"):
        spec["clusterIPs"] = old.get("clusterIPs", [])
    elif not same and spec.get("clusterIPs") in (None, [], old.get("clusterIPs")):
        spec["clusterIPs"] = [spec["clusterIP"]]


def _keep_ports(spec: Obj, old: Obj) -> None:
    """Restores missing node ports, or removes the old ones if the type has none."""
    if not has_node_ports(spec):
        before = {port.get("nodePort") for port in old.get("ports") or ()}
        for port in spec["ports"]:
            if port.get("nodePort") in before:
                port.pop("nodePort", None)
        spec.pop("externalTrafficPolicy", None)
        return
    known = {_port_key(port): port.get("nodePort") for port in old.get("ports") or ()}
    for port in spec["ports"]:
        if not port.get("nodePort") and (kept := known.get(_port_key(port))):
            port["nodePort"] = kept


def _port_key(port: Obj) -> tuple[str, int]:
    return port.get("protocol", ""), port.get("port", 0)


def _allocate(service: Obj, context: Context) -> None:
    """Allocates the cluster IP and the node ports that the service does not have yet."""
    spec = service["spec"]
    if spec["type"] == "ExternalName":
        return
    others = _others(service, context)
    if not spec.get("clusterIP"):
        spec["clusterIP"] = _free_address(others, context.random)
    elif spec["clusterIP"] != "None":
        _check_address(service, others)
    spec["clusterIPs"] = [spec["clusterIP"]]
    put(spec, _families(spec))
    if has_node_ports(spec):
        _allocate_ports(service, others, context.random)


def _others(service: Obj, context: Context) -> list[Obj]:
    own = service["metadata"].get("namespace"), service["metadata"].get("name")
    return [
        other["spec"]
        for other in context.objects("services")
        if (other["metadata"].get("namespace"), other["metadata"].get("name")) != own
    ]


def _families(spec: Obj) -> Obj:
    """Returns the families' fields. A headless service without a selector gets both."""
    if spec["clusterIP"] == "None" and not spec.get("selector"):
        return {"ipFamilies": ["IPv4", "IPv6"], "ipFamilyPolicy": "RequireDualStack"}
    return {"ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack"}


def _free_address(others: list[Obj], random: Random) -> str:
    taken = {other.get("clusterIP") for other in others}
    while True:
        text = str(IPv4Address(random.randrange(_FIRST_DYNAMIC, _LAST)))
        if text not in taken:
            return text


def _check_address(service: Obj, others: list[Obj]) -> None:
    asked = service["spec"]["clusterIP"]
    address = int(IPv4Address(asked)) if ":" not in asked else 0
    if not _FIRST < address < _LAST:
        why = "the provided network does not match the current range"
    elif any(other.get("clusterIP") == asked for other in others):
        why = "provided IP is already allocated"
    else:
        return
    said = f"failed to allocate IP {asked}: {why}"
    raise _invalid(service, invalid_value("spec.clusterIPs", [asked], said))


def _allocate_ports(service: Obj, others: list[Obj], random: Random) -> None:
    ports, taken = service["spec"].get("ports") or [], _taken_ports(others)
    for index, port in enumerate(ports):
        if number := port.get("nodePort"):
            _check_port(service, index, taken)
            taken.add((port["protocol"], number))
    for port in ports:
        if not port.get("nodePort"):
            number = _same_number(port, ports, taken) or _free_port(taken, random)
            port["nodePort"] = number
            taken.add((port["protocol"], number))


def _taken_ports(others: list[Obj]) -> set[tuple[str, int]]:
    return {
        (port.get("protocol", ""), port["nodePort"])
        for other in others
        for port in other.get("ports") or ()
        if port.get("nodePort")
    }


def _check_port(service: Obj, index: int, taken: set[tuple[str, int]]) -> None:
    port = service["spec"]["ports"][index]
    number = port["nodePort"]
    if number not in _PORTS:
        said = "provided port is not in the valid range. The range of valid ports is 30000-32767"
    elif (port["protocol"], number) in taken:
        said = "provided port is already allocated"
    else:
        return
    raise _invalid(service, invalid_value(f"spec.ports[{index}].nodePort", number, said))


def _same_number(port: Obj, ports: list[Obj], taken: set[tuple[str, int]]) -> int:
    """Returns the node port of the same port under another protocol; 0 if none, or if taken."""
    for other in ports:
        number = int(other.get("nodePort") or 0)
        if number and other.get("port") == port.get("port"):
            return 0 if (port["protocol"], number) in taken else number
    return 0


def _free_port(taken: set[tuple[str, int]], random: Random) -> int:
    numbers = {number for _, number in taken}
    return random.choice(
        [number for number in range(_FIRST_DYNAMIC_PORT, 32768) if number not in numbers]
    )


def _invalid(service: Obj, cause: FieldError) -> Exception:
    return invalid("", "Service", service["metadata"].get("name", ""), [cause])
