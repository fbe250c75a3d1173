"""Checks a list in a schema: its x-kubernetes-list-type, its keys and its items."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kuscia_conformance.apiserver.apimachinery.status_errors import (
    FieldError,
    forbidden_field,
    invalid_value,
    not_supported,
    required,
)
from kuscia_conformance.apiserver.crd.walking import schema_under
from kuscia_conformance.kube.objects import Obj

_TYPE, _KEYS, _MAP_TYPE = (
    f"x-kubernetes-{name}" for name in ("list-type", "list-map-keys", "map-type")
)
_LIST_TYPES = ("atomic", "set", "map")
_IN_SET = f"must be atomic as item of a list with {_TYPE}=set"


def list_causes(schema: Obj, path: str) -> Iterator[FieldError]:
    """Yields the errors in the list type, the list map keys and the items of a schema."""
    list_type, keys, items = schema.get(_TYPE), schema.get(_KEYS), schema_under(schema, "items")
    if list_type is not None and schema.get("type") != "array":
        wanted = f"must be array if {_TYPE} is specified"
        yield _wrong(f"{path}.type", schema.get("type"), wanted)
    elif list_type == "set" and items is not None:
        yield from _set_item(items, f"{path}.items")
    if list_type is not None and list_type not in _LIST_TYPES:
        yield not_supported(f"{path}.{_TYPE}", list_type, _LIST_TYPES)
    if keys and list_type != "map":
        yield _wrong(f"{path}.{_TYPE}", list_type, f"must be map if {_KEYS} is non-empty")
    if list_type == "map":
        yield from _map(schema, items, keys or [], path)
    if list_type in ("set", "map") and items is not None:
        yield from _item(items, list_type, keys or [], f"{path}.items")


def _wrong(path: str, value: str | None, wanted: str) -> FieldError:
    return invalid_value(path, value, wanted) if value else required(path, wanted)


def _set_item(item: Obj, path: str) -> Iterator[FieldError]:
    list_type, kind = item.get(_TYPE), item.get("type")
    if kind == "array" and list_type not in (None, "atomic"):
        yield invalid_value(f"{path}.{_TYPE}", list_type, _IN_SET)
    if kind == "object" and item.get(_MAP_TYPE) != "atomic":
        # The server shows the list type here, although the map type is wrong.
        yield invalid_value(f"{path}.{_MAP_TYPE}", list_type, _IN_SET)


def _map(schema: Obj, items: Obj | None, keys: list[str], path: str) -> Iterator[FieldError]:
    if not keys:
        yield required(f"{path}.{_KEYS}", f"must not be empty if {_TYPE} is map")
    if schema.get("items") is None:
        yield required(f"{path}.items", f"must have a schema if {_TYPE} is map")
    elif items is None:
        wanted = f"must only have a single schema if {_TYPE} is map"
        yield invalid_value(f"{path}.items", schema["items"], wanted)
    elif items.get("type") != "object":
        wanted = f"must be object if parent array's {_TYPE} is map"
        yield invalid_value(f"{path}.items.type", items.get("type", ""), wanted)
    else:
        yield from _keys(items, keys, path)


def _keys(items: Obj, keys: list[str], path: str) -> Iterator[FieldError]:
    properties: dict[str, Any] = items.get("properties") or {}
    for index, key in enumerate(keys):
        if key not in properties:
            wanted = "entries must all be names of item properties"
            yield invalid_value(f"{path}.{_KEYS}", keys, wanted)
        elif properties[key].get("type") in ("array", "object"):
            wanted = f"must be a scalar type if parent array's {_TYPE} is map"
            # The server shows the type of the items here, although the key's type is wrong.
            yield invalid_value(f"{path}.items.properties[{key}].type", "object", wanted)
        if key in keys[:index]:
            yield invalid_value(f"{path}.{_KEYS}", keys, "must not contain duplicate entries")


def _item(items: Obj, list_type: str, keys: list[str], path: str) -> Iterator[FieldError]:
    if items.get("nullable"):
        yield forbidden_field(f"{path}.nullable", f"cannot be nullable when {_TYPE} is {list_type}")
    properties = items.get("properties") or {}
    given = [key for key in keys if key in properties] if list_type == "map" else []
    for key in given:
        place, why = f"{path}.properties[{key}]", f"this property is in {_KEYS}"
        is_required = key in (items.get("required") or ())
        if not is_required and properties[key].get("default") is None:
            wanted = f"{why}, so it must have a default or be a required property"
            yield required(f"{place}.default", wanted)
        if properties[key].get("nullable"):
            yield forbidden_field(f"{place}.nullable", f"{why}, so it cannot be nullable")
