"""Documents and the dotted paths into them: references to earlier answers, parts, changes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

_REFERENCE = re.compile(r"\$\{([^}]+)\}")


def filled(value: Any, known: Mapping[str, Any]) -> Any:
    """The value with every `${name.path}` replaced by what is known under it."""
    match value:
        case dict():
            return {filled(key, known): filled(inner, known) for key, inner in value.items()}
        case list():
            return [filled(inner, known) for inner in value]
        case str() if whole := _REFERENCE.fullmatch(value):
            return deepcopy(look_up(known, whole[1]))
        case str():
            return _REFERENCE.sub(lambda found: str(look_up(known, found[1])), value)
    return value


def look_up(document: Any, path: str) -> Any:
    """What is at a path; in a list a number, or what all of its entries have there."""
    for number, key in enumerate(keys := path.split(".")):
        if isinstance(document, list) and not key.isdigit():
            rest = ".".join(keys[number:])
            return [look_up(entry, rest) for entry in document]
        try:
            document = document[int(key) if isinstance(document, list) else key]
        except (KeyError, IndexError, TypeError):
            return None
    return document


def changed(document: Any, changes: Mapping[str, Any]) -> Any:
    """The document with other values at these paths; None takes a field away."""
    for path, value in changes.items():
        *parents, last = path.split(".")
        inner = document
        for key in parents:
            inner = inner[int(key)] if isinstance(inner, list) else inner.setdefault(key, {})
        if value is None:
            inner.pop(last, None)
        else:
            inner[last] = value
    return document


def strings(value: Any) -> Iterator[str]:
    """All the strings in a document, in its order."""
    match value:
        case dict():
            for key, inner in value.items():
                yield key
                yield from strings(inner)
        case list():
            for inner in value:
                yield from strings(inner)
        case str():
            yield value


def mappings(value: Any) -> Iterator[dict[str, Any]]:
    """All the mappings in a document, outer ones first."""
    match value:
        case dict():
            yield value
            for inner in value.values():
                yield from mappings(inner)
        case list():
            for inner in value:
                yield from mappings(inner)
