"""What the columns of built-in kinds show, and the pieces of which the rows are made.

A `Row` gives all cells of an object, in the order of the columns that `data.columns` names. Most
are made cell by cell with `row`. `table_columns_core`, `_network`, `_others`, `_pods`, `_storage`
and `_workloads` have the kinds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from kuscia_conformance.apiserver.views.ages import age
from kuscia_conformance.kube.objects import Obj

Cell = Callable[[Obj, datetime], Any]
Row = Callable[[Obj, datetime], list[Any]]
#: By group and plural.
Rows = Mapping[tuple[str, str], Row]

NONE, UNSET = "<none>", "<unset>"


def row(*cells: Cell) -> Row:
    return lambda obj, now: [cell(obj, now) for cell in cells]


def only(value: Callable[[Obj], Any]) -> Cell:
    """A cell for which the time is of no matter."""
    return lambda obj, _: value(obj)


def find(obj: Any, *path: str) -> Any:
    """What stands at a path; None where nothing does."""
    for key in path:
        obj = obj.get(key) if isinstance(obj, dict) else None
    return obj


def at(*path: str, default: Any = "") -> Cell:
    """What stands at a path; `default` where that is nothing, zero, false or empty."""
    return lambda obj, _: find(obj, *path) or default


def number(*path: str) -> Cell:
    return at(*path, default=0)


def flag(*path: str) -> Cell:
    return at(*path, default=False)


def since(*path: str, default: str = "<unknown>") -> Cell:
    """How long ago it is."""

    def shown(obj: Obj, now: datetime) -> str:
        timestamp = find(obj, *path)
        return age(timestamp, now) if timestamp else default

    return shown


def size(*paths: Sequence[str]) -> Cell:
    """How many there are, at all these paths together."""
    return lambda obj, _: sum(len(find(obj, *path) or ()) for path in paths)


NAME = at("metadata", "name")
AGE = since("metadata", "creationTimestamp")
CREATED_AT = at("metadata", "creationTimestamp", default=None)


def with_more(shown: Sequence[str], most: int = 3) -> str:
    """The first ones, and how many there are besides."""
    more = len(shown) - most
    return ",".join(shown[:most]) + (f" + {more} more..." if more > 0 else "")


def labels(found: Mapping[str, str] | None) -> str:
    return ",".join(f"{key}={found[key]}" for key in sorted(found)) if found else NONE


def containers(*path: str) -> tuple[Cell, Cell]:
    """Two cells: the names and the images of a pod template's containers."""

    def of(key: str) -> Cell:
        return lambda obj, _: ",".join(c.get(key, "") for c in find(obj, *path) or ())

    return of("name"), of("image")


def selector(*path: str) -> Cell:
    """A label selector as text: `a=b,!c,d in (e,f)`."""

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
    """A condition of the status, by its type."""
    conditions: Iterable[Obj] = find(obj, "status", "conditions") or ()
    return next((each for each in conditions if each.get("type") == type_), None)


def is_true(obj: Obj, type_: str) -> bool:
    return (condition(obj, type_) or {}).get("status") == "True"
