"""Names what an expected document compares: one subject for each value.

A subject is a text: a kind, and a path below it. For a status document the kind is `status`.

    status.serviceStatuses[alice/psi-0-fed].portNumber   the value of a field
    status.podStatuses[alice/psi-0].readyTime?           only whether the field is there
    status.podStatuses[*]?                               that there are no other entries (`!exact`)

Mappings and items on the way to a value are no subjects of their own: the document reads them only
to reach the value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kuscia_conformance.documents.compare import Mismatch
from kuscia_conformance.documents.operators import Absent, Anything, Exact
from kuscia_conformance.documents.paths import KEYS, Path, item_key, path_text


def compared(document: Any, kind: str) -> tuple[str, ...]:
    """Returns the subjects of a document, in its order."""
    return tuple(dict.fromkeys(_below(document, kind, _last_field(kind))))


def mismatched(document: Any, kind: str, mismatches: Iterable[Mismatch]) -> tuple[str, ...]:
    """Returns the subjects of the mismatches that `compare` found for the document.

    Where a whole part is missing, the subject is that the part is there, and not its values.
    """
    values = compared(document, kind)
    found = [subject_at(kind, mismatch.path) for mismatch in mismatches]
    return tuple(text if text in values else f"{text}?" for text in found)


def subject_at(kind: str, path: Path) -> str:
    """Returns the subject of the value at a path."""
    return kind + path_text(("x", *path)).removeprefix("x")


def _below(value: Any, at: str, field: str) -> Iterator[str]:
    if isinstance(value, Exact):
        yield f"{at}[*]?"
        yield from _entries(value.value, at, field)
    elif isinstance(value, Mapping | list) and value:
        yield from _entries(value, at, field)
    elif isinstance(value, Mapping | list | Anything | Absent):
        yield f"{at}?"
    else:
        yield at


def _entries(value: Any, at: str, field: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _below(inner, subject_at(at, (name,)), name)
        return
    for place, item in enumerate(value):
        keys = KEYS.get(field)
        if keys:
            yield from _item(item, at, keys)
        else:
            yield from _below(item, f"{at}[{place}]", "")


def _item(item: Any, at: str, keys: tuple[str, ...]) -> Iterator[str]:
    """Yields the subjects of an item of a keyed list. The fields that identify it are none."""
    if isinstance(item, Absent):
        yield f"{at}[{item_key(item.item, keys)}]?"
        return
    values = item.value if isinstance(item, Exact) else item
    rest = {name: value for name, value in values.items() if name not in keys}
    whole = Exact(rest) if isinstance(item, Exact) else rest
    yield from _below(whole, f"{at}[{item_key(values, keys)}]", "")


def _last_field(kind: str) -> str:
    return kind.rpartition(".")[2]
