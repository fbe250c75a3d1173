"""Quantities (`100m`, `2Gi`): their values, and the canonical form that the server writes."""

from __future__ import annotations

import re
from decimal import ROUND_UP, Context, Decimal
from functools import lru_cache
from typing import Any, Final

from kuscia_conformance.apiserver.apimachinery.status_errors import bad_request
from kuscia_conformance.kube.objects import Obj, quantity

_FORM: Final = re.compile(
    r"[+-]?(\d+\.?\d*|\.\d+)(?:(?P<binary>[KMGTPE]i)|(?P<exponent>[eE][+-]?\d{1,9})|[numkMGTPE]?)"
)
_BINARY: Final = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
_DECIMAL: Final = ("n", "u", "m", "", "k", "M", "G", "T", "P", "E")
_LEAST: Final = Decimal("1e-9")
#: Values from here on are written with an exponent, not with a suffix.
_HUGE: Final = Decimal("1e36")
_EXACTLY: Final = Context(prec=100)
_MILLI: Final = Decimal("1e-3")


@lru_cache(maxsize=4096)
def number(text: str) -> Decimal:
    """Returns the value of a quantity; raises ValueError if the text is not a quantity."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return Decimal(text) if found["exponent"] else quantity(text)


@lru_cache(maxsize=4096)
def canonical(text: str, least: Decimal = _LEAST) -> str:
    """Returns a quantity in the form in which the server writes it, rounded up to `least`.

    Raises ValueError if the text is not a quantity.
    """
    value = number(text)
    if abs(value) >= _HUGE:
        return _without_end(value)
    exact = value.quantize(least, ROUND_UP, _EXACTLY) if _EXACTLY.remainder(value, least) else value
    found = _FORM.fullmatch(text)
    assert found is not None
    if found["binary"] and abs(exact) >= 1024 and exact == exact.to_integral_value():
        return _binary(int(exact))
    return _decimal(exact, bool(found["exponent"]))


def _without_end(value: Decimal) -> str:
    """Writes a value too large for any suffix: digits, and an exponent that is divisible by 3."""
    sign, digits, exponent = value.normalize().as_tuple()
    power = int(exponent) - int(exponent) % 3
    scaled = Decimal((sign, digits, int(exponent) - power))
    return f"{scaled:f}e{power}"


def _binary(value: int) -> str:
    power = 0
    while value % 1024 == 0 and power < len(_BINARY) - 1:
        value, power = value // 1024, power + 1
    return f"{value}{_BINARY[power]}"


def _decimal(value: Decimal, with_exponent: bool) -> str:
    if not value:
        return "0"
    units, power = int(value * 10**9), 0
    while units % 1000 == 0 and power < len(_DECIMAL) - 1:
        units, power = units // 1000, power + 1
    if with_exponent:
        exponent = 3 * power - 9
        return f"{units}e{exponent}" if exponent else str(units)
    return f"{units}{_DECIMAL[power]}"


def canonical_resources(resources: Obj, kind: str) -> None:
    """Rewrites limits, requests or a capacity in the canonical form, rounded up to thousandths.

    Raises StatusError (400) if a value is not a quantity; its message names the `kind`.
    """
    for name, value in resources.items():
        resources[name] = _checked(value, kind)


def _checked(value: Any, kind: str) -> str:
    try:
        return canonical(str(value), _MILLI)
    except ValueError:
        raise bad_request(
            f'{kind} in version "v1" cannot be handled as a {kind}: quantities must match the '
            "regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
        ) from None
