"""Quantities (`100m`, `2Gi`, `1e3`) of any length, as resource.Quantity of Kubernetes reads them.

    parsed("0.1Gi").text      the form in which the server writes it: 107374182400m
    parsed("0.1Gi").value     the exact value
    .rounded_up()             the same to thousandths, as resource lists of pods and nodes have it

Values are rounded up to a billionth. With a binary suffix they end at 2**63 - 1. A text that is
already canonical is kept as it was written, with its signs and zeros: `+1`, `007`, `1e+3`.

One rule is not Kubernetes': exponents beyond LARGEST_EXPONENT are refused. A real server accepts
them, and computes for minutes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, ROUND_UP, Context, Decimal
from functools import lru_cache
from typing import Final

LARGEST_EXPONENT: Final = 10_000

_SCANNED: Final = re.compile(
    r"(?P<value>(?P<sign>[+-]?)0*(?P<whole>[0-9]*)(?:\.(?P<part>[0-9]*))?)"
    r"(?P<suffix>[eEinumkKMGTP]*[+-]?[0-9]*)"
)
_BINARY: Final = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_DECIMAL: Final = {
    "n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18,
}  # fmt: skip
_DECIMAL_OF: Final = {power: suffix for suffix, power in _DECIMAL.items()}
_BINARY_OF: Final = {0: ""} | {power: suffix for suffix, power in _BINARY.items()}
_EXPONENT: Final = re.compile("[eE]([+-]?[0-9]+)")
#: A text of up to so many digits is read as an int64, and may be kept. More are read as a decimal.
_SHORT: Final = 18
_LARGEST: Final = Decimal(2**63 - 1)
_NANO, _MILLI = Decimal("1e-9"), Decimal("1e-3")
_EXACT: Final = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)

_FORMAT: Final = (
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
)
_NUMERIC: Final = "unable to parse numeric part of quantity"
_SUFFIX: Final = "unable to parse quantity's suffix"


class QuantityError(ValueError):
    """A text is not a quantity; the message is that of Kubernetes."""


@dataclass(frozen=True)
class Quantity:
    """A value, and the form in which it is written."""

    value: Decimal
    #: binary (2Gi), exponent (2e9) or decimal (2G).
    form: str
    #: The text as it was written if that is a canonical form, else "".
    kept: str = ""

    @property
    def text(self) -> str:
        return self.kept or _written(self.value, self.form)

    def rounded_up(self) -> Quantity:
        """Returns the quantity in whole thousandths, rounded away from zero."""
        value = _up(self.value, _MILLI)
        return self if value == self.value else Quantity(value, self.form)


@dataclass(frozen=True)
class _Suffix:
    base: int
    power: int
    form: str


@lru_cache(maxsize=4096)
def parsed(text: str) -> Quantity:
    """Returns the quantity; raises QuantityError if the text is not one."""
    text = text.strip(" ")
    found = _SCANNED.fullmatch(text)
    if not text or found is None:
        raise QuantityError(_FORMAT)
    suffix, digits = _suffix(found["suffix"]), (found["whole"] or "0") + (found["part"] or "")
    value = _value(found, digits, suffix)
    if suffix.base == 2 and abs(value) > _LARGEST:
        value = _LARGEST.copy_sign(value)
    form = "decimal" if suffix.base == 2 and 0 < abs(value) < 1 else suffix.form
    return Quantity(value, form, text if _is_canonical(found, digits, suffix) else "")


def _suffix(text: str) -> _Suffix:
    if text in _BINARY:
        return _Suffix(2, _BINARY[text], "binary")
    if text in _DECIMAL:
        return _Suffix(10, _DECIMAL[text], "decimal")
    found = _EXPONENT.fullmatch(text)
    if found is None:
        raise QuantityError(_SUFFIX)
    exponent = Decimal(found[1])
    if abs(exponent) > LARGEST_EXPONENT:
        raise QuantityError(_NUMERIC)
    return _Suffix(10, int(exponent), "exponent")


def _value(found: re.Match[str], digits: str, suffix: _Suffix) -> Decimal:
    """Returns the exact value, rounded up to a billionth."""
    if not digits.strip("0"):
        return Decimal(0)
    factor = Decimal(2**suffix.power) if suffix.base == 2 else Decimal(f"1e{suffix.power}")
    shift = Decimal(f"1e-{len(found['part'] or '')}")
    number = _EXACT.multiply(_EXACT.multiply(Decimal(digits), shift), factor)
    return _up(-number if found["sign"] == "-" else number, _NANO)


def _up(value: Decimal, unit: Decimal) -> Decimal:
    exponent = value.as_tuple().exponent
    if int(exponent) >= int(unit.as_tuple().exponent):
        return value
    return value.quantize(unit, ROUND_UP, _EXACT)


def _is_canonical(found: re.Match[str], digits: str, suffix: _Suffix) -> bool:
    """Says whether Kubernetes keeps the text as it was written: the rules of ParseQuantity."""
    places = len(found["part"] or "")
    if suffix.base == 2:
        fits = len(digits) + suffix.power * 3 // 10 < 15 and not places
        return fits and suffix.power % 10 == 0 and int(digits) % 8 != 0
    scale = suffix.power - places
    is_short = len(digits) <= _SHORT and scale >= -9
    return is_short and scale % 3 == 0 and not digits.endswith("000") and digits[0] != "0"


def _written(value: Decimal, form: str) -> str:
    if not value:
        return "0"
    if form == "binary" and abs(value) >= 1024 and value == value.to_integral_value():
        return _in_binary(int(value))
    sign, digits, exponent = value.normalize(_EXACT).as_tuple()
    power = int(exponent) - int(exponent) % 3
    mantissa = "-" * sign + "".join(map(str, digits)) + "0" * (int(exponent) - power)
    if form == "exponent":
        return f"{mantissa}e{power}" if power else mantissa
    # Kubernetes 1.34 has no suffix beyond E, and leaves it out: 1000E becomes 1.
    return mantissa + _DECIMAL_OF.get(power, "")


def _in_binary(value: int) -> str:
    power = 0
    while value % 1024 == 0:
        value, power = value // 1024, power + 10
    return f"{value}{_BINARY_OF[power]}"
