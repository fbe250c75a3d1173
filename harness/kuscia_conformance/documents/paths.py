"""Places in a document: `conditions[type=Running].status`, `podStatuses[bob/psi-0].podPhase`.

A path is a tuple of steps: a field's name, a map's key, or, in a list of objects, the key that
tells its items apart (`type=Running`). KEYS is the one table of such lists.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Path = tuple[str, ...]

#: Lists whose order is free: what tells their items apart.
KEYS: Mapping[str, tuple[str, ...]] = {
    "conditions": ("type",),
    "partyTaskStatus": ("domainID", "role"),
    "allocatedPorts": ("domainID", "role"),
}

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_STEP = re.compile(r"(?:^|\.)([A-Za-z_][A-Za-z0-9_]*)|\[([^\]]+)\]")


def path_text(path: Path) -> str:
    """As people read it; the whole document is `.`."""
    parts = [f".{step}" if _NAME.fullmatch(step) else f"[{step}]" for step in path]
    return "".join(parts).removeprefix(".") or "."


def path_from(text: str) -> Path:
    """The path that a text names. ValueError if it names none."""
    steps, end = [], 0
    for match in _STEP.finditer(text):
        if match.start() != end:
            break
        steps.append(match[1] or match[2])
        end = match.end()
    if not steps or end != len(text) or text.startswith("."):
        raise ValueError(f"{text!r} is no path; one reads like conditions[type=Running].status")
    return tuple(steps)


def path_beside(text: str, at: Path = ()) -> Path:
    """The path that a text names at a place: one that begins with a dot is a neighbour's.

    ValueError if it names none.
    """
    return at[:-1] + path_from(text[1:]) if text.startswith(".") else path_from(text)


def item_key(item: Any, keys: tuple[str, ...]) -> str:
    """What tells an item apart, as `domainID=alice,role=host`; what is empty is left out."""
    values = [(key, item.get(key)) for key in keys] if isinstance(item, Mapping) else []
    return ",".join(f"{key}={value}" for key, value in values if value and _is_plain(value))


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float)


def value_at(document: Any, path: Path) -> Any:
    """The value at a path of an actual document; None where there is nothing."""
    value = document
    for place, step in enumerate(path):
        value = _child(value, step, path[place - 1] if place else "")
    return value


def _child(value: Any, step: str, field: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(step)
    if not isinstance(value, list):
        return None
    if step.isdigit():
        return value[int(step)] if int(step) < len(value) else None
    keys = KEYS.get(field) or (step.partition("=")[0],)
    return next((item for item in value if item_key(item, keys) == step), None)
