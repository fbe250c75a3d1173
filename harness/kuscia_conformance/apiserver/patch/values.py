"""JSON values as Go has them: helpers that copy, compare and name them."""

from __future__ import annotations

from typing import Any

import orjson


def copied(value: Any) -> Any:
    """Returns a deep copy, made through JSON because that is ten times as fast as deepcopy."""
    return orjson.loads(orjson.dumps(value))


def are_equal(left: Any, right: Any) -> bool:
    """Checks whether two values are the same JSON: unlike in Python, 1 is not True and not 1.0."""
    if left != right:
        return False
    return _canonical(left) == _canonical(right)


def _canonical(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


#: Names for Python's types: in errors of Go's JSON reader, and as types of Go.
_JSON_NAMES = {dict: "object", list: "array", str: "string", bool: "bool"}
_GO_TYPES = {
    dict: "map[string]interface {}",
    list: "[]interface {}",
    str: "string",
    bool: "bool",
    int: "int64",
    float: "float64",
}


def json_name(value: Any) -> str:
    """Returns what Go's JSON reader calls a value in its errors: object, array, number, …."""
    return _JSON_NAMES.get(type(value), "number")


def go_type(value: Any) -> str:
    """Returns the Go type that holds a JSON value: `map[string]interface {}`, int64, …."""
    return _GO_TYPES.get(type(value), "%!s(<nil>)")


def go_kind(value: Any) -> str:
    """Returns the kind of a value in Go's reflection: map, slice, or the name of its type."""
    if isinstance(value, dict):
        return "map"
    return "slice" if isinstance(value, list) else go_type(value)
