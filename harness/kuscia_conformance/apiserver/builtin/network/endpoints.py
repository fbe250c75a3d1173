"""Endpoints and EndpointSlices: defaults, and the validation of addresses and ports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kuscia_conformance.apiserver.apimachinery.kinds import Context, Strategy
from kuscia_conformance.apiserver.apimachinery.status_errors import (
    FieldError,
    duplicate,
    not_supported,
    required,
)
from kuscia_conformance.apiserver.builtin.metadata import invalid_all
from kuscia_conformance.apiserver.builtin.names import address, port_number
from kuscia_conformance.apiserver.builtin.pods.defaults import put, put_absent
from kuscia_conformance.kube.objects import Obj

_TYPES: Final = ("FQDN", "IPv4", "IPv6")


class EndpointsStrategy(Strategy):
    """The strategy of Endpoints."""

    counts_generations = False

    def default(self, obj: Obj, _context: Context) -> None:
        for subset in obj.get("subsets") or ():
            for port in subset.get("ports") or ():
                put(port, {"protocol": "TCP"})

    def validate(self, obj: Obj, _old: Obj | None, _sub: str) -> list[FieldError]:
        return [
            cause
            for index, subset in enumerate(obj.get("subsets") or ())
            for cause in _subset(subset, f"subsets[{index}]")
        ]


def _subset(subset: Obj, at: str) -> Iterator[FieldError]:
    if not subset.get("addresses") and not subset.get("notReadyAddresses"):
        yield required(at, "must specify `addresses` or `notReadyAddresses`")
    for key in ("addresses", "notReadyAddresses"):
        for index, one in enumerate(subset.get(key) or ()):
            field, ip = f"{at}.{key}[{index}].ip", one.get("ip", "")
            if said := address(ip):
                # Kubernetes reports it twice, because two of its checks find it.
                yield from invalid_all(field, ip, (*said, "must be a valid IP address"))
    for index, port in enumerate(subset.get("ports") or ()):
        number = port.get("port", 0)
        yield from invalid_all(f"{at}.ports[{index}].port", number, port_number(number))


class EndpointSliceStrategy(Strategy):
    """The strategy of EndpointSlices."""

    def default(self, obj: Obj, _context: Context) -> None:
        for key in ("endpoints", "ports"):
            if not obj.get(key):
                obj[key] = None
        for endpoint in obj["endpoints"] or ():
            put_absent(endpoint, {"conditions": {}})
        for port in obj["ports"] or ():
            put_absent(port, {"name": ""})
            put(port, {"protocol": "TCP"})

    def validate(self, obj: Obj, _old: Obj | None, _sub: str) -> list[FieldError]:
        kind = obj.get("addressType", "")
        causes = [] if kind in _TYPES else [_no_type(kind)]
        causes += _port_names(obj.get("ports") or [])
        for index, endpoint in enumerate(obj.get("endpoints") or ()):
            causes += _endpoint(endpoint, f"endpoints[{index}].addresses", kind)
        return causes


def _port_names(ports: list[Obj]) -> Iterator[FieldError]:
    taken: set[str] = set()
    for index, port in enumerate(ports):
        name = port.get("name", "")
        if name in taken:
            yield duplicate(f"ports[{index}].name", name)
        taken.add(name)


def _no_type(kind: str) -> FieldError:
    return not_supported("addressType", kind, _TYPES) if kind else required("addressType")


def _endpoint(endpoint: Obj, at: str, kind: str) -> Iterator[FieldError]:
    addresses = endpoint.get("addresses") or []
    if not addresses:
        yield required(at, "must contain at least 1 address")
    if kind in ("IPv4", "IPv6"):
        for index, ip in enumerate(addresses):
            yield from invalid_all(f"{at}[{index}]", ip, address(ip))
