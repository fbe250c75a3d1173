"""Reports, in the words of Go's time parser, why a text is not a time.

Kubernetes has two layouts: `SECONDS` for metav1.Time and `MICRO` for metav1.MicroTime.
"""

from __future__ import annotations

import re
from calendar import monthrange
from functools import lru_cache
from typing import Final

SECONDS: Final = "2006-01-02T15:04:05Z07:00"
MICRO: Final = "2006-01-02T15:04:05.000000Z07:00"
#: The parts of a layout, and the pattern that matches each part.
_YEAR_TO_SECONDS: Final = (
    ("2006", r"[0-9]{4}"),
    ("-", "-"),
    ("01", "[0-9]{2}"),
    ("-", "-"),
    ("02", "[0-9]{2}"),
    ("T", "T"),
    ("15", "[0-9]{1,2}"),
    (":", ":"),
    ("04", "[0-9]{2}"),
    (":", ":"),
    ("05", r"[0-9]{2}"),
)
_ZONE: Final = ("Z07:00", r"Z|[+-][0-9]{2}:[0-9]{2}")
_PARTS: Final = {
    SECONDS: [(part, re.compile(form)) for part, form in (*_YEAR_TO_SECONDS, _ZONE)],
    MICRO: [
        (part, re.compile(form))
        for part, form in (*_YEAR_TO_SECONDS, (".000000", r"\.[0-9]{6}"), _ZONE)
    ],
}
_FRACTION: Final = re.compile(r"[.,][0-9]+")
_WHOLE: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{1,2}):([0-9]{2}):([0-9]{2})"
    r"(?P<fraction>[.,][0-9]+)?(?:Z|[+-](?P<hours>[0-9]{2}):(?P<minutes>[0-9]{2}))"
)
#: Results for longer texts are not cached.
_USUAL: Final = 40
_RANGES: Final = (("hour", 4, 23), ("minute", 5, 59), ("second", 6, 59))
#: The values that Go checks as soon as it has read them, by the part of its layout.
_IMMEDIATE: Final = {
    "01": ("month", range(1, 13)),
    "15": ("hour", range(24)),
    "04": ("minute", range(60)),
    "05": ("second", range(60)),
}


def time_fault(text: str, layout: str) -> str:
    """Returns Go's error message for a text that is not a time; "" if it is one.

    `layout` is SECONDS, which allows a fraction of any length, or MICRO, which demands six digits.
    """
    return _known_fault(text, layout) if len(text) <= _USUAL else _fault(text, layout)


def _fault(text: str, layout: str) -> str:
    found = _WHOLE.fullmatch(text)
    if found is None or (layout == MICRO and len(found["fraction"] or "") != len(".000000")):
        return _misfit(text, layout)
    wrong = _out_of_range(found)
    return f'parsing time "{text}": {wrong} out of range' if wrong else ""


#: Cached: an object has the same few times in many places, and again in its next version.
_known_fault = lru_cache(maxsize=1024)(_fault)


def _out_of_range(found: re.Match[str]) -> str:
    year, month, day = map(int, found.group(1, 2, 3))
    if not 1 <= month <= 12:
        return "month"
    for name, group, most in _RANGES:
        if int(found[group]) > most:
            return name
    if not 1 <= day <= monthrange(year or 4, month)[1]:
        return "day"
    for name, most in (("hours", 24), ("minutes", 60)):
        if int(found[name] or 0) > most:
            return f"time zone offset {name.removesuffix('s')}"
    return ""


def _misfit(text: str, layout: str) -> str:
    place = 0
    for part, form in _PARTS[layout]:
        found = form.match(text, place)
        if found is None:
            rest = text[place:]
            return f'parsing time "{text}" as "{layout}": cannot parse "{rest}" as "{part}"'
        if part in _IMMEDIATE and int(found[0]) not in _IMMEDIATE[part][1]:
            return f'parsing time "{text}": {_IMMEDIATE[part][0]} out of range'
        place = found.end()
        if part == "05" and layout == SECONDS and (fraction := _FRACTION.match(text, place)):
            place = fraction.end()
    return f'parsing time "{text}": extra text: "{text[place:]}"'
