"""Values in messages, printed as Go prints them.

Kubernetes' messages contain them, and clients and tests compare whole messages.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import orjson

_ESCAPES: Final = {
    "\a": r"\a",
    "\b": r"\b",
    "\f": r"\f",
    "\n": r"\n",
    "\r": r"\r",
    "\t": r"\t",
    "\v": r"\v",
    '"': r"\"",
    "\\": r"\\",
}
#: Go writes an exponent below 10**_SMALL, and from 10**_LARGE on.
_SMALL, _LARGE = -4, 6


def quoted(text: str) -> str:
    """Returns the text in double quotes, with unprintable characters escaped (Go's `%q`)."""
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def number(value: float) -> str:
    """Returns the shortest text of the number; 6.0 becomes 6."""
    if isinstance(value, int):
        return str(value)
    sign, digits, _ = exact = Decimal(repr(value)).normalize().as_tuple()
    power = len(digits) + int(exact.exponent) - 1
    if value and not _SMALL <= power < _LARGE:
        first, rest = digits[0], "".join(map(str, digits[1:]))
        mantissa = f"{first}.{rest}" if rest else str(first)
        return f"{'-' * sign}{mantissa}e{power:+03d}"
    return format(Decimal(repr(value)).normalize(), "f") if value else "0"


def shown(value: Any) -> str:
    """Returns a value as a field error shows it: a quoted text, a number, or JSON."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, float):
        return number(value)
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def printed(value: Any) -> str:
    """Returns a value as `%v` prints it: `map[a:1 b:[x <nil>]]`."""
    if isinstance(value, dict):
        return f"map[{' '.join(f'{key}:{printed(value[key])}' for key in sorted(value))}]"
    if isinstance(value, list):
        return f"[{' '.join(map(printed, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return "<nil>" if value is None else str(value)
