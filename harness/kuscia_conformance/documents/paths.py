"""Places in a document: `conditions[type=Running].status`, `podStatuses[bob/psi-0].podPhase`.

A path is a tuple of steps. A step is one of

    status           the name of a field
    bob/psi-0        the key of a map; in a text it stands in brackets, and each bracket in it after
                     a backslash
    type=Running     an item of a keyed list, by the fields that identify it
    0                an item of any other list, by its place

KEYS has the keyed lists: their order is free, and each item is identified by some of its fields.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Path = tuple[str, ...]

#: The keyed lists, and the fields that identify an item in each.
KEYS: Mapping[str, tuple[str, ...]] = {
    "conditions": ("type",),
    "partyTaskStatus": ("domainID", "role"),
    "allocatedPorts": ("domainID", "role"),
}

#: The end of a key of a document that stands for any name.
ANY_NAME = "/*"

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_STEP = re.compile(r"(?:^|\.)([A-Za-z_][A-Za-z0-9_]*)|\[((?:[^\\\[\]]|\\.)*)\]")
_RESERVED = re.compile(r"([\\\[\]])")


def path_text(path: Path) -> str:
    """Returns the path as a text for people; the path of the whole document is `.`."""
    parts = [f".{step}" if _NAME.fullmatch(step) else f"[{_escaped(step)}]" for step in path]
    return "".join(parts).removeprefix(".") or "."


def _escaped(step: str) -> str:
    return _RESERVED.sub(r"\\\1", step)


def path_from(text: str) -> Path:
    """Returns the path for a text such as `conditions[type=Running].status`.

    Raises ValueError for a text that is not a path.
    """
    steps, end = [], 0
    for match in _STEP.finditer(text):
        if match.start() != end:
            break
        steps.append(match[1] or re.sub(r"\\(.)", r"\1", match[2]))
        end = match.end()
    if not steps or end != len(text) or text.startswith("."):
        raise ValueError(f"{text!r} is not a path such as conditions[type=Running].status")
    return tuple(steps)


def path_beside(text: str, at: Path = ()) -> Path:
    """Returns the path that a text names, seen from the field at `at`.

    A text that begins with a dot names a neighbour: `.createTime` in `pods.a.startTime` is
    `pods.a.createTime`. Raises ValueError for a text that is not a path.
    """
    return at[:-1] + path_from(text[1:]) if text.startswith(".") else path_from(text)


def item_key(item: Any, keys: tuple[str, ...]) -> str:
    """Returns what identifies an item, as `domainID=alice,role=host`, without empty fields.

    Returns "" for an item that is not a mapping, or has none of the keys.
    """
    values = [(key, item.get(key)) for key in keys] if isinstance(item, Mapping) else []
    return ",".join(f"{key}={value}" for key, value in values if value and _is_plain(value))


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float)


def value_at(document: Any, path: Path) -> Any:
    """Returns the value at a path of an actual document; None if there is nothing."""
    value = document
    for place, step in enumerate(path):
        value = _child(value, step, path[place - 1] if place else "")
    return value


def keys_like(entries: Mapping[str, Any], key: str) -> list[str]:
    """Returns the keys of the entries that the key of a document means.

    `alice/*` means every key that begins with `alice/`: the names of pods with a role are free
    (CR-16). Any other key means itself.
    """
    if key.endswith(ANY_NAME):
        return [each for each in entries if each.startswith(key.removesuffix("*"))]
    return [key] if key in entries else []


def _child(value: Any, step: str, field: str) -> Any:
    if isinstance(value, Mapping):
        found = keys_like(value, step)
        return value[found[0]] if len(found) == 1 else None
    if not isinstance(value, list):
        return None
    if step.isdecimal():
        return value[int(step)] if int(step) < len(value) else None
    keys = KEYS.get(field) or (step.partition("=")[0],)
    # Of several variables with one name Kubernetes sets the last.
    items = reversed(value) if field == "env" else value
    return next((item for item in items if item_key(item, keys) == step), None)
