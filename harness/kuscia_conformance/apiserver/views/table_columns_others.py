"""The rows of the remaining kinds, and `any_row` for kinds that have no row of their own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from kuscia_conformance.apiserver.views.ages import duration
from kuscia_conformance.apiserver.views.table_columns import (
    AGE,
    CREATED_AT,
    NAME,
    NONE,
    UNSET,
    Cell,
    Row,
    Rows,
    at,
    condition,
    find,
    flag,
    is_true,
    number,
    only,
    row,
    size,
)
from kuscia_conformance.kube.objects import Obj

#: The cells of a kind without a row, by the type of the column; for other types `<none>`.
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
_PARAMETERS = ("spec", "limited", "limitResponse", "queuing")


def _service(api_service: Obj) -> str:
    service = find(api_service, "spec", "service")
    return f"{service['namespace']}/{service['name']}" if service else "Local"


def _param_kind(policy: Obj) -> str:
    kind = find(policy, "spec", "paramKind")
    return f"{kind['apiVersion']}/{kind['kind']}" if kind else UNSET


def _param_ref(binding: Obj) -> str:
    params = find(binding, "spec", "paramRef")
    return f"{params.get('namespace') or '*'}/{params.get('name', '')}" if params else UNSET


def _claim_state(claim: Obj) -> str:
    status = claim.get("status") or {}
    states = {
        "deleted": find(claim, "metadata", "deletionTimestamp"),
        "allocated": status.get("allocation"),
        "reserved": status.get("reservedFor"),
    }
    return ",".join(state for state, is_so in states.items() if is_so) or "pending"


def _requested_duration(request: Obj) -> str:
    seconds = find(request, "spec", "expirationSeconds")
    return NONE if seconds is None else duration(seconds)


def _request_state(request: Obj) -> str:
    """Returns Denied, Approved or Pending; then Failed and Issued, if they apply."""
    decided = [type_ for type_ in ("Denied", "Approved") if condition(request, type_)]
    more = {
        "Failed": condition(request, "Failed"),
        "Issued": find(request, "status", "certificate"),
    }
    states = decided[:1] or ["Pending"]
    return ",".join(states + [state for state, is_so in more.items() if is_so])


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
    ("admissionregistration.k8s.io", "validatingadmissionpolicies"): row(
        NAME, size(["spec", "validations"]), only(_param_kind), AGE
    ),
    ("admissionregistration.k8s.io", "validatingadmissionpolicybindings"): row(
        NAME, at("spec", "policyName"), only(_param_ref), AGE
    ),
    ("apiextensions.k8s.io", "customresourcedefinitions"): row(NAME, CREATED_AT),
    ("apiregistration.k8s.io", "apiservices"): row(
        NAME, only(_service), only(lambda service: str(is_true(service, "Available"))), AGE
    ),
    ("certificates.k8s.io", "certificatesigningrequests"): row(
        NAME,
        AGE,
        at("spec", "signerName", default=NONE),
        at("spec", "username"),
        only(_requested_duration),
        only(_request_state),
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
    ("node.k8s.io", "runtimeclasses"): row(NAME, at("handler"), AGE),
    ("rbac.authorization.k8s.io", "clusterrolebindings"): _BINDING,
    ("rbac.authorization.k8s.io", "rolebindings"): _BINDING,
    ("resource.k8s.io", "resourceclaims"): row(NAME, only(_claim_state), AGE),
    ("resource.k8s.io", "resourceslices"): row(
        NAME, at("spec", "nodeName"), at("spec", "driver"), at("spec", "pool", "name"), AGE
    ),
    ("scheduling.k8s.io", "priorityclasses"): row(
        NAME, number("value"), flag("globalDefault"), AGE, at("preemptionPolicy")
    ),
}


def any_row(columns: Iterable[Obj]) -> Row:
    """Returns a row that knows only the columns for name and age.

    All other cells are empty: 0, false or `<none>`, by the type of the column.
    """
    known = {"Name": NAME, "Age": AGE, "Created At": CREATED_AT}
    return row(*(known.get(column["name"]) or _unknown(column["type"]) for column in columns))


def _unknown(type_: str) -> Cell:
    return only(lambda _: UNKNOWN.get(type_, NONE))
