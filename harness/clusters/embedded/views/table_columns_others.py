"""What the tables of the remaining kinds show, and what is shown of a kind that has no row here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from harness.clusters.embedded.views.table_columns import (
    AGE,
    CREATED_AT,
    NAME,
    NONE,
    Cell,
    Row,
    Rows,
    at,
    find,
    flag,
    is_true,
    number,
    only,
    row,
    size,
)
from harness.objects import Obj

#: Of a kind without a row, by the type of the column.
UNKNOWN = {"integer": 0, "boolean": False}


def _role(binding: Obj) -> str:
    return f"{find(binding, 'roleRef', 'kind')}/{find(binding, 'roleRef', 'name')}"


def _subjects(binding: Obj, kind: str) -> str:
    found = [each for each in binding.get("subjects") or () if each["kind"] == kind]
    spaced = ("namespace", "name") if kind == "ServiceAccount" else ("name",)
    return ", ".join("/".join(each.get(key, "") for key in spaced) for each in found)


_BINDING = row(
    NAME,
    only(_role),
    AGE,
    only(lambda binding: _subjects(binding, "User")),
    only(lambda binding: _subjects(binding, "Group")),
    only(lambda binding: _subjects(binding, "ServiceAccount")),
)
_PARENT = ("resource", "namespace", "name")
_PARAMETERS = ("spec", "limited", "limitResponse", "queuing")


def _parent(address: Obj) -> str:
    parent = find(address, "spec", "parentRef") or {}
    return "/".join(parent[key] for key in _PARENT if parent.get(key))


def _service(api_service: Obj) -> str:
    service = find(api_service, "spec", "service")
    return f"{service['namespace']}/{service['name']}" if service else "Local"


def _priority_level(level: Obj, now: datetime) -> list[Any]:
    spec, queuing = level.get("spec") or {}, find(level, *_PARAMETERS) or {}
    limits = spec.get("limited") or {}
    return [
        NAME(level, now),
        spec.get("type", ""),
        limits.get("nominalConcurrencyShares", NONE),
        queuing.get("queues", NONE),
        queuing.get("handSize", NONE),
        queuing.get("queueLengthLimit", NONE),
        AGE(level, now),
    ]


ROWS: Rows = {
    ("admissionregistration.k8s.io", "mutatingwebhookconfigurations"): row(
        NAME, size(["webhooks"]), AGE
    ),
    ("admissionregistration.k8s.io", "validatingwebhookconfigurations"): row(
        NAME, size(["webhooks"]), AGE
    ),
    ("apiextensions.k8s.io", "customresourcedefinitions"): row(NAME, CREATED_AT),
    ("apiregistration.k8s.io", "apiservices"): row(
        NAME, only(_service), only(lambda service: str(is_true(service, "Available"))), AGE
    ),
    ("flowcontrol.apiserver.k8s.io", "flowschemas"): row(
        NAME,
        at("spec", "priorityLevelConfiguration", "name"),
        number("spec", "matchingPrecedence"),
        at("spec", "distinguisherMethod", "type", default=NONE),
        AGE,
        only(lambda schema: str(is_true(schema, "Dangling"))),
    ),
    ("flowcontrol.apiserver.k8s.io", "prioritylevelconfigurations"): _priority_level,
    # Kubernetes gives one cell more than there are columns.
    ("networking.k8s.io", "ipaddresses"): row(NAME, only(_parent), AGE),
    ("networking.k8s.io", "servicecidrs"): row(
        NAME, only(lambda cidr: ",".join(find(cidr, "spec", "cidrs") or ())), AGE
    ),
    ("node.k8s.io", "runtimeclasses"): row(NAME, at("handler"), AGE),
    ("rbac.authorization.k8s.io", "clusterrolebindings"): _BINDING,
    ("rbac.authorization.k8s.io", "rolebindings"): _BINDING,
    ("scheduling.k8s.io", "priorityclasses"): row(
        NAME, number("value"), flag("globalDefault"), AGE, at("preemptionPolicy")
    ),
    ("storage.k8s.io", "csinodes"): row(NAME, size(["spec", "drivers"]), AGE),
}


def any_row(columns: Iterable[Obj]) -> Row:
    """Name and age of any kind, where it has such columns; what is not known in all others."""
    known = {"Name": NAME, "Age": AGE, "Created At": CREATED_AT}
    return row(*(known.get(column["name"]) or _unknown(column["type"]) for column in columns))


def _unknown(type_: str) -> Cell:
    return only(lambda _: UNKNOWN.get(type_, NONE))
