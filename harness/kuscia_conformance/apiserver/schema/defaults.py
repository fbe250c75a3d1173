"""Filling in what a definition's schema has defaults for.

Most schemas have few or none. So what is to be done is found out once per Type, and is None where
there is nothing to do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

import orjson

from kuscia_conformance.apiserver.apimachinery.types import MISSING, Type
from kuscia_conformance.kube.objects import Obj

_Fill = Callable[[Any], None]
#: Of a field: whether it has a default, what that is, and whether null stands for itself.
_Default = tuple[Any, bool]

_FILLS: WeakKeyDictionary[Type, _Fill | None] = WeakKeyDictionary()


def fill_defaults(obj: Obj, type: Type) -> None:
    """Fill in `obj`, which has been pruned, the defaults of what is not there, or null by fault."""
    if type not in _FILLS:
        _FILLS[type] = _fill_of(type)
    fill = _FILLS[type]
    if fill is not None:
        fill(obj)


def _fill_of(type: Type) -> _Fill | None:
    """What is to be done with a value of the type."""
    fields = {key: below for key, below in type.fields.items() if not _is_metadata(type, key)}
    of_fields = {key: found for key, below in fields.items() if (found := _fill_of(below))}
    defaults = {key: below for key, below in fields.items() if below.default is not MISSING}
    of_values = _replacing(type.values)
    of_items = _replacing(type.items)
    if not (of_fields or defaults or of_values or of_items):
        return None
    known = frozenset(fields)
    absent = {key: (below.default, below.nullable) for key, below in defaults.items()}

    def fill(value: Any) -> None:
        if value.__class__ is dict:
            _fill_fields(value, absent, of_fields)
            if of_values:
                for key in value.keys() - known:
                    value[key] = of_values(value[key])
        elif value.__class__ is list and of_items:
            value[:] = map(of_items, value)

    return fill


def _is_metadata(type: Type, key: str) -> bool:
    return type.embedded and key == "metadata"


def _fill_fields(obj: Obj, absent: dict[str, _Default], of_fields: dict[str, _Fill]) -> None:
    for key, (default, nullable) in absent.items():
        if obj.get(key) is None and not (nullable and key in obj):
            obj[key] = _fresh(default)
    for key, fill in of_fields.items():
        if key in obj:
            fill(obj[key])


def _replacing(type: Type | None) -> Callable[[Any], Any] | None:
    """What becomes of a list's items, or a map's values: there a null alone can be filled in."""
    if type is None:
        return None
    fill = _fill_of(type)
    has_default = type.default is not MISSING and not type.nullable
    if fill is None and not has_default:
        return None
    default = type.default

    def replaced(value: Any) -> Any:
        value = _fresh(default) if value is None and has_default else value
        if fill is not None:
            fill(value)
        return value

    return replaced


def _fresh(default: Any) -> Any:
    """A default that is the object's own to change."""
    return orjson.loads(orjson.dumps(default)) if isinstance(default, dict | list) else default
