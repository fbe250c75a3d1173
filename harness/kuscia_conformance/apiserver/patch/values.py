"""JSON values as Go has them: copied, compared, named, and printed.

The server's messages show values as Go's `fmt` prints them.
"""

from __future__ import annotations

from typing import Any

import orjson


def copied(value: Any) -> Any:
    """A copy that shares nothing: through JSON, which is ten times as fast as deepcopy."""
    return orjson.loads(orjson.dumps(value))


def are_equal(left: Any, right: Any) -> bool:
    """Whether both are the same JSON: unlike in Python, 1 is neither true nor 1.0."""
    if left != right:
        return False
    return _canonical(left) == _canonical(right)


def _canonical(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


#: By Python's types: what JSON calls them in messages of decoding, and how Go has them.
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
    return _JSON_NAMES.get(type(value), "number")


def go_type(value: Any) -> str:
    return _GO_TYPES.get(type(value), "%!s(<nil>)")


def go_kind(value: Any) -> str:
    if isinstance(value, dict):
        return "map"
    return "slice" if isinstance(value, list) else go_type(value)
