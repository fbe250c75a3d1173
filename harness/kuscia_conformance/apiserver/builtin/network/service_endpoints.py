"""Computes the Endpoints and the EndpointSlices of a service from the pods that it selects.

The rules are those of kube-controller-manager's two controllers (`pkg/controller/endpoint` and
`endpointslice`). Kubernetes orders ports and subsets by a hash; here they are in the order of the
service's ports. A pod is given as it is stored, and is not changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from kuscia_conformance.kube.objects import Obj, has_ended, is_ready, name_of

MANAGED_BY, SERVICE_NAME = "endpointslice.kubernetes.io/managed-by", "kubernetes.io/service-name"
SLICE_MANAGER = "endpointslice-controller.k8s.io"
_HEADLESS = {"service.kubernetes.io/headless": ""}
#: Returns the zone of a node: "" if it has none, None if there is no such node.
ZoneOf = Callable[[str], str | None]


def seen_of(pod: Obj) -> object:
    """Returns what may change in a pod that endpoints depend on; None if it is no endpoint."""
    return (pod["status"]["podIP"], is_ready(pod), _is_deleted(pod)) if is_told(pod) else None


def endpoints_labels(service: Obj) -> dict[str, str]:
    """Returns the labels of the service's Endpoints."""
    return {
        **_labels(service),
        "endpoints.kubernetes.io/managed-by": "endpoint-controller",
    }


def slice_labels(service: Obj) -> dict[str, str]:
    """Returns the labels of the service's EndpointSlices."""
    return {**_labels(service), MANAGED_BY: SLICE_MANAGER, SERVICE_NAME: name_of(service)}


def _labels(service: Obj) -> dict[str, str]:
    headless = service["spec"].get("clusterIP") == "None"
    return {**(service["metadata"].get("labels") or {}), **(_HEADLESS if headless else {})}


def subsets_of(service: Obj, pods: Iterable[Obj]) -> list[Obj]:
    """Returns the subsets of the service's Endpoints: ports that the same pods have, together."""
    early = _publishes_early(service)
    shared: dict[tuple[str, ...], tuple[list[Obj], list[Obj]]] = {}
    told = [pod for pod in pods if is_told(pod) and (early or not _is_deleted(pod))]
    for port, having in _by_port(service, told):
        key = tuple(name_of(pod) for pod in having)
        ports, _ = shared.setdefault(key, ([], having))
        ports += [port] if port else []
    return [_subset(service, having, ports) for ports, having in shared.values()]


def _by_port(service: Obj, pods: Iterable[Obj]) -> Iterable[tuple[Obj, list[Obj]]]:
    """Returns each port to which the service leads, with the pods that have it."""
    found: dict[tuple[Any, ...], tuple[Obj, list[Obj]]] = {}
    for pod in pods:
        for port in _ports_in(service, pod) or ([{}] if _is_portless(service) else []):
            key = tuple(port.values())
            found.setdefault(key, (port, []))[1].append(pod)
    return found.values()


def _subset(service: Obj, pods: Iterable[Obj], ports: list[Obj]) -> Obj:
    subset: Obj = {}
    for pod in pods:
        shown = _publishes_early(service) or is_ready(pod)
        of = subset.setdefault("addresses" if shown else "notReadyAddresses", [])
        of.append(_address(service, pod))
    return {**subset, **({"ports": ports} if ports else {})}


def slices_of(service: Obj, pods: Iterable[Obj], zone_of: ZoneOf) -> list[Obj]:
    """Returns ports and endpoints of each slice, one for each set of ports; at least one.

    A pod on a node that does not exist is left out, as in Kubernetes.
    """
    slices: list[Obj] = []
    for pod in pods:
        zone = zone_of(pod["spec"].get("nodeName", ""))
        if not is_told(pod) or (zone is None and not _publishes_early(service)):
            continue
        ports = _ports_in(service, pod)
        found = next((each for each in slices if each["ports"] == ports), None)
        if found is None:
            found = {"ports": ports, "endpoints": []}
            slices.append(found)
        found["endpoints"].append(_endpoint(service, pod, zone))
    return slices or [{"ports": [], "endpoints": []}]


def is_told(pod: Obj) -> bool:
    """Returns whether a pod is among the endpoints of its services: it runs and has an address."""
    return not has_ended(pod) and bool(pod["status"].get("podIP"))


def _ports_in(service: Obj, pod: Obj) -> list[Obj]:
    """Returns the ports to which the service leads in the pod, without those that it lacks."""
    ports = ((port, _number(port, pod)) for port in service["spec"].get("ports") or ())
    return [_port(port, number) for port, number in ports if number is not None]


def _port(port: Obj, number: int) -> Obj:
    name = {"name": port["name"]} if port.get("name") else {}
    protocol = {"appProtocol": port["appProtocol"]} if port.get("appProtocol") else {}
    return {**name, "port": number, "protocol": port["protocol"], **protocol}


def _number(port: Obj, pod: Obj) -> int | None:
    target = port["targetPort"]
    if isinstance(target, int):
        return target
    found = (each["containerPort"] for each in _container_ports(pod) if _is(each, target, port))
    return next(found, None)


def _is(port: Obj, name: str, wanted: Obj) -> bool:
    return port.get("name") == name and port["protocol"] == wanted["protocol"]


def _container_ports(pod: Obj) -> Iterator[Obj]:
    """Yields the ports of all containers that stay: of init containers, those that restart."""
    spec = pod["spec"]
    init = [c for c in spec.get("initContainers") or () if c.get("restartPolicy") == "Always"]
    for container in [*spec["containers"], *init]:
        yield from container.get("ports") or ()


def _address(service: Obj, pod: Obj) -> Obj:
    node = {"nodeName": pod["spec"]["nodeName"]} if pod["spec"].get("nodeName") else {}
    ip = {"ip": pod["status"]["podIP"]}
    return {**ip, **_hostname(service, pod), **node, "targetRef": _reference(pod)}


def _endpoint(service: Obj, pod: Obj, zone: str | None) -> Obj:
    ready, deleted = is_ready(pod), _is_deleted(pod)
    shown = _publishes_early(service) or (ready and not deleted)
    endpoint = {
        "addresses": [pod["status"]["podIP"]],
        "conditions": {"ready": shown, "serving": ready, "terminating": deleted},
        **_hostname(service, pod),
        "targetRef": _reference(pod),
    }
    node = {"nodeName": pod["spec"]["nodeName"]} if pod["spec"].get("nodeName") else {}
    return {**endpoint, **node, **({"zone": zone} if zone else {})}


def _reference(pod: Obj) -> Obj:
    metadata = pod["metadata"]
    own = {"name": metadata["name"], "uid": metadata["uid"]}
    return {"kind": "Pod", "namespace": metadata["namespace"], **own}


def _hostname(service: Obj, pod: Obj) -> Obj:
    """Returns the pod's own name in the domain of a headless service, if it has one."""
    spec = pod["spec"]
    has_one = spec.get("hostname") and spec.get("subdomain") == name_of(service)
    return {"hostname": spec["hostname"]} if has_one else {}


def _publishes_early(service: Obj) -> bool:
    return bool(service["spec"].get("publishNotReadyAddresses"))


def _is_portless(service: Obj) -> bool:
    return not service["spec"].get("ports") and service["spec"].get("clusterIP") == "None"


def _is_deleted(pod: Obj) -> bool:
    return "deletionTimestamp" in pod["metadata"]
