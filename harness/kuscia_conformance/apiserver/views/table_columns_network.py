"""The rows of networking.k8s.io and discovery.k8s.io, and those of endpoints and services."""

from __future__ import annotations

from kuscia_conformance.apiserver.views.table_columns import (
    AGE,
    NAME,
    NONE,
    UNSET,
    Rows,
    at,
    find,
    labels,
    only,
    row,
    selector,
    with_more,
)
from kuscia_conformance.kube.objects import Obj


def _external_addresses(service: Obj) -> str:
    spec = service.get("spec") or {}
    listed = list(spec.get("externalIPs") or ())
    if spec.get("type") == "ExternalName":
        return str(spec.get("externalName"))
    if spec.get("type") != "LoadBalancer":
        return ",".join(listed) or NONE
    return ",".join(_balancers(service) + listed) or "<pending>"


def _balancers(obj: Obj) -> list[str]:
    ingress = find(obj, "status", "loadBalancer", "ingress") or ()
    return [each.get("ip") or each.get("hostname") or "" for each in ingress]


def _service_ports(service: Obj) -> str:
    def shown(port: Obj) -> str:
        node_port = f":{port['nodePort']}" if port.get("nodePort") else ""
        return f"{port['port']}{node_port}/{port.get('protocol', 'TCP')}"

    return ",".join(map(shown, find(service, "spec", "ports") or ())) or NONE


def _endpoints(endpoints: Obj) -> str:
    found = [
        f"{_host(address['ip'])}:{port['port']}" if port else address["ip"]
        for subset in endpoints.get("subsets") or ()
        for port in subset.get("ports") or [None]
        for address in subset.get("addresses") or ()
    ]
    return with_more(found) or NONE


def _host(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _slice_ports(endpoint_slice: Obj) -> str:
    ports = endpoint_slice.get("ports") or ()
    return with_more([str(port.get("port") or port.get("name") or "*") for port in ports]) or UNSET


def _slice_endpoints(endpoint_slice: Obj) -> str:
    endpoints = endpoint_slice.get("endpoints") or ()
    return with_more([a for each in endpoints for a in each.get("addresses") or ()]) or UNSET


def _hosts(ingress: Obj) -> str:
    rules = find(ingress, "spec", "rules") or ()
    return with_more([rule["host"] for rule in rules if rule.get("host")]) or "*"


def _parameters(ingress_class: Obj) -> str:
    found = find(ingress_class, "spec", "parameters")
    if not found:
        return NONE
    group = f".{found['apiGroup']}" if found.get("apiGroup") else ""
    return f"{found['kind']}{group}/{found['name']}"


def _parent(address: Obj) -> str:
    parent = find(address, "spec", "parentRef") or {}
    return "/".join(parent[key] for key in ("resource", "namespace", "name") if parent.get(key))


ROWS: Rows = {
    ("", "endpoints"): row(NAME, only(_endpoints), AGE),
    ("", "services"): row(
        NAME,
        at("spec", "type"),
        at("spec", "clusterIP", default=NONE),
        only(_external_addresses),
        only(_service_ports),
        AGE,
        only(lambda service: labels(find(service, "spec", "selector"))),
    ),
    ("discovery.k8s.io", "endpointslices"): row(
        NAME, at("addressType"), only(_slice_ports), only(_slice_endpoints), AGE
    ),
    ("networking.k8s.io", "ingressclasses"): row(
        NAME, at("spec", "controller"), only(_parameters), AGE
    ),
    ("networking.k8s.io", "ingresses"): row(
        NAME,
        at("spec", "ingressClassName", default=NONE),
        only(_hosts),
        only(lambda ingress: ",".join(_balancers(ingress))),
        only(lambda ingress: "80, 443" if find(ingress, "spec", "tls") else "80"),
        AGE,
    ),
    # As in Kubernetes, the row has one cell more than the table has columns.
    ("networking.k8s.io", "ipaddresses"): row(NAME, only(_parent), AGE),
    ("networking.k8s.io", "networkpolicies"): row(NAME, selector("spec", "podSelector"), AGE),
    ("networking.k8s.io", "servicecidrs"): row(
        NAME, only(lambda cidr: ",".join(find(cidr, "spec", "cidrs") or ())), AGE
    ),
}
