"""What a type says about one place of an object, for the ownership of fields.

- Whether the place is owned as a whole, or its entries or items one by one (granular).
- The path element of each item of a list.
- Which fields a Go struct has or lacks, whatever its JSON has: a struct is never absent, and an
  empty list or map counts as absent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any

import orjson

from kuscia_conformance.apiserver.apimachinery.types import ANY, MISSING, Type
from kuscia_conformance.kube.objects import Obj

_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def is_granular_map(value: Any, type: Type) -> bool:
    """Checks whether the value is a map whose entries are owned one by one."""
    return value.__class__ is dict and not type.atomic


def is_granular_list(value: Any, type: Type) -> bool:
    """Checks whether the value is a list whose items are owned one by one."""
    return value.__class__ is list and type.list_type != "atomic"


def elements(items: Iterable[Any], type: Type) -> list[tuple[str, Any]]:
    """Returns the items of a granular list with their path elements, in the list's order."""
    if type.list_type == "set":
        return [(f"v:{_json(item)}", item) for item in items]
    return [(f"k:{_json(keys_of(item, type))}", item) for item in items]


def keys_of(item: Any, type: Type) -> Obj:
    """Returns the keys that identify an item of a map list.

    An absent key has its default; without a default it is left out.
    """
    if not isinstance(item, dict):
        return {}
    found = {key: item.get(key, default) for key, default in _defaults(type).items()}
    return {key: value for key, value in found.items() if value is not MISSING}


@cache
def _defaults(type: Type) -> Mapping[str, Any]:
    fields = type.items.fields if type.items else {}
    return {key: _default(fields.get(key, ANY)) for key in sorted(type.keys)}


def _default(key: Type) -> Any:
    if key.always:
        return "" if key.kind == "string" else 0
    return key.default


def _json(value: Any) -> str:
    text = orjson.dumps(value).decode()
    return text.translate(_ESCAPES) if "<" in text or ">" in text or "&" in text else text


def stored(value: Obj, type: Type) -> Obj:
    """Returns an object in the form in which the server holds it.

    For Kubernetes' own types that is a Go struct: some fields are always present, and empty lists
    and maps are absent. Objects of other types are returned unchanged.
    """
    if not type.name or not type.fields:
        return value
    always, dropped = _always(type), _dropped(value, type)
    if not dropped and always.keys() <= value.keys():
        return value
    return {**always, **{key: below for key, below in value.items() if key not in dropped}}


def _dropped(value: Obj, type: Type) -> Collection[str]:
    """Returns the fields that a Go struct does not keep: nulls, empty lists and empty maps."""
    blank, times = _may_be_blank(type), _times(type)
    return [k for k, v in value.items() if not v and (v is None or k in blank) and k not in times]


def hold(value: Any, type: Type) -> Any:
    """Returns a copy as the server holds it (`stored`), down to values owned as a whole."""
    if is_granular_map(value, type):
        return {key: hold(below, type.below(key)) for key, below in stored(value, type).items()}
    if is_granular_list(value, type):
        return [hold(item, type.items or ANY) for item in value]
    return value


def without_blanks(value: Any, type: Type) -> Any:
    """Returns the value without the fields that Go structs do not keep, at all levels."""
    if is_granular_map(value, type):
        dropped = _dropped(value, type) if type.name and type.fields else ()
        return {k: without_blanks(v, type.below(k)) for k, v in value.items() if k not in dropped}
    if is_granular_list(value, type):
        return [without_blanks(item, type.items or ANY) for item in value]
    return value


@cache
def _always(type: Type) -> Mapping[str, Any]:
    """Returns the fields that a Go struct's JSON always has, with the values of an unset field."""
    structs: Obj = {
        k: {} if f.kind == "object" else None for k, f in type.fields.items() if f.always
    }
    return {**dict.fromkeys(type.required), **structs}


@cache
def _may_be_blank(type: Type) -> frozenset[str]:
    """Returns the fields for which empty means the same as absent."""
    return frozenset(
        key
        for key, below in type.fields.items()
        if key not in type.required and (below.kind == "array" or below.values)
    )


@cache
def _times(type: Type) -> frozenset[str]:
    """Returns the fields that are times. A time that is not set is null, not absent."""
    return frozenset(
        k for k, below in type.fields.items() if below.rules.get("format") == "date-time"
    )
