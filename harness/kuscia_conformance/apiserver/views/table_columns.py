"""The cells of tables of built-in kinds: the functions from which the rows are built.

A `Cell` makes one cell of an object. A `Row` makes all cells, in the order of the columns that
`data.columns` has. Most rows are put together from cells by `row`. The rows of the kinds are in
`table_columns_core`, `_network`, `_others`, `_pods`, `_storage` and `_workloads`.

Paths are given as keys: `at("spec", "nodeName")`. A path that leads nowhere is not an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from kuscia_conformance.apiserver.views.ages import age
from kuscia_conformance.kube.objects import Obj

Cell = Callable[[Obj, datetime], Any]
Row = Callable[[Obj, datetime], list[Any]]
#: The rows of kinds, by group and plural.
Rows = Mapping[tuple[str, str], Row]

NONE, UNSET = "<none>", "<unset>"


def row(*cells: Cell) -> Row:
    """Returns a row of these cells."""
    return lambda obj, now: [cell(obj, now) for cell in cells]


def only(value: Callable[[Obj], Any]) -> Cell:
    """Returns a cell that does not depend on the time."""
    return lambda obj, _: value(obj)


def find(obj: Any, *path: str) -> Any:
    """Returns the value at a path, or None if there is nothing."""
    for key in path:
        obj = obj.get(key) if isinstance(obj, dict) else None
    return obj


def at(*path: str, default: Any = "") -> Cell:
    """Returns a cell with the value at a path; `default` if it is missing, empty, zero or false."""
    return lambda obj, _: find(obj, *path) or default


def number(*path: str) -> Cell:
    return at(*path, default=0)


def flag(*path: str) -> Cell:
    return at(*path, default=False)


def since(*path: str, default: str = "<unknown>") -> Cell:
    """Returns a cell that says how long ago the time at a path was."""

    def shown(obj: Obj, now: datetime) -> str:
        timestamp = find(obj, *path)
        return age(timestamp, now) if timestamp else default

    return shown


def size(*paths: Sequence[str]) -> Cell:
    """Returns a cell with the number of items at all these paths together."""
    return lambda obj, _: sum(len(find(obj, *path) or ()) for path in paths)


NAME = at("metadata", "name")
AGE = since("metadata", "creationTimestamp")
CREATED_AT = at("metadata", "creationTimestamp", default=None)


def with_more(shown: Sequence[str], most: int = 3) -> str:
    """Returns the first `most` texts, and how many more there are: `a,b,c + 2 more...`."""
    more = len(shown) - most
    return ",".join(shown[:most]) + (f" + {more} more..." if more > 0 else "")


def labels(found: Mapping[str, str] | None) -> str:
    """Returns labels as text, sorted by key: `a=b,c=d`, or `<none>`."""
    return ",".join(f"{key}={found[key]}" for key in sorted(found)) if found else NONE


def containers(*path: str) -> tuple[Cell, Cell]:
    """Returns two cells: the names and the images of the containers at a path."""

    def of(key: str) -> Cell:
        return lambda obj, _: ",".join(c.get(key, "") for c in find(obj, *path) or ())

    return of("name"), of("image")


def selector(*path: str) -> Cell:
    """Returns a cell with the label selector at a path: `a=b,!c,d in (e,f)`.

    The cell is `<error>` if the selector has an expression without a key or with an unknown
    operator.
    """

    def shown(obj: Obj, _: datetime) -> str:
        found = find(obj, *path) or {}
        wanted = found.get("matchLabels") or {}
        equal = [(key, f"{key}={value}") for key, value in wanted.items()]
        expressions = found.get("matchExpressions") or []
        if not all(each.get("key") and each.get("operator") in _FORMS for each in expressions):
            return "<error>"
        others = [(each["key"], _expression(each)) for each in expressions]
        ordered = sorted(equal + others, key=lambda each: each[0])
        return ",".join(text for _, text in ordered) or NONE

    return shown


_FORMS = {
    "In": "{key} in ({values})",
    "NotIn": "{key} notin ({values})",
    "Exists": "{key}",
    "DoesNotExist": "!{key}",
}


def _expression(expression: Obj) -> str:
    values = ",".join(sorted(expression.get("values") or ()))
    return _FORMS[expression["operator"]].format(key=expression["key"], values=values)


def condition(obj: Obj, type_: str) -> Obj | None:
    """Returns the condition of this type in the object's status, or None."""
    conditions: Iterable[Obj] = find(obj, "status", "conditions") or ()
    return next((each for each in conditions if each.get("type") == type_), None)


def is_true(obj: Obj, type_: str) -> bool:
    """Returns whether the condition of this type has the status True."""
    return (condition(obj, type_) or {}).get("status") == "True"
