"""What the tables of core kinds show, but for pods: of nodes, services, events and so on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from harness.clusters.embedded.views.ages import age
from harness.clusters.embedded.views.table_columns import (
    AGE,
    CREATED_AT,
    NAME,
    NONE,
    UNSET,
    Rows,
    at,
    condition,
    containers,
    find,
    is_true,
    labels,
    number,
    only,
    row,
    selector,
    size,
    with_more,
)
from harness.clusters.embedded.views.table_columns_pods import pod_row
from harness.objects import Obj

ROLE = "node-role.kubernetes.io/"
OLD_ROLE = "kubernetes.io/role"
ACCESS_MODES = {
    "ReadWriteOnce": "RWO",
    "ReadOnlyMany": "ROX",
    "ReadWriteMany": "RWX",
    "ReadWriteOncePod": "RWOP",
}


def _node_status(node: Obj) -> str:
    ready = "Unknown"
    if condition(node, "Ready"):
        ready = "Ready" if is_true(node, "Ready") else "NotReady"
    return ready + (",SchedulingDisabled" if find(node, "spec", "unschedulable") else "")


def _node_roles(node: Obj) -> str:
    found = find(node, "metadata", "labels") or {}
    roles = {key.removeprefix(ROLE) for key in found if key.startswith(ROLE)} | {
        found.get(OLD_ROLE, "")
    }
    return ",".join(sorted(roles - {""})) or NONE


def _node_address(node: Obj, type_: str) -> str:
    for address in find(node, "status", "addresses") or ():
        if address["type"] == type_:
            return str(address["address"])
    return NONE


def _external_addresses(service: Obj) -> str:
    spec = service.get("spec") or {}
    listed = list(spec.get("externalIPs") or ())
    if spec.get("type") == "ExternalName":
        return str(spec.get("externalName"))
    if spec.get("type") != "LoadBalancer":
        return ",".join(listed) or NONE
    ingress = find(service, "status", "loadBalancer", "ingress") or ()
    given = [each.get("ip") or each.get("hostname") or "" for each in ingress]
    return ",".join(given + listed) or "<pending>"


def _service_ports(service: Obj) -> str:
    def shown(port: Obj) -> str:
        node_port = f":{port['nodePort']}" if port.get("nodePort") else ""
        return f"{port['port']}{node_port}/{port.get('protocol', 'TCP')}"

    return ",".join(map(shown, find(service, "spec", "ports") or ())) or NONE


def _endpoints(endpoints: Obj) -> str:
    return (
        with_more(
            [
                f"{_host(address['ip'])}:{port['port']}" if port else address["ip"]
                for subset in endpoints.get("subsets") or ()
                for port in subset.get("ports") or [None]
                for address in subset.get("addresses") or ()
            ]
        )
        or NONE
    )


def _host(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _slice_ports(endpoint_slice: Obj) -> str:
    ports = endpoint_slice.get("ports") or ()
    return with_more([str(port.get("port") or port.get("name") or "*") for port in ports]) or UNSET


def _slice_endpoints(endpoint_slice: Obj) -> str:
    endpoints = endpoint_slice.get("endpoints") or ()
    return with_more([a for each in endpoints for a in each.get("addresses") or ()]) or UNSET


def _event(event: Obj, now: datetime) -> list[Any]:
    """An event of the core group or of events.k8s.io: the same, under other names."""

    def get(name: str, other: str) -> Any:
        return event.get(name) or event.get(other)

    series = event.get("series") or {}
    first = get("firstTimestamp", "deprecatedFirstTimestamp") or event.get("eventTime")
    last = get("lastTimestamp", "deprecatedLastTimestamp") or first
    about = get("involvedObject", "regarding") or {}
    kind, name = about.get("kind", "").lower(), about.get("name")
    return [
        age(series.get("lastObservedTime") or last, now),
        event.get("type", ""),
        event.get("reason", ""),
        f"{kind}/{name}" if name else kind,
        about.get("fieldPath", ""),
        _event_source(event, get("source", "deprecatedSource") or {}),
        (get("message", "note") or "").strip(),
        age(first, now),
        series.get("count") or get("count", "deprecatedCount") or 1,
        NAME(event, now),
    ]


def _event_source(event: Obj, source: Obj) -> str:
    reporter = event.get("reportingComponent") or event.get("reportingController") or ""
    component = source.get("component") or reporter
    host = source.get("host") or event.get("reportingInstance")
    return f"{component}, {host}" if host else component


def _modes(obj: Obj, *path: str) -> str:
    return ",".join(ACCESS_MODES.get(mode, mode) for mode in find(obj, *path) or ())


def _claim(claim: Obj, now: datetime) -> list[Any]:
    bound = bool(find(claim, "spec", "volumeName"))
    deleted = bool(find(claim, "metadata", "deletionTimestamp"))
    return [
        NAME(claim, now),
        "Terminating" if deleted else find(claim, "status", "phase") or "",
        find(claim, "spec", "volumeName") or "",
        find(claim, "status", "capacity", "storage") or "" if bound else "",
        _modes(claim, "status", "accessModes") if bound else "",
        find(claim, "spec", "storageClassName") or "",
        find(claim, "spec", "volumeAttributesClassName") or UNSET,
        AGE(claim, now),
        find(claim, "spec", "volumeMode") or UNSET,
    ]


ROWS: Rows = {
    ("", "pods"): pod_row,
    ("", "events"): _event,
    ("", "configmaps"): row(NAME, size(["data"], ["binaryData"]), AGE),
    ("", "endpoints"): row(NAME, only(_endpoints), AGE),
    ("", "limitranges"): row(NAME, CREATED_AT),
    ("", "namespaces"): row(NAME, at("status", "phase"), AGE),
    ("", "nodes"): row(
        NAME,
        only(_node_status),
        only(_node_roles),
        AGE,
        at("status", "nodeInfo", "kubeletVersion"),
        only(lambda node: _node_address(node, "InternalIP")),
        only(lambda node: _node_address(node, "ExternalIP")),
        at("status", "nodeInfo", "osImage", default="<unknown>"),
        at("status", "nodeInfo", "kernelVersion", default="<unknown>"),
        at("status", "nodeInfo", "containerRuntimeVersion", default="<unknown>"),
    ),
    ("", "persistentvolumeclaims"): _claim,
    ("", "podtemplates"): row(
        NAME,
        *containers("template", "spec", "containers"),
        only(lambda template: labels(find(template, "template", "metadata", "labels"))),
    ),
    ("", "replicationcontrollers"): row(
        NAME,
        number("spec", "replicas"),
        number("status", "replicas"),
        number("status", "readyReplicas"),
        AGE,
        *containers("spec", "template", "spec", "containers"),
        only(lambda controller: labels(find(controller, "spec", "selector"))),
    ),
    ("", "secrets"): row(NAME, at("type"), size(["data"]), AGE),
    ("", "serviceaccounts"): row(NAME, size(["secrets"]), AGE),
    ("", "services"): row(
        NAME,
        at("spec", "type"),
        at("spec", "clusterIP", default=NONE),
        only(_external_addresses),
        only(_service_ports),
        AGE,
        only(lambda service: labels(find(service, "spec", "selector"))),
    ),
    ("coordination.k8s.io", "leases"): row(NAME, at("spec", "holderIdentity"), AGE),
    ("discovery.k8s.io", "endpointslices"): row(
        NAME, at("addressType"), only(_slice_ports), only(_slice_endpoints), AGE
    ),
    ("networking.k8s.io", "networkpolicies"): row(NAME, selector("spec", "podSelector"), AGE),
}
