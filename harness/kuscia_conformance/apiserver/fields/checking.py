"""Checks whether an applied configuration fits its type, and reports errors in the server's words.

The server's words contain values as Go prints them; the last functions here print them so.
"""

from __future__ import annotations

from typing import Any

from kuscia_conformance.apiserver.apimachinery.types import ANY, Type
from kuscia_conformance.apiserver.fields.places import elements, keys_of
from kuscia_conformance.apiserver.fields.sets import element_text
from kuscia_conformance.kube.objects import Obj

#: A path, and the error there.
Fault = tuple[str, str]

_NUMBERS = frozenset({"integer", "number"})
#: Fields that each object may have, even if its type does not have them.
_COMMON = frozenset({"apiVersion", "kind", "metadata"})


def faults(config: Obj, type: Type) -> str:
    """Returns all errors as one text; an empty text if the configuration fits its type."""
    known = Type(kind="object", fields={**dict.fromkeys(_COMMON, ANY), **type.fields})
    found = _faults(config, known if type.fields and not type.preserves else type, "")
    texts = sorted(f"{path}: {text}" if path else text for path, text in found)
    return texts[0] if len(texts) == 1 else "\n  ".join(["errors:", *texts]) if texts else ""


def _faults(value: Any, type: Type, path: str) -> list[Fault]:
    if value is None:
        return []
    if type.kind == "object":
        return _map_faults(value, type, path)
    if type.kind == "array":
        return _list_faults(value, type, path)
    wrong = _scalar_fault(value, type)
    return [(path, wrong)] if wrong else []


def _scalar_fault(value: Any, type: Type) -> str:
    if type.kind == "int-or-string" or type.name.endswith(".Quantity"):
        is_one = not isinstance(value, dict | list)
        return "" if is_one else f"expected any scalar, got &{{{_plain(value)}}}"
    if type.kind == "string" and not isinstance(value, str):
        return f"expected string, got &value.valueUnstructured{{Value:{_exact(value)}}}"
    if type.kind == "boolean" and not isinstance(value, bool):
        return f"expected boolean, got &{{{_plain(value)}}}"
    if type.kind in _NUMBERS and (isinstance(value, bool) or not isinstance(value, int | float)):
        return f"expected numeric (int or float), got {_go_type(value)}"
    return ""


def _map_faults(value: Any, type: Type, path: str) -> list[Fault]:
    if not isinstance(value, dict):
        return [(path, f"expected map, got &{{{_plain(value)}}}")]
    found: list[Fault] = []
    is_closed = bool(type.fields) and type.values is None and not type.preserves
    for key, below in value.items():
        if is_closed and key not in type.fields:
            return [*found, (f"{path}.{key}", "field not declared in schema")]
        found += _faults(below, type.below(key), f"{path}.{key}")
    return found


def _list_faults(value: Any, type: Type, path: str) -> list[Fault]:
    if not isinstance(value, list):
        return [(path, f"expected list, got &{{{_plain(value)}}}")]
    below = type.items or ANY
    if type.list_type == "atomic":
        places = [(f"{path}[{index}]", item) for index, item in enumerate(value)]
        return [fault for place, item in places for fault in _faults(item, below, place)]
    return _keyed_faults(value, type, path)


def _keyed_faults(items: list[Any], type: Type, path: str) -> list[Fault]:
    """Returns the errors up to the first item that has no path element."""
    found: list[Fault] = []
    seen: set[str] = set()
    for index, item in enumerate(items):
        if wrong := _item_fault(item, type):
            return [*found, (path, f"element {index}: {wrong}")]
        text = element_text(elements([item], type)[0][0])
        if text in seen:
            found.append((path, f"duplicate entries for key {text}"))
        seen.add(text)
        found += _faults(item, type.items or ANY, path + text)
    return found


def _item_fault(item: Any, type: Type) -> str:
    """Returns why an item of a set or a map list has no path element, or an empty text."""
    if type.list_type == "set":
        return _value_fault(item)
    if item is None:
        return "associative list with keys may not have a null element"
    if not isinstance(item, dict):
        return "associative list with keys may not have non-map elements"
    if keys_of(item, type):
        return ""
    keys = " ".join(f'"{key}"' for key in type.keys)
    return (
        f"associative list with keys has an element that omits all key fields [{keys}] "
        "(and doesn't have default values for any key fields)"
    )


def _value_fault(item: Any) -> str:
    if isinstance(item, dict):
        return "associative list without keys has an element that's a map type"
    if isinstance(item, list):
        return "not supported: associative list with lists as elements"
    if item is None:
        return "associative list without keys has an element that's an explicit null"
    return ""


def _plain(value: Any) -> str:
    """Returns a value as Go prints it with %v."""
    if isinstance(value, dict):
        return "map[" + " ".join(f"{k}:{_plain(value[k])}" for k in sorted(value)) + "]"
    if isinstance(value, list):
        return "[" + " ".join(map(_plain, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return "<nil>" if value is None else str(value)


def _exact(value: Any) -> str:
    """Returns a value as Go prints it with %#v."""
    if isinstance(value, dict):
        inside = ", ".join(f'"{k}":{_exact(value[k])}' for k in sorted(value))
        return f"map[string]interface {{}}{{{inside}}}"
    if isinstance(value, list):
        return f"[]interface {{}}{{{', '.join(map(_exact, value))}}}"
    if value is None:
        return "interface {}(nil)"
    return f'"{value}"' if isinstance(value, str) else _plain(value)


def _go_type(value: Any) -> str:
    if isinstance(value, dict):
        return "map[string]interface {}"
    if isinstance(value, list):
        return "[]interface {}"
    return "bool" if isinstance(value, bool) else "string"
