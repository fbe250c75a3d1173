"""Sets of fields, in the form that FieldsV1 has in JSON.

A set is a tree of dictionaries. Its keys are path elements:

    f:spec            a field, or an entry of a map
    k:{"name":"a"}    an item of a list, by its keys
    v:"x"             an item of a set, by its value
    i:0               an item, by its index

A node without children is a member of the set. A node with children is a member only if it has the
key `.` too. The root is never a member, so an empty root is the empty set.

Sets are never changed in place, and they share common parts. `difference` returns `one` itself if
nothing is removed, so that callers can compare with `is`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import orjson

Fields = dict[str, Any]

#: A member with nothing below it.
LEAF: Final[Fields] = {}
SELF: Final = "."
_INDEX: Final = re.compile("-?[0-9]{1,18}")


def is_member(node: Fields) -> bool:
    """Checks whether a node (not the root) is a member of its set."""
    return not node or SELF in node


def union(one: Fields, other: Fields) -> Fields:
    """Returns the fields that are in either set."""
    joined = dict(one)
    for element, node in other.items():
        mine = joined.get(element)
        joined[element] = node if mine is None else _joined(mine, node)
    return joined


def _joined(one: Fields, other: Fields) -> Fields:
    if one is other:
        return one
    if one and other:
        return union(one, other)
    some = one or other
    return some if is_member(some) else {SELF: LEAF, **some}


def difference(one: Fields, other: Fields) -> Fields:
    """Returns the fields that are in `one` but not in `other`.

    A field and the fields below it are separate members: removing one does not remove the others.
    """
    rest: Fields | None = None
    for element in one.keys() & other.keys():
        mine = one[element]
        left = _left(mine, other[element])
        if left is mine:
            continue
        if rest is None:
            rest = dict(one)
        if left is None:
            del rest[element]
        else:
            rest[element] = left
    return one if rest is None else rest


def _left(mine: Fields, theirs: Fields) -> Fields | None:
    if not mine:
        return None if is_member(theirs) else mine
    return _normal(difference(mine, theirs or {SELF: LEAF}))


def without(one: Fields, other: Fields) -> Fields:
    """Returns the fields of `one` that are neither in `other` nor below a member of it."""
    rest = dict(one)
    for element in one.keys() & other.keys():
        theirs = other[element]
        left = None if is_member(theirs) else _normal(without(one[element], theirs))
        if left is None and (one[element] or is_member(theirs)):
            del rest[element]
        elif left is not None:
            rest[element] = left
    return rest


def intersection(one: Fields, other: Fields) -> Fields:
    """Returns the fields that are in both sets."""
    shared: Fields = {}
    for element in one.keys() & other.keys():
        both = _shared(one[element], other[element])
        if both is not None:
            shared[element] = both
    return shared


def _shared(one: Fields, other: Fields) -> Fields | None:
    if one and other:
        return _normal(intersection(one, other))
    return LEAF if is_member(one or other) else None


def _normal(node: Fields) -> Fields | None:
    """Returns a node in its written form: None if it is empty, LEAF if nothing is below it."""
    if not node:
        return None
    return LEAF if len(node) == 1 and SELF in node else node


def is_well_formed(fields: Any) -> bool:
    """Checks whether a client's set can be read: all path elements must be known ones."""
    if not isinstance(fields, dict):
        return False
    return all(
        below == LEAF if element == SELF else _is_element(element) and is_well_formed(below)
        for element, below in fields.items()
    )


def _is_element(element: str) -> bool:
    if len(element) < 2 or element[1] != ":":
        return False
    sort, rest = element[0], element[2:]
    if sort in "kv":
        return _is_json(rest, dict if sort == "k" else object)
    return sort == "f" or (sort == "i" and _INDEX.fullmatch(rest) is not None)


def _is_json(text: str, of: type) -> bool:
    try:
        return isinstance(orjson.loads(text), of)
    except orjson.JSONDecodeError:
        return False


def paths(fields: Fields, above: str = "") -> Iterator[str]:
    """Yields the members in the server's order, as texts: `.spec.ports[port=80,protocol="TCP"]`."""
    elements = sorted((e for e in fields if e != SELF), key=_order)
    for element in elements:
        if is_member(fields[element]):
            yield above + element_text(element)
    for element in elements:
        if fields[element]:
            yield from paths(fields[element], above + element_text(element))


def element_text(element: str) -> str:
    """Returns a path element as errors show it: `.spec`, `[name="a"]`, `[="x"]` or `[0]`."""
    sort, rest = element[0], element[2:]
    if sort == "f":
        return f".{rest}"
    if sort == "i":
        return f"[{rest}]"
    value = orjson.loads(rest)
    if sort == "v":
        return f"[={_value_text(value)}]"
    return "[" + ",".join(f"{key}={_value_text(value[key])}" for key in sorted(value)) + "]"


def _value_text(value: Any) -> str:
    return orjson.dumps(value).decode()


def _order(element: str) -> tuple[Any, ...]:
    """Returns the sort key: fields, then keys, then values, then indices."""
    sort, rest = element[0], element[2:]
    if sort == "f":
        return (0, rest)
    if sort == "k":
        return (
            1,
            [(key, _value_order(value)) for key, value in sorted(orjson.loads(rest).items())],
        )
    return (2, _value_order(orjson.loads(rest))) if sort == "v" else (3, int(rest))


def _value_order(value: Any) -> tuple[int, Any]:
    if isinstance(value, bool):
        return (2, value)
    if isinstance(value, int | float):
        return (0, value)
    return (1, value) if isinstance(value, str) else (3, str(value))
