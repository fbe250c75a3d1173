"""Compare an expected document with an actual one: every mismatch, in the document's order.

Keyed lists become mappings, what the document does not mention is left out, and one plain
DeepDiff does the rest. Absence, and keys that stand twice, are settled before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from deepdiff import DeepDiff

from harness.documents.operators import Absent, Context, Exact, Operator
from harness.documents.paths import KEYS, Path, item_key


@dataclass(frozen=True)
class Mismatch:
    """One place where the actual document is not as expected."""

    path: Path
    expected: str
    actual: str
    #: How many of the document's fields this is: several where a whole part is missing.
    fields: int = 1


def compare(document: Any, actual: Any, context: Context | None = None) -> tuple[Mismatch, ...]:
    """Every mismatch; none means that the actual document is as expected."""
    context = replace(context or Context(), root=actual)
    aligned = _Alignment()
    expected, found = aligned.both(document, actual, ())
    rules = _Rules(context)
    diff = DeepDiff(
        expected,
        found,
        view="tree",
        custom_operators=[rules],
        zip_ordered_iterables=True,
        threshold_to_diff_deeper=0,
        verbose_level=2,
    )
    mismatches = aligned.doubled + [_mismatch(level) for kind in diff for level in diff[kind]]
    order = {path: place for place, path in enumerate(_paths(expected))}
    return tuple(sorted(mismatches, key=lambda m: (order.get(m.path, len(order)), m.path)))


def fields(document: Any) -> int:
    """How many single values a document asks about."""
    if isinstance(document, Exact):
        return fields(document.value)
    if isinstance(document, Mapping):
        return sum(fields(value) for value in document.values())
    if isinstance(document, list):
        return sum(fields(value) for value in document)
    return 1


def score(document: Any, actual: Any, context: Context | None = None) -> int:
    """How many of the document's fields are as expected."""
    wrong = sum(mismatch.fields for mismatch in compare(document, actual, context))
    return max(fields(document) - wrong, 0)


class _Rules:
    """DeepDiff's custom operator: our operators judge the values that they meet."""

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
    """The two documents in the same shape, without what is not asked about."""

    def __init__(self) -> None:
        self.doubled: list[Mismatch] = []

    def both(self, expected: Any, actual: Any, path: Path) -> tuple[Any, Any]:
        exact = isinstance(expected, Exact)
        wanted = expected.value if exact else expected
        keys = KEYS.get(path[-1]) if path and isinstance(wanted, list) else None
        if keys:
            wanted = {_expected_key(item, keys): _without_marker(item) for item in wanted}
            actual = self._keyed(actual, keys, path) if isinstance(actual, list) else actual
        if isinstance(wanted, Mapping) and isinstance(actual, Mapping):
            return self._mappings(wanted, actual, path, exact=exact)
        if isinstance(wanted, list) and isinstance(actual, list):
            return self._lists(wanted, actual, path)
        return wanted, actual

    def _mappings(
        self, wanted: Mapping[str, Any], actual: Mapping[str, Any], path: Path, *, exact: bool
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        left: dict[str, Any] = {}
        right = {key: value for key, value in actual.items() if exact and key not in wanted}
        for key, value in wanted.items():
            if key in actual:
                left[key], right[key] = self.both(value, actual[key], (*path, key))
            elif not isinstance(value, Absent):
                left[key] = value
        return left, right

    def _lists(self, wanted: list[Any], actual: list[Any], path: Path) -> tuple[Any, Any]:
        if len(wanted) != len(actual):
            return wanted, actual
        pairs = enumerate(zip(wanted, actual, strict=True))
        both = [self.both(left, right, (*path, str(place))) for place, (left, right) in pairs]
        return [left for left, _ in both], [right for _, right in both]

    def _keyed(self, items: list[Any], keys: tuple[str, ...], path: Path) -> dict[str, Any]:
        names = Counter(item_key(item, keys) for item in items)
        for name, count in names.items():
            if count > 1:
                self.doubled.append(Mismatch((*path, name), "once", f"{count} times"))
        return {item_key(item, keys): item for item in items}


def _expected_key(item: Any, keys: tuple[str, ...]) -> str:
    return item_key(item.item if isinstance(item, Absent) else item, keys)


def _without_marker(item: Any) -> Any:
    return Absent() if isinstance(item, Absent) else item


def _mismatch(level: Any) -> Mismatch:
    expected = level.t1
    missing = repr(level.t2) == "not present"
    return Mismatch(
        _path(level),
        _expected_text(expected, missing=missing),
        "absent" if missing else value_text(level.t2),
        fields(expected) if missing else 1,
    )


def _path(level: Any) -> Path:
    return tuple(str(step) for step in level.path(output_format="list"))


def _expected_text(value: Any, *, missing: bool) -> str:
    if isinstance(value, Operator) and not isinstance(value, Exact):
        return value.wants()
    if repr(value) == "not present":
        return "absent"
    if missing and isinstance(value, Mapping | list | Exact):
        return "present"
    return value_text(value)


def value_text(value: Any) -> str:
    """A value as it would stand in the document; a text that looks like something else, quoted."""
    if isinstance(value, Operator):
        return value.wants()
    if isinstance(value, str):
        return repr(value) if value in ("", "true", "false", "null") or _is_number(value) else value
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {value_text(v)}" for key, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(value_text(item) for item in value) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)


def _is_number(text: str) -> bool:
    return text.lstrip("+-").replace(".", "", 1).isdigit()


def _paths(document: Any, path: Path = ()) -> Iterator[Path]:
    """Every place of a document, in its order."""
    yield path
    inner = document.value if isinstance(document, Exact) else document
    if isinstance(inner, Mapping):
        for key, value in inner.items():
            yield from _paths(value, (*path, str(key)))
    elif isinstance(inner, list):
        for place, value in enumerate(inner):
            yield from _paths(value, (*path, str(place)))
