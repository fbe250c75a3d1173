"""Converts a merged object to the values that its Go type holds.

Null members are dropped. `Misfit` is raised for a value that does not fit. Only misfits that a
strategic merge can cause are checked; the results of other patches are decoded from JSON
(`schema.check_types`).
"""

from __future__ import annotations

from typing import Any

from kuscia_conformance.apiserver.apimachinery.types import ANY, Type
from kuscia_conformance.apiserver.patch.values import go_kind, go_type

_PLAIN: dict[str, type] = {"string": str, "boolean": bool, "integer": int, "number": float}
#: Types that Go decodes with code of their own; they are not checked here.
_QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"
_OWN = ("date-time", "byte")
#: What a null becomes in lists and maps of plain values.
_ZERO = {"string": "", "boolean": False, "integer": 0, "number": 0}


class Misfit(Exception):
    """A value does not fit its Go type; the text is the error of Go's converter."""


def decoded(value: Any, type: Type) -> Any:
    """Returns the value as Go's type holds it; a null in a map or a list becomes a zero value.

    Raises Misfit if the value does not fit.
    """
    if type.kind == "object" and (type.fields or type.values):
        return _object(value, type)
    if type.kind == "array":
        return _list(value, type)
    if type.kind not in _PLAIN or type.name == _QUANTITY or type.rules.get("format") in _OWN:
        return value
    return _plain(value, type)


def _object(value: Any, type: Type) -> Any:
    if not isinstance(value, dict):
        what = "struct from:" if type.fields else "map from"
        raise Misfit(f"cannot restore {what} {go_kind(value)}")
    if type.values and not type.fields:
        return {key: _filled(below, type.values) for key, below in value.items()}
    return {
        key: decoded(below, type.below(key)) for key, below in value.items() if below is not None
    }


def _list(value: Any, type: Type) -> Any:
    if not isinstance(value, list):
        raise Misfit(f"cannot restore slice from {go_kind(value)}")
    return [_filled(item, type.items or ANY) for item in value]


def _filled(value: Any, type: Type) -> Any:
    if value is not None:
        return decoded(value, type)
    return "0" if type.name == _QUANTITY else _ZERO.get(type.kind)


def _plain(value: Any, type: Type) -> Any:
    if value.__class__ is _PLAIN[type.kind]:
        return value
    go = {"string": "string", "boolean": "bool", "number": "float64"}.get(type.kind)
    name = go or type.rules.get("format", "int64")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value, type.kind, name)
    raise Misfit(f"unrecognized type: {name}")


def _number(value: float, kind: str, name: str) -> float:
    if kind == "number":
        return value
    if kind == "integer" and abs(value) < 2**64 and value == int(value):
        return int(value)
    if kind == "integer" or (kind == "string" and isinstance(value, int)):
        raise Misfit(f"cannot convert {go_type(value)} to {name}")
    raise Misfit(f"unrecognized type: {name}")
