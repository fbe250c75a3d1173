"""Explains why a body is not JSON, in the words of Go's JSON reader.

It is used only for bodies that cannot be read, so it may be slow. It reads each byte once, and it
does not recurse, because such bodies may be nested very deeply.
"""

from __future__ import annotations

import re
from typing import Any, Final

from kuscia_conformance.apiserver.apimachinery.go_text import quoted

#: The most levels that an object may have. Go takes 10,000. A deeper object could be read here, but
#: not written (see `decode.is_too_deep`). No kind of Kubernetes comes near this limit.
MAX_DEPTH: Final = 250

_END: Final = "unexpected end of JSON input"
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_PLAIN: Final = re.compile(r'[^"\\\x00-\x1f]*')
_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
#: The start of a broken number, and Go's words for the place of the wrong character.
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
    """Returns Go's name for the JSON type of a value, as in `cannot unmarshal array`.

    Raises KeyError for None.
    """
    return _GO_TYPES[value.__class__]


class _Fault(Exception):
    pass


def json_fault(body: bytes) -> str:
    """Returns why the body is not JSON; "" if it is JSON.

    As in Go, an unexpected character in the message is a byte, not a character of the text.
    """
    try:
        # Go adds a space at the end, to see whether a value that has begun is complete.
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
    """Returns the place after a value, or inside an object or a list, and whether a value is due.

    A value is due inside an object (after the key) or a list that is not empty.
    """
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
    """Returns the place after a key and its colon."""
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
    """Returns the place after the longest number that starts here; its caller checks the rest."""
    found = _NUMBER.match(text, place)
    end = found.end() if found else place
    for pattern, where in _BROKEN_NUMBERS:
        broken = pattern.match(text, place)
        if broken and broken.end() > end:
            raise _unexpected(text, broken.end(), where)
    return end


def _string(text: str, place: int) -> int:
    """Returns the place after the closing quotation mark."""
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
