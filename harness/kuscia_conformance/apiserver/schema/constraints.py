"""The rules for a value itself, not for the values below it: lengths, ranges, formats, enums.

Each `of_…` function returns the rules for one kind of value (strings, numbers, …), in the order in
which the server applies them. A rule appends a FieldError to `causes` for each violation.
`validate`, `structure` and `alternatives` combine these rules into rules for whole objects.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import orjson

from kuscia_conformance.apiserver.apimachinery.go_text import number, quoted, shown
from kuscia_conformance.apiserver.apimachinery.status_errors import FieldError
from kuscia_conformance.apiserver.schema.formats import format_check
from kuscia_conformance.apiserver.schema.patterns import compiled

#: Checks a value at a path, and appends errors to the list. Returns a score: how much of the
#: value matched. anyOf and oneOf compare their alternatives by it.
Rule = Callable[[Any, str, list[FieldError]], int]

#: Up to this number a float can hold every integer exactly.
_EXACT: Final = 2**53 - 1
_TOLERANCE: Final = 1e-9
_INT64: Final = (-(2**63), 2**63 - 1)


def said(path: str, text: str) -> str:
    """Returns a message as the server's validator words it: `spec.replicas in body should be …`."""
    return f"{path} in body {text}"


def invalid(path: str, value: Any, detail: str) -> FieldError:
    """Returns a FieldValueInvalid error that shows the value."""
    return FieldError("FieldValueInvalid", f"Invalid value: {shown(value)}: {detail}", path)


def wrong_type(path: str, wanted: str, found: str) -> FieldError:
    """Returns a FieldValueTypeInvalid error; `found` names the type that the value has."""
    text = quoted(found)
    detail = said(path, f"must be of type {wanted}: {text}")
    return FieldError("FieldValueTypeInvalid", f"Invalid value: {text}: {detail}", path)


def too_many(path: str, size: int, most: int) -> FieldError:
    """Returns a FieldValueTooMany error for `size` items where at most `most` are allowed."""
    items = "item" if most == 1 else "items"
    return FieldError(
        "FieldValueTooMany", f"Too many: {size}: must have at most {most} {items}", path
    )


def is_whole(value: float) -> bool:
    """Checks whether a number counts as an integer.

    An int must be in the range of int64. A float counts if it is next to equal to an integer.
    """
    if isinstance(value, int):
        return _INT64[0] <= value <= _INT64[1]
    if not -_EXACT <= value <= _EXACT:
        return False
    near = int(value)
    return value == near or abs(value - near) < _TOLERANCE * (abs(value) + abs(near))


def of_string(rules: dict[str, Any]) -> list[Rule]:
    """Returns the rules for strings: length and pattern, then the format if the server knows it."""
    found = [_string_rule(rules)] if rules.keys() & {"maxLength", "minLength", "pattern"} else []
    check = format_check(rules.get("format", ""))
    return [*found, _format_rule(rules["format"], check)] if check else found


def _string_rule(rules: dict[str, Any]) -> Rule:
    """Reports only the first violation: of maxLength, then minLength, then pattern."""
    most, least = rules.get("maxLength"), rules.get("minLength")
    pattern = rules.get("pattern")
    regex = compiled(pattern) if pattern else None

    def rule(value: str, path: str, causes: list[FieldError]) -> int:
        if most is not None and len(value) > most:
            unit = "byte" if most == 1 else "bytes"
            text = f"Too long: may not be more than {most} {unit}"
            causes.append(FieldError("FieldValueTooLong", text, path))
        elif least is not None and len(value) < least:
            detail = said(path, f"should be at least {least} chars long")
            causes.append(invalid(path, value, detail))
        elif regex is not None and regex.search(value) is None:
            causes.append(invalid(path, value, said(path, f"should match '{pattern}'")))
        return 0

    return rule


def _format_rule(name: str, check: Callable[[str], bool]) -> Rule:
    def rule(value: str, path: str, causes: list[FieldError]) -> int:
        if not check(value):
            causes.append(wrong_type(path, name, value))
        return 0

    return rule


def of_number(rules: dict[str, Any]) -> list[Rule]:
    """Returns the rules for numbers: multipleOf, minimum, maximum."""
    return [
        *([_multiple(rules["multipleOf"])] if "multipleOf" in rules else []),
        *([_minimum(rules)] if "minimum" in rules else []),
        *([_maximum(rules)] if "maximum" in rules else []),
    ]


def _as_is(bound: float, value: float) -> float:
    """Returns a bound in the type of the value that is compared with it.

    For an integer value the bound is cut to an integer; outside of int64 it becomes the least
    int64.
    """
    if not isinstance(value, int):
        return bound
    return int(bound) if _INT64[0] <= bound <= _INT64[1] else _INT64[0]


def _multiple(factor: float) -> Rule:
    def rule(value: float, path: str, causes: list[FieldError]) -> int:
        factor_now = _as_is(factor, value)
        if factor_now <= 0:
            detail = f"factor MultipleOf declared for {path} must be positive: {number(factor_now)}"
            causes.append(invalid(path, factor_now, detail))
        elif not _is_multiple(value, factor_now):
            detail = said(path, f"should be a multiple of {number(factor_now)}")
            causes.append(invalid(path, value, detail))
        return 0

    return rule


def _is_multiple(value: float, factor: float) -> bool:
    if isinstance(value, int):
        return value % factor == 0
    return is_whole(1 / factor * value if factor < 1 else value / factor)


def _minimum(rules: dict[str, Any]) -> Rule:
    bound, exclusive = rules["minimum"], bool(rules.get("exclusiveMinimum"))
    words = "greater than" if exclusive else "greater than or equal to"

    def rule(value: float, path: str, causes: list[FieldError]) -> int:
        least = _as_is(bound, value)
        if value < least or (exclusive and value == least):
            causes.append(invalid(path, value, said(path, f"should be {words} {number(least)}")))
        return 0

    return rule


def _maximum(rules: dict[str, Any]) -> Rule:
    bound, exclusive = rules["maximum"], bool(rules.get("exclusiveMaximum"))
    words = "less than" if exclusive else "less than or equal to"

    def rule(value: float, path: str, causes: list[FieldError]) -> int:
        most = _as_is(bound, value)
        if value > most or (exclusive and value == most):
            causes.append(invalid(path, value, said(path, f"should be {words} {number(most)}")))
        return 0

    return rule


def of_array(rules: dict[str, Any]) -> list[Rule]:
    """Returns the rules for arrays: minItems, maxItems, uniqueItems."""
    return [
        *([_at_least(rules["minItems"], "items")] if "minItems" in rules else []),
        *([_at_most(rules["maxItems"])] if "maxItems" in rules else []),
        *([_unique] if rules.get("uniqueItems") else []),
    ]


def of_object(rules: dict[str, Any]) -> list[Rule]:
    """Returns the rules for objects: minProperties, maxProperties."""
    return [
        *([_at_least(rules["minProperties"], "properties")] if "minProperties" in rules else []),
        *([_at_most(rules["maxProperties"])] if "maxProperties" in rules else []),
    ]


def _at_least(least: int, things: str) -> Rule:
    def rule(value: Any, path: str, causes: list[FieldError]) -> int:
        if len(value) < least:
            detail = said(path, f"should have at least {least} {things}")
            causes.append(invalid(path, len(value), detail))
        return 0

    return rule


def _at_most(most: int) -> Rule:
    def rule(value: Any, path: str, causes: list[FieldError]) -> int:
        if len(value) > most:
            causes.append(too_many(path, len(value), most))
        return 0

    return rule


def _unique(value: list[Any], path: str, causes: list[FieldError]) -> int:
    if len(set(map(_same_text, value))) < len(value):
        causes.append(invalid(path, "", said(path, "shouldn't contain duplicates")))
    return 0


def of_enum(values: list[Any]) -> Rule:
    """Returns the rule for an enum. A null never matches, even if the enum lists null."""
    texts = {_same_text(value) for value in values if value is not None}
    words = [v if isinstance(v, str) else orjson.dumps(v).decode() for v in values]
    supported = ", ".join(map(quoted, words))

    def rule(value: Any, path: str, causes: list[FieldError]) -> int:
        if _same_text(value) not in texts:
            text = f"Unsupported value: {shown(value)}: supported values: {supported}"
            causes.append(FieldError("FieldValueNotSupported", text, path))
        return 0

    return rule


def _same_text(value: Any) -> str | bytes:
    """Returns equal texts for equal values: equal for 1 and 1.0, but not for 1 and True."""
    if isinstance(value, float) and value == int(value):
        value = int(value)
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
