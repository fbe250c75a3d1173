"""Validates the spec of a pod, and a status that is written.

Containers, volumes and scheduling have modules of their own. The other fields are checked here. The
spec must have its defaults already.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kuscia_conformance.apiserver.apimachinery.status_errors import (
    FieldError,
    forbidden_field,
    invalid_value,
    not_supported,
    required,
)
from kuscia_conformance.apiserver.builtin.metadata import IMMUTABLE, invalid_all
from kuscia_conformance.apiserver.builtin.names import address, label, qualified_name, subdomain
from kuscia_conformance.apiserver.builtin.pods.containers import containers, user_id
from kuscia_conformance.apiserver.builtin.pods.scheduling import scheduling
from kuscia_conformance.apiserver.builtin.pods.volumes import volumes
from kuscia_conformance.kube.objects import Obj

_RESTARTS: Final = ("Always", "OnFailure", "Never")
_DNS: Final = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
_SYSTEMS: Final = ("linux", "windows")


def validate_spec(spec: Obj) -> Iterator[FieldError]:
    """Yields all errors in a spec."""
    yield from volumes(spec)
    yield from containers(spec)
    yield from _policies(spec)
    yield from _identity(spec)
    yield from _deadline(spec)
    yield from scheduling(spec)
    yield from _host(spec)


def validate_new(spec: Obj) -> Iterator[FieldError]:
    """Yields the errors that only a new pod can have."""
    if spec.get("ephemeralContainers"):
        yield forbidden_field("spec.ephemeralContainers", "cannot be set on create")


def _policies(spec: Obj) -> Iterator[FieldError]:
    if spec["restartPolicy"] not in _RESTARTS:
        yield not_supported("spec.restartPolicy", spec["restartPolicy"], _RESTARTS)
    if spec["dnsPolicy"] not in _DNS:
        yield not_supported("spec.dnsPolicy", spec["dnsPolicy"], _DNS)
    elif spec["dnsPolicy"] == "None" and not spec.get("dnsConfig"):
        yield required("spec.dnsConfig", "must provide `dnsConfig` when `dnsPolicy` is None")
    name = (spec.get("os") or {}).get("name")
    if name is not None and name not in _SYSTEMS:
        yield not_supported("spec.os", name, _SYSTEMS)


def _identity(spec: Obj) -> Iterator[FieldError]:
    for key in ("runAsUser", "runAsGroup", "fsGroup"):
        yield from user_id(spec["securityContext"].get(key), f"spec.securityContext.{key}")
    if account := spec.get("serviceAccountName"):
        yield from invalid_all("spec.serviceAccountName", account, subdomain(account))


def _deadline(spec: Obj) -> Iterator[FieldError]:
    seconds = spec.get("activeDeadlineSeconds")
    if seconds is not None and not 0 < seconds < 2**31:
        said = "must be between 1 and 2147483647, inclusive"
        yield invalid_value("spec.activeDeadlineSeconds", seconds, said)


def _host(spec: Obj) -> Iterator[FieldError]:
    for key in ("hostname", "subdomain"):
        if name := spec.get(key):
            yield from invalid_all(f"spec.{key}", name, label(name))
    for index, alias in enumerate(spec.get("hostAliases") or ()):
        at, ip = f"spec.hostAliases[{index}]", alias.get("ip", "")
        yield from invalid_all(f"{at}.ip", ip, address(ip))
        for number, name in enumerate(alias.get("hostnames") or ()):
            yield from invalid_all(f"{at}.hostnames[{number}]", name, subdomain(name))
    for index, gate in enumerate(spec.get("readinessGates") or ()):
        kind = gate.get("conditionType", "")
        at = f"spec.readinessGates[{index}].conditionType"
        yield from invalid_all(at, kind, qualified_name(kind))


def validate_status(status: Obj, old: Obj) -> Iterator[FieldError]:
    """Yields the errors in a status that is written; `old` is the status before."""
    for index, ip in enumerate(status.get("podIPs") or ()):
        text = ip.get("ip", "")
        yield from invalid_all(f"status.podIPs[{index}]", text, address(text))
    if node := status.get("nominatedNodeName"):
        yield from invalid_all("status.nominatedNodeName", node, subdomain(node))
    for index, condition in enumerate(status.get("conditions") or ()):
        kind = condition.get("type", "")
        yield from invalid_all(f"status.conditions[{index}].Type", kind, qualified_name(kind))
    if status.get("qosClass") != old.get("qosClass"):
        yield invalid_value("status.qosClass", status.get("qosClass", ""), IMMUTABLE)
