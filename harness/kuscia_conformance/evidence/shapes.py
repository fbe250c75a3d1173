"""Says in words why a JSON value is not the fields of a dataclass, as `asdict` has written them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

from kuscia_conformance.errors import UsageError
from kuscia_conformance.kube.objects import time_from

_WORDS = {
    dict: "an object",
    list: "a list",
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
}


def require_shape(value: Any, hint: Any, where: object, what: str) -> None:
    """Checks that the value has the form of the type; `what` says what it is, as `a plan`.

    Raises UsageError with the first entry that is missing, is too much, or has another type.
    """
    if found := next(_faults(value, hint, ""), ""):
        raise UsageError(f"{where}: this is not {what}: {found}")


def require_time(value: Any, where: str) -> None:
    """Raises UsageError if the value is neither empty nor an RFC 3339 time."""
    try:
        _ = value == "" or time_from(value)
    except (TypeError, ValueError, AttributeError):
        raise UsageError(f"{where}: {value!r} is not a time") from None


def _faults(value: Any, hint: Any, name: str) -> Iterator[str]:
    kind, of = get_origin(hint) or hint, get_args(hint)
    if is_dataclass(kind):
        yield from _faults_of_fields(value, kind, name)
    elif kind in (tuple, frozenset):
        yield from _other(value, list, name)
        for number, each in enumerate(value):
            yield from _faults(each, of[0], f"{name}[{number}]")
    elif kind is Mapping:
        yield from _other(value, dict, name)
        for key, each in value.items():
            yield from _faults(each, of[1], f"{name}.{key}".lstrip("."))
    elif kind is not Any:
        yield from _other(value, kind, name)


def _faults_of_fields(value: Any, kind: Any, name: str) -> Iterator[str]:
    yield from _other(value, dict, name)
    hints = get_type_hints(kind)
    expected = {field.name: hints[field.name] for field in fields(kind)}
    inside = f" in {name}" if name else ""
    yield from (f"{each!r} is missing{inside}" for each in expected if each not in value)
    yield from (f"{each!r} is not known{inside}" for each in value if each not in expected)
    for each, hint in expected.items():
        yield from _faults(value[each], hint, f"{name}.{each}".lstrip("."))


def _other(value: Any, kind: type, name: str) -> Iterator[str]:
    """Yields what is wrong if the value has another type; a whole number is a number, too."""
    same = type(value) is kind or (kind is float and type(value) is int)
    if not same:
        found = _WORDS.get(type(value), "null")
        yield f"{name or 'the file'}: expected {_WORDS[kind]}, found {found}"
