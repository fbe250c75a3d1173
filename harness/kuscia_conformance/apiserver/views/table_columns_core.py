"""The rows of core kinds (nodes, events and others) and of leases.

The row of pods is in `table_columns_pods`, that of services in `table_columns_network`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kuscia_conformance.apiserver.views.ages import age
from kuscia_conformance.apiserver.views.table_columns import (
    AGE,
    CREATED_AT,
    NAME,
    NONE,
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
    size,
)
from kuscia_conformance.apiserver.views.table_columns_pods import pod_row
from kuscia_conformance.kube.objects import Obj

ROLE = "node-role.kubernetes.io/"
OLD_ROLE = "kubernetes.io/role"


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


def _event(event: Obj, now: datetime) -> list[Any]:
    """Returns the cells of an event; the two versions have different names for the same fields."""

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


def _quota(quota: Obj, *, limits: bool) -> str:
    hard = find(quota, "status", "hard") or {}
    used = find(quota, "status", "used") or {}
    shown = [
        f"{name}: {used.get(name, '0')}/{hard[name]}"
        for name in sorted(hard)
        if name.startswith("limits") == limits
    ]
    return ", ".join(shown)


ROWS: Rows = {
    ("", "pods"): pod_row,
    ("", "events"): _event,
    ("", "configmaps"): row(NAME, size(["data"], ["binaryData"]), AGE),
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
    ("", "resourcequotas"): row(
        NAME,
        only(lambda quota: _quota(quota, limits=False)),
        only(lambda quota: _quota(quota, limits=True)),
        AGE,
    ),
    ("", "secrets"): row(NAME, at("type"), size(["data"]), AGE),
    ("", "serviceaccounts"): row(NAME, size(["secrets"]), AGE),
    ("coordination.k8s.io", "leases"): row(NAME, at("spec", "holderIdentity"), AGE),
}
