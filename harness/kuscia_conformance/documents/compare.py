"""Compares an expected document with an actual one: finds every mismatch, in the document's order.

1. `_Alignment` brings both into the same shape: keyed lists become mappings, fields that the
   document does not mention are left out, and MISSING stands where one side has nothing.
2. DeepDiff finds the differences, and `_Rules` lets the operators judge the values they meet.
3. The differences become `Mismatch`es, sorted by their place in the document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from deepdiff import DeepDiff

from kuscia_conformance.documents.operators import (
    MISSING,
    Absent,
    Context,
    Exact,
    Operator,
    value_text,
)
from kuscia_conformance.documents.paths import KEYS, Path, item_key, keys_like


@dataclass(frozen=True)
class Mismatch:
    """One place where the actual document is not as expected.

    `expected` and `actual` are texts for people, such as `a time not before startTime`.
    """

    path: Path
    expected: str
    actual: str
    #: How many of the document's fields it covers: several if a whole part is missing.
    fields: int = 1


def compare(document: Any, actual: Any, context: Context | None = None) -> tuple[Mismatch, ...]:
    """Returns every mismatch; an empty tuple means that the actual document is as expected.

    `document` is what `load_document` returns. `context` has the nodes for `!node-of`.
    """
    aligned = _Alignment()
    expected, found = aligned.both(document, actual, ())
    diff = DeepDiff(
        expected,
        found,
        view="tree",
        custom_operators=[_Rules(replace(context or Context(), root=actual))],
        zip_ordered_iterables=True,
        threshold_to_diff_deeper=0,  # else a mapping with little in common counts as one change
        ignore_private_variables=False,  # else keys that begin with "__" are not compared
    )
    mismatches = [_mismatch(level) for kind in diff for level in diff[kind]]
    order = {path: place for place, path in enumerate(_paths(expected))}
    return tuple(sorted(aligned.doubled + mismatches, key=lambda m: _place(m.path, order)))


def fields(document: Any) -> int:
    """Returns the number of single values that a document compares."""
    if isinstance(document, Exact):
        return fields(document.value)
    if isinstance(document, Mapping) and document:
        return sum(fields(value) for value in document.values())
    if isinstance(document, list) and document:
        return sum(fields(value) for value in document)
    return 1


def score(document: Any, actual: Any, context: Context | None = None) -> int:
    """Returns how many of the document's fields are as expected, from 0 to `fields(document)`."""
    wrong = sum(mismatch.fields for mismatch in compare(document, actual, context))
    return max(fields(document) - wrong, 0)


class _Rules:
    """A custom operator of DeepDiff, which lets our operators judge the values that they meet."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def match(self, level: Any) -> bool:
        return isinstance(level.t1, Operator)

    def give_up_diffing(self, level: Any, diff_instance: Any) -> bool:
        context = replace(self.context, at=_path(level))
        if not level.t1.accepts(level.t2, context):
            diff_instance.custom_report_result("rule", level, {})
        return True


class _Alignment:
    """Brings the two documents into the same shape, without fields that are not compared."""

    def __init__(self) -> None:
        self.doubled: list[Mismatch] = []

    def both(self, expected: Any, actual: Any, path: Path) -> tuple[Any, Any]:
        if actual is MISSING and _asks_only_for_absence(expected):
            return MISSING, MISSING
        exact, wanted = isinstance(expected, Exact), _inside(expected)
        if isinstance(wanted, Mapping) and isinstance(actual, Mapping):
            return self._mappings(wanted, actual, path, exact=exact)
        if not isinstance(wanted, list) or not isinstance(actual, list):
            return wanted, actual
        keys = KEYS.get(path[-1]) if path else None
        if keys is None:
            return self._lists(wanted, actual, path)
        found = self._keyed(actual, keys, path)
        return self._mappings(_named(wanted, keys, found), found, path, exact=exact)

    def _mappings(
        self, wanted: Mapping[str, Any], actual: Mapping[str, Any], path: Path, *, exact: bool
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        found = {key: keys_like(actual, key) for key in wanted}
        meant = {key for keys in found.values() for key in keys}
        further = [key for key in actual if key not in meant] if exact else []
        pairs = {
            key: self.both(wanted[key], actual[keys[0]] if keys else MISSING, (*path, key))
            for key, keys in found.items()
            if self._is_one(keys, (*path, key))
        }
        others = {key: self.both(MISSING, actual[key], (*path, key)) for key in further}
        return _unzip({**pairs, **others})

    def _is_one(self, keys: list[str], path: Path) -> bool:
        """Checks that a key such as `alice/*` does not mean several entries; else a mismatch."""
        if len(keys) > 1:
            self.doubled.append(Mismatch(path, "one entry", f"{len(keys)}: {', '.join(keys)}"))
        return len(keys) <= 1

    def _lists(self, wanted: list[Any], actual: list[Any], path: Path) -> tuple[Any, Any]:
        pairs = [
            self.both(left, right, (*path, str(place)))
            for place, (left, right) in enumerate(zip_longest(wanted, actual, fillvalue=MISSING))
        ]
        return [left for left, _ in pairs], [right for _, right in pairs]

    def _keyed(self, items: list[Any], keys: tuple[str, ...], path: Path) -> dict[str, Any]:
        """Returns the items by key. A key that occurs twice is a mismatch of its own (VW-08)."""
        names = Counter(item_key(item, keys) for item in items)
        self.doubled += [
            Mismatch((*path, name), "once", f"{count} times")
            for name, count in names.items()
            if count > 1
        ]
        return {item_key(item, keys): item for item in items}


def _named(wanted: list[Any], keys: tuple[str, ...], found: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the wanted items by key.

    `!absent {…}` becomes an Absent for each found item that has these values.
    """
    named: dict[str, Any] = {}
    for item in wanted:
        if isinstance(item, Absent):
            named |= {name: Absent() for name, other in found.items() if _has(other, item.item)}
        else:
            named[item_key(_inside(item), keys)] = item
    return named


def _has(item: Any, values: Mapping[str, Any] | None) -> bool:
    return isinstance(item, Mapping) and all(
        item.get(key) == value for key, value in (values or {}).items()
    )


def _asks_only_for_absence(expected: Any) -> bool:
    """Checks whether a value only asks for absence.

    It is then also met where the whole list or mapping is missing: many writers leave empty ones
    out.
    """
    if isinstance(expected, Mapping | list) and expected:
        inner = expected.values() if isinstance(expected, Mapping) else expected
        return all(_asks_only_for_absence(value) for value in inner)
    return isinstance(expected, Absent)


def _inside(value: Any) -> Any:
    return value.value if isinstance(value, Exact) else value


def _unzip(pairs: Mapping[str, tuple[Any, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    return {k: left for k, (left, _) in pairs.items()}, {
        k: right for k, (_, right) in pairs.items()
    }


def _mismatch(level: Any) -> Mismatch:
    missing = level.t2 is MISSING
    is_part = isinstance(level.t1, Mapping | list)
    return Mismatch(
        _path(level),
        "present" if missing and is_part else value_text(level.t1),
        value_text(level.t2),
        fields(level.t1) if missing else 1,
    )


def _path(level: Any) -> Path:
    return tuple(str(step) for step in level.path(output_format="list"))


def _paths(document: Any, path: Path = ()) -> Iterator[Path]:
    """Yields every path of a document, in its order."""
    yield path
    entries: Any = ()
    if isinstance(document, Mapping):
        entries = document.items()
    elif isinstance(document, list):
        entries = enumerate(document)
    for step, value in entries:
        yield from _paths(value, (*path, str(step)))


def _place(path: Path, order: Mapping[Path, int]) -> int:
    """Returns the place of a path in the document, or that of the nearest path around it."""
    return order[path] if path in order else _place(path[:-1], order)
