"""The string formats that the server checks. It accepts any text for other formats.

The server uses Go's parsers for some formats where patterns are used here. They agree on usual
values. They may differ on rare ones (quoted mail addresses, IPv6 zones in URIs).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final

_TIME: Final = re.compile(
    r"([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|[+-][0-9]{2}:[0-9]{2})", re.DOTALL
)
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LEADING_ZEROS: Final = re.compile(r"\b0+(?=[0-9])")


def _matches(pattern: str, flags: int = 0) -> Callable[[str], bool]:
    matched = re.compile(pattern, re.ASCII | flags).fullmatch
    return lambda text: matched(text) is not None


def _is_date(text: str) -> bool:
    if _DATE.fullmatch(text) is None:
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_date_time(text: str) -> bool:
    day, _, rest = text.lower().partition("t")
    found = _TIME.fullmatch(rest)
    if found is None or not _is_date(day):
        return False
    hours, minutes, seconds = found.group(1, 2, 3)
    return hours <= "23" and minutes <= "59" and seconds <= "59"


def _is_ipv4(text: str) -> bool:
    """Checks an IPv4 address. Unlike Python, the server accepts leading zeros."""
    try:
        IPv4Address(_LEADING_ZEROS.sub("", text))
    except AddressValueError:
        return False
    return True


def _is_ipv6(text: str) -> bool:
    try:
        return IPv6Address(text).scope_id is None
    except AddressValueError:
        return False


def _is_cidr(text: str) -> bool:
    address, slash, bits = text.partition("/")
    if not (slash and bits.isascii() and bits.isdigit()):
        return False
    return (_is_ipv4(address) and int(bits) <= 32) or (_is_ipv6(address) and int(bits) <= 128)


_HOST: Final = re.compile(
    r"([a-z0-9]((-?[a-z0-9]{0,62})?)|([a-z0-9](([a-z0-9-]{0,61}[a-z0-9])?)(\.)){1,}"
    r"([a-z0-9])(-?[a-z0-9]){1,62})",
    re.IGNORECASE,
)


def _is_hostname(text: str) -> bool:
    """Checks a host name. As on the server, all Unicode letters and symbols count as letters."""
    plain = "".join("a" if unicodedata.category(each)[0] in "LS" else each for each in text)
    if len(text.encode()) > 255 or any(len(part.encode()) > 63 for part in text.split(".")):
        return False
    return _HOST.fullmatch(plain) is not None


_UNITS: Final = "ns|us|µs|μs|ms|s|m|h"
_GO_DURATION: Final = re.compile(rf"[+-]?(0|(([0-9]+\.?[0-9]*|\.[0-9]+)({_UNITS}))+)")
_WORDED_DURATION: Final = re.compile(
    r"\s*([0-9]+\s*(ns|nano[a-z]*|us|µs|micro[a-z]*|ms|milli[a-z]*|s|sec[a-z]*|m|min[a-z]*"
    r"|h|hr|hour[a-z]*|d|day[a-z]*|w|wk|week[a-z]*)\s*)+",
    re.IGNORECASE,
)


def _is_duration(text: str) -> bool:
    return bool(_GO_DURATION.fullmatch(text) or _WORDED_DURATION.fullmatch(text))


def _is_isbn10(text: str) -> bool:
    digits = text.replace("-", "").replace(" ", "")
    if re.fullmatch(r"[0-9]{9}[0-9X]", digits) is None:
        return False
    values = [10 if digit == "X" else int(digit) for digit in digits]
    return sum(place * value for place, value in enumerate(values, 1)) % 11 == 0


def _is_isbn13(text: str) -> bool:
    digits = text.replace("-", "").replace(" ", "")
    if re.fullmatch(r"[0-9]{13}", digits) is None:
        return False
    return sum(int(d) * (3 if place % 2 else 1) for place, d in enumerate(digits)) % 10 == 0


_CARD: Final = _matches(
    r"4[0-9]{12}([0-9]{3})?|5[1-5][0-9]{14}|6(011|5[0-9]{2})[0-9]{12}|3[47][0-9]{13}"
    r"|3(0[0-5]|[68][0-9])[0-9]{11}|(2131|1800|35[0-9]{3})[0-9]{11}"
)


def _is_credit_card(text: str) -> bool:
    digits = re.sub(r"[^0-9]+", "", text)
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return _CARD(digits) and sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


_OCTETS: Final = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"

#: The check of each format, by its name without dashes.
FORMATS: Final[Mapping[str, Callable[[str], bool]]] = {
    "bsonobjectid": _matches("[0-9a-fA-F]{24}"),
    "byte": _matches("([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})"),
    "cidr": _is_cidr,
    "creditcard": _is_credit_card,
    "date": _is_date,
    "datetime": _is_date_time,
    "duration": _is_duration,
    "email": _matches(
        r"([^<>@]*<[^\s<>@,;:]+@[^\s<>@,;:]+(?<!\.)>|[^\s<>@,;:]+@[^\s<>@,;:]+(?<!\.))\s*"
    ),
    "hexcolor": _matches("#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})"),
    "hostname": _is_hostname,
    "ipv4": _is_ipv4,
    "ipv6": _is_ipv6,
    "isbn": lambda text: _is_isbn10(text) or _is_isbn13(text),
    "isbn10": _is_isbn10,
    "isbn13": _is_isbn13,
    "mac": _matches(
        r"[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}(([:-][0-9a-fA-F]{2}){2}|([:-][0-9a-fA-F]{2}){14})?"
        r"|[0-9a-fA-F]{4}(\.[0-9a-fA-F]{4}){2}((\.[0-9a-fA-F]{4})|(\.[0-9a-fA-F]{4}){7})?"
    ),
    "rgbcolor": _matches(rf"rgb\(\s*{_OCTETS}\s*,\s*{_OCTETS}\s*,\s*{_OCTETS}\s*\)"),
    "ssn": _matches(r"[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}"),
    "uri": _matches(
        r"(/|[a-zA-Z][a-zA-Z0-9+.-]*:(?!$)(//[^\s/?<>]*(?=[/?]|$)|(?!//)))"
        r"([^%\x00-\x1f\x7f]|%[0-9a-fA-F]{2})*"
    ),
    "uuid": _matches("[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.IGNORECASE),
    "uuid3": _matches(
        "[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}", re.IGNORECASE
    ),
    "uuid4": _matches(
        "[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}", re.IGNORECASE
    ),
    "uuid5": _matches(
        "[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}", re.IGNORECASE
    ),
}


def format_check(name: str) -> Callable[[str], bool] | None:
    """Returns the function that checks whether a text has the format.

    Returns None for a format that the server does not check. Dashes in the name are ignored.
    """
    return FORMATS.get(name.replace("-", ""))
