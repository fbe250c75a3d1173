"""Validates probes and lifecycle handlers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from kuscia_conformance.apiserver.apimachinery.status_errors import (
    FieldError,
    forbidden_field,
    invalid_value,
    not_supported,
    required,
)
from kuscia_conformance.apiserver.builtin.metadata import invalid_all
from kuscia_conformance.apiserver.builtin.names import port_name, port_number
from kuscia_conformance.kube.objects import Obj

_HANDLERS: Final = ("exec", "httpGet", "tcpSocket", "grpc", "sleep")
_NUMBERS: Final = (
    "initialDelaySeconds",
    "timeoutSeconds",
    "periodSeconds",
    "successThreshold",
    "failureThreshold",
)


def probes(container: Obj, at: str) -> Iterator[FieldError]:
    """Yields the errors in the three probes of a container; `at` is its path in the pod."""
    for name in ("livenessProbe", "readinessProbe", "startupProbe"):
        probe = container.get(name)
        if probe is None:
            continue
        place = f"{at}.{name}"
        yield from _probe(probe, place)
        grace = probe.get("terminationGracePeriodSeconds")
        if name == "readinessProbe":
            if grace is not None:
                said = "must not be set for readinessProbes"
                yield invalid_value(f"{place}.terminationGracePeriodSeconds", grace, said)
        elif probe["successThreshold"] != 1:
            yield invalid_value(f"{place}.successThreshold", probe["successThreshold"], "must be 1")


def _probe(probe: Obj, at: str) -> Iterator[FieldError]:
    yield from _handler(probe, at)
    for key in _NUMBERS:
        if probe.get(key, 0) < 0:
            said = "must be greater than or equal to 0"
            yield invalid_value(f"{at}.{key}", probe[key], said)
    grace = probe.get("terminationGracePeriodSeconds")
    if grace is not None and grace <= 0:
        said = "must be greater than 0"
        yield invalid_value(f"{at}.terminationGracePeriodSeconds", grace, said)


def lifecycle(container: Obj, spec: Obj, at: str) -> Iterator[FieldError]:
    """Yields the errors in the lifecycle handlers of a container; `at` is its path in the pod."""
    handlers = container.get("lifecycle") or {}
    for name in ("postStart", "preStop"):
        handler, place = handlers.get(name), f"{at}.lifecycle.{name}"
        if handler is None:
            continue
        yield from _handler(handler, place)
        seconds, grace = (
            (handler.get("sleep") or {}).get("seconds"),
            spec["terminationGracePeriodSeconds"],
        )
        if seconds is not None and not 0 <= seconds <= grace:
            said = "must be non-negative and less than terminationGracePeriodSeconds"
            yield invalid_value(f"{place}.sleep", seconds, f"{said} ({grace})")


def _handler(handler: Obj, at: str) -> Iterator[FieldError]:
    given = [kind for kind in _HANDLERS if handler.get(kind) is not None]
    if not given:
        yield required(at, "must specify a handler type")
        return
    for kind in given[1:]:
        yield forbidden_field(f"{at}.{kind}", "may not specify more than 1 handler type")
    action, place = handler[given[0]], f"{at}.{given[0]}"
    if given[0] == "exec" and not action.get("command"):
        yield required(f"{place}.command")
    if given[0] == "httpGet":
        yield from _get(action, place)
    if given[0] in ("httpGet", "tcpSocket", "grpc"):
        yield from port(action.get("port", 0), f"{place}.port")


def _get(action: Obj, at: str) -> Iterator[FieldError]:
    if not action.get("path"):
        yield required(f"{at}.path")
    if action.get("scheme") not in ("HTTP", "HTTPS"):
        yield not_supported(f"{at}.scheme", action.get("scheme", ""), ("HTTP", "HTTPS"))


def port(value: Any, field: str) -> list[FieldError]:
    """Returns the errors in a port that is given by number or by name."""
    said = port_name(value) if isinstance(value, str) else port_number(value)
    return invalid_all(field, value, said)
