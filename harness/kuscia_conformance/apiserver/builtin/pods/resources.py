"""Validates the limits and requests of a container."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kuscia_conformance.apiserver.apimachinery.status_errors import (
    FieldError,
    forbidden_field,
    invalid_value,
    required,
)
from kuscia_conformance.apiserver.builtin.metadata import invalid_all
from kuscia_conformance.apiserver.builtin.names import qualified_name
from kuscia_conformance.apiserver.builtin.quantities import number
from kuscia_conformance.kube.objects import Obj

_STANDARD: Final = ("cpu", "memory", "ephemeral-storage")
_HUGE_PAGES: Final = "hugepages-"


def resources(given: Obj, at: str) -> Iterator[FieldError]:
    """Yields the errors in limits and requests; `at` is the path of `given` in the pod.

    The quantities must be valid ones: they are checked when defaults are set.
    """
    limits, requests = given.get("limits") or {}, given.get("requests") or {}
    for name, amount in limits.items():
        yield from _amount(name, amount, f"{at}.limits[{name}]")
    for name, amount in requests.items():
        yield from _amount(name, amount, f"{at}.requests[{name}]")
        yield from _compared(name, amount, limits.get(name), at)
    named = {*limits, *requests}
    pages = any(name.startswith(_HUGE_PAGES) for name in named)
    if pages and not named & {"cpu", "memory"}:
        yield forbidden_field(at, "HugePages require cpu or memory")


def _compared(name: str, request: str, limit: str | None, at: str) -> Iterator[FieldError]:
    """Compares a request with its limit.

    Extended resources and huge pages cannot be overcommitted: they need a limit, and a request
    equal to it.
    """
    extended = _is_extended(name) or name.startswith(_HUGE_PAGES)
    if limit is None:
        if extended:
            yield required(f"{at}.limits", "Limit must be set for non overcommitable resources")
        return
    if extended and number(request) != number(limit):
        said = f"must be equal to {name} limit of {limit}"
        yield invalid_value(f"{at}.requests", request, said)
    elif number(request) > number(limit):
        said = f"must be less than or equal to {name} limit of {limit}"
        yield invalid_value(f"{at}.requests", request, said)


def _amount(name: str, amount: str, at: str) -> Iterator[FieldError]:
    yield from _name(name, at)
    value = number(amount)
    if value < 0:
        yield invalid_value(at, amount, "must be greater than or equal to 0")
    if _is_extended(name) and value % 1:
        yield invalid_value(at, amount, "must be an integer")


def _name(name: str, at: str) -> Iterator[FieldError]:
    yield from invalid_all(at, name, qualified_name(name))
    if "/" not in name and name not in _STANDARD and not name.startswith(_HUGE_PAGES):
        for said in ("type or fully qualified", "for containers"):
            yield invalid_value(at, name, f"must be a standard resource {said}")
    elif "/" in name and not _is_native(name) and not _is_extended(name):
        yield invalid_value(at, name, "doesn't follow extended resource name standard")


def _is_native(name: str) -> bool:
    """Returns whether the resource is Kubernetes' own, with or without its domain."""
    return "/" not in name or "kubernetes.io/" in name


def _is_extended(name: str) -> bool:
    if _is_native(name) or name.startswith("requests."):
        return False
    return not qualified_name(f"requests.{name}")
