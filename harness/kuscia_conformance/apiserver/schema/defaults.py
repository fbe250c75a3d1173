"""Fills in the defaults that the schema of a custom kind declares.

Most schemas have few defaults or none. So a function that fills them in is built once per Type;
None stands for a type without defaults. Defaults of built-in kinds are in `builtin`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

import orjson

from kuscia_conformance.apiserver.apimachinery.types import MISSING, Type
from kuscia_conformance.kube.objects import Obj

_Fill = Callable[[Any], None]
#: The default of a field, and whether the field is nullable (then a null stays).
_Default = tuple[Any, bool]

_FILLS: WeakKeyDictionary[Type, _Fill | None] = WeakKeyDictionary()


def fill_defaults(obj: Obj, type: Type) -> None:
    """Fills the defaults of `type` into `obj` in place; `obj` must have been pruned.

    A default is used where a field is absent, and where it is null but not nullable.
    """
    if type not in _FILLS:
        _FILLS[type] = _fill_of(type)
    fill = _FILLS[type]
    if fill is not None:
        fill(obj)


def _fill_of(type: Type) -> _Fill | None:
    """Returns the function that fills in a value of the type; None if it has no defaults."""
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
    """Returns the function that fills in a list item or a map value, and returns the result.

    Items and map values cannot be absent, so a default only replaces a null. Returns None if the
    schema has no default there.
    """
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
    """Returns a copy of a default, so that changes to the object do not change the schema."""
    return orjson.loads(orjson.dumps(default)) if isinstance(default, dict | list) else default
