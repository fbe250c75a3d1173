"""What Go's JSON reader says of a body that is no JSON.

Only asked of what cannot be read otherwise, so it may take its time; but it does not recurse, and
looks at each byte once.
"""

from __future__ import annotations

import re
from typing import Any, Final

from kuscia_conformance.apiserver.apimachinery.go_text import quoted

#: How deep objects may be. Go takes 10,000 levels; what is deeper than this could be read, but
#: not be written again, and Kubernetes has no kind that comes near it.
MAX_DEPTH: Final = 250

_END: Final = "unexpected end of JSON input"
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_PLAIN: Final = re.compile(r'[^"\\\x00-\x1f]*')
_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
#: How far a number got, and what Go says when it goes on otherwise.
_BROKEN_NUMBERS: Final = (
    (re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?[eE][+-]?"), "in exponent of numeric literal"),
    (re.compile(r"-?(0|[1-9][0-9]*)\."), "after decimal point in numeric literal"),
    (re.compile(r"-"), "in numeric literal"),
)
_LITERALS: Final = {"t": "true", "f": "false", "n": "null"}
_CLOSING: Final = {"{": "}", "[": "]"}
_ESCAPES: Final = frozenset('"\\/bfnrtu')
_HEXADECIMAL: Final = frozenset("0123456789abcdefABCDEF")
_GO_TYPES: Final[dict[type, str]] = {
    dict: "object",
    list: "array",
    str: "string",
    bool: "bool",
    int: "number",
    float: "number",
}


def go_type_name(value: Any) -> str:
    """What Go's JSON reader calls a value that it cannot put where it belongs."""
    return _GO_TYPES[value.__class__]


class _Fault(Exception):
    pass


def json_fault(body: bytes) -> str:
    """What is wrong; "" if nothing is. Go looks at bytes, and so does this."""
    try:
        # At the end Go goes on with a space, to see whether that ends what has begun.
        _scan(body.decode("latin-1") + " ")
    except _Fault as fault:
        return str(fault)
    return ""


def _scan(text: str) -> None:
    open_brackets: list[str] = []
    place, is_due = 0, True
    while is_due or open_brackets:
        step = _value if is_due else _after_value
        place, is_due = step(text, _skip(text, place), open_brackets)
    place = _skip(text, place)
    if place < len(text):
        raise _unexpected(text, place, "after top-level value")


def _skip(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return found.end() if found else place


def _unexpected(text: str, place: int, where: str) -> _Fault:
    if place >= len(text):
        return _Fault(_END)
    character = text[place]
    shown = {"'": r"'\''", '"': "'\"'"}.get(character) or f"'{quoted(character)[1:-1]}'"
    return _Fault(f"invalid character {shown} {where}")


def _value(text: str, place: int, open_brackets: list[str]) -> tuple[int, bool]:
    """Past a value, or into an object or a list; then another is due."""
    first = text[place : place + 1]
    if first in _LITERALS:
        return _literal(text, place, _LITERALS[first]), False
    if first == '"':
        return _string(text, place + 1), False
    if first in ("{", "["):
        return _enter(text, place, open_brackets)
    if first == "-" or first.isdigit():
        return _number(text, place), False
    raise _unexpected(text, place, "looking for beginning of value")


def _enter(text: str, place: int, open_brackets: list[str]) -> tuple[int, bool]:
    if len(open_brackets) == MAX_DEPTH:
        raise _unexpected(text, place, "exceeded max depth")
    inside = _skip(text, place + 1)
    if text[inside : inside + 1] == _CLOSING[text[place]]:
        return inside + 1, False
    open_brackets.append(text[place])
    return (_key(text, inside) if text[place] == "{" else inside), True


def _after_value(text: str, place: int, open_brackets: list[str]) -> tuple[int, bool]:
    in_object = open_brackets[-1] == "{"
    found = text[place : place + 1]
    if found == _CLOSING[open_brackets[-1]]:
        open_brackets.pop()
        return place + 1, False
    if found != ",":
        where = "after object key:value pair" if in_object else "after array element"
        raise _unexpected(text, place, where)
    return (_key(text, _skip(text, place + 1)) if in_object else place + 1), True


def _key(text: str, place: int) -> int:
    """Past a key and its colon."""
    if text[place : place + 1] != '"':
        raise _unexpected(text, place, "looking for beginning of object key string")
    place = _skip(text, _string(text, place + 1))
    if text[place : place + 1] != ":":
        raise _unexpected(text, place, "after object key")
    return place + 1


def _literal(text: str, place: int, word: str) -> int:
    for at, letter in enumerate(word, place):
        if text[at : at + 1] != letter:
            raise _unexpected(text, at, f"in literal {word} (expecting '{letter}')")
    return place + len(word)


def _number(text: str, place: int) -> int:
    """Go on where it is a number as far as it goes: what follows is not its own."""
    found = _NUMBER.match(text, place)
    end = found.end() if found else place
    for pattern, where in _BROKEN_NUMBERS:
        broken = pattern.match(text, place)
        if broken and broken.end() > end:
            raise _unexpected(text, broken.end(), where)
    return end


def _string(text: str, place: int) -> int:
    """Past the quotation mark that ends a text."""
    while True:
        found = _PLAIN.match(text, place)
        place = found.end() if found else place
        if text[place : place + 1] == '"':
            return place + 1
        if text[place : place + 1] != "\\":
            raise _unexpected(text, place, "in string literal")
        place = _escape(text, place + 1)


def _escape(text: str, place: int) -> int:
    if text[place : place + 1] not in _ESCAPES:
        raise _unexpected(text, place, "in string escape code")
    if text[place] != "u":
        return place + 1
    for at in range(place + 1, place + 5):
        if text[at : at + 1] not in _HEXADECIMAL:
            raise _unexpected(text, at, "in \\u hexadecimal character escape")
    return place + 5
