"""Sets of fields, kept in memory just as FieldsV1 has them in JSON.

A set is a tree: its keys are path elements (`f:spec`, `k:{"name":"a"}`, `v:"x"`), an empty tree is
a member, and a tree that is a member besides having some below it says so by `.`. The root is no
member itself, so an empty root is the empty set. Sets are never changed in place and share what
they have in common: whatever is the same after an operation is the same tree.

First what sets are made of, then the operations, then their paths in the server's order and words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import orjson

Fields = dict[str, Any]

#: A member with nothing below.
LEAF: Final[Fields] = {}
SELF: Final = "."
_INDEX: Final = re.compile("-?[0-9]{1,18}")


def is_member(node: Fields) -> bool:
    return not node or SELF in node


def union(one: Fields, other: Fields) -> Fields:
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
    """What is in `one` but not in `other`; a field and what is below it count apart."""
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
    """What is in `one` and neither in `other` nor below what is."""
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
    """A node as it is written: None where nothing is left, a leaf where nothing is below."""
    if not node:
        return None
    return LEAF if len(node) == 1 and SELF in node else node


def is_well_formed(fields: Any) -> bool:
    """Whether a client's set can be read: known path elements, all the way down."""
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
    """All members in the server's order and words: `.spec.ports[port=80,protocol="TCP"]`."""
    elements = sorted((e for e in fields if e != SELF), key=_order)
    for element in elements:
        if is_member(fields[element]):
            yield above + element_text(element)
    for element in elements:
        if fields[element]:
            yield from paths(fields[element], above + element_text(element))


def element_text(element: str) -> str:
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
    """Fields, then keys, then values, then indices; each in their own order."""
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
