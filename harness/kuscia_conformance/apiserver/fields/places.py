"""What a type says about one place of an object, as far as the ownership of fields goes.

Whether it is owned as a whole, by which path element an item of a list goes, and what an object of
one of Kubernetes' own types has or lacks whatever its JSON says: there a struct is never absent,
and an empty list or map never present.
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
    """Whether the entries of this are owned one by one."""
    return value.__class__ is dict and not type.atomic


def is_granular_list(value: Any, type: Type) -> bool:
    return value.__class__ is list and type.list_type != "atomic"


def elements(items: Iterable[Any], type: Type) -> list[tuple[str, Any]]:
    """The items of a granular list with their path elements, in the list's order."""
    if type.list_type == "set":
        return [(f"v:{_json(item)}", item) for item in items]
    return [(f"k:{_json(keys_of(item, type))}", item) for item in items]


def keys_of(item: Any, type: Type) -> Obj:
    """By what an item of a map list is told; an absent key has its default, or is left out."""
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
    """An object as the server holds it, which for Kubernetes' own types is not just its JSON."""
    if not type.name or not type.fields:
        return value
    always, dropped = _always(type), _dropped(value, type)
    if not dropped and always.keys() <= value.keys():
        return value
    return {**always, **{key: below for key, below in value.items() if key not in dropped}}


def _dropped(value: Obj, type: Type) -> Collection[str]:
    """The fields of a Go struct that are the same as none: null, and empty lists and maps."""
    blank, times = _may_be_blank(type), _times(type)
    return [k for k, v in value.items() if not v and (v is None or k in blank) and k not in times]


def hold(value: Any, type: Type) -> Any:
    """A copy of a value as the server holds it, all the way down to what is owned as a whole."""
    if is_granular_map(value, type):
        return {key: hold(below, type.below(key)) for key, below in stored(value, type).items()}
    if is_granular_list(value, type):
        return [hold(item, type.items or ANY) for item in value]
    return value


def without_blanks(value: Any, type: Type) -> Any:
    """A value without what a Go struct does not keep."""
    if is_granular_map(value, type):
        dropped = _dropped(value, type) if type.name and type.fields else ()
        return {k: without_blanks(v, type.below(k)) for k, v in value.items() if k not in dropped}
    if is_granular_list(value, type):
        return [without_blanks(item, type.items or ANY) for item in value]
    return value


@cache
def _always(type: Type) -> Mapping[str, Any]:
    """The fields of a Go struct that its JSON always has, as they are when nobody sets them."""
    structs: Obj = {
        k: {} if f.kind == "object" else None for k, f in type.fields.items() if f.always
    }
    return {**dict.fromkeys(type.required), **structs}


@cache
def _may_be_blank(type: Type) -> frozenset[str]:
    """The fields that are the same empty as absent."""
    return frozenset(
        key
        for key, below in type.fields.items()
        if key not in type.required and (below.kind == "array" or below.values)
    )


@cache
def _times(type: Type) -> frozenset[str]:
    """The fields that are null, not absent, where there is no time."""
    return frozenset(
        k for k, below in type.fields.items() if below.rules.get("format") == "date-time"
    )
