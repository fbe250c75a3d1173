"""Functions on documents with dotted paths: fill in references, look up values, change values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

_REFERENCE = re.compile(r"\$\{([^}]+)\}")


def filled(value: Any, known: Mapping[str, Any]) -> Any:
    """Returns the value with every `${name.path}` replaced by the value that it refers to."""
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
    """Returns the value at a path, or None if there is no value.

    In a list, a number selects an entry; any other key gives a list with the values of all entries.
    """
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
    """Changes the values at these paths in place and returns the document; None removes a field."""
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
    """Yields all keys and strings of a document, in its order."""
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
    """Yields all mappings of a document, outer ones first."""
    match value:
        case dict():
            yield value
            for inner in value.values():
                yield from mappings(inner)
        case list():
            for inner in value:
                yield from mappings(inner)
