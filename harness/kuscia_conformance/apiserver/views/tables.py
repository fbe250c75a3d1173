"""Makes the Tables (meta.k8s.io) that `kubectl get` prints.

The server makes the cells of a table; kubectl only aligns them.

| kind     | columns                                      | cells                              |
| -------- | -------------------------------------------- | ---------------------------------- |
| built in | recorded from a kube-apiserver               | by the function in `ROWS`, or by   |
|          | (`data.columns`)                             | `any_row` if there is none         |
| custom   | the name, then additionalPrinterColumns, or  | the name by `NAME`, others by      |
|          | the age if there are none                    | JSONPath (`json_path`)             |

The columns and the row function of a kind are computed once, and kept as long as its `Kind` object
exists.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any, Literal

import orjson

from kuscia_conformance.apiserver import data
from kuscia_conformance.apiserver.apimachinery.go_text import number
from kuscia_conformance.apiserver.apimachinery.kinds import Column, Kind
from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError, bad_request
from kuscia_conformance.apiserver.views import (
    table_columns_core,
    table_columns_network,
    table_columns_others,
    table_columns_storage,
    table_columns_workloads,
)
from kuscia_conformance.apiserver.views.ages import age
from kuscia_conformance.apiserver.views.json_path import Path, compiled
from kuscia_conformance.apiserver.views.partial import V1, partial
from kuscia_conformance.apiserver.views.table_columns import NAME, Row, Rows
from kuscia_conformance.apiserver.views.table_columns_others import any_row
from kuscia_conformance.apiserver.views.table_columns_pods import pod_conditions
from kuscia_conformance.kube.objects import Obj

Include = Literal["Metadata", "Object", "None"]
INCLUDES: Mapping[str, Include] = {
    "": "Metadata",
    "Metadata": "Metadata",
    "Object": "Object",
    "None": "None",
}

ROWS: Rows = {
    **table_columns_core.ROWS,
    **table_columns_network.ROWS,
    **table_columns_storage.ROWS,
    **table_columns_workloads.ROWS,
    **table_columns_others.ROWS,
}
#: A custom kind that declares no columns gets this one, after the name. The column
#: definition that clients see is the recorded one of limitranges.
AGE = Column("Age", "date", ".metadata.creationTimestamp")


@dataclass(frozen=True)
class _Shown:
    """How a kind is shown: its column definitions, and the function that makes the cells."""

    columns: list[Obj]
    row: Row


_SHOWN: weakref.WeakKeyDictionary[Kind, _Shown] = weakref.WeakKeyDictionary()


def included(text: str) -> Include:
    """Returns the value of the parameter includeObject; `Metadata` if it is empty.

    Raises StatusError (400) if it is not empty, `Metadata`, `Object` or `None`.
    """
    if text in INCLUDES:
        return INCLUDES[text]
    raise _bad_include(text)


@dataclass(frozen=True)
class TableOptions:
    """The form of a Table: how much of each object it includes, and the Table's apiVersion."""

    include: Include = "Metadata"
    #: False for the later events of a watch: only the first event has column definitions.
    with_columns: bool = True
    api_version: str = V1


def table(
    kind: Kind, objects: Iterable[Obj], now: datetime, metadata: Obj, options: TableOptions
) -> Obj:
    """Returns a Table of these objects; `metadata` becomes the metadata of the Table.

    Ages are the time between creation and `now`. The rows of pods that have ended get a condition.
    """
    shown = _shown(kind)
    conditions = pod_conditions if kind.key == ("", "pods") else None
    rows = []
    for obj in objects:
        row: Obj = {"cells": shown.row(obj, now)}
        if conditions and (said := conditions(obj)):
            row["conditions"] = said
        rows.append(row | {"object": _included(obj, options.include, options.api_version)})
    return {
        "kind": "Table",
        "apiVersion": options.api_version,
        "metadata": metadata,
        "columnDefinitions": shown.columns if options.with_columns else None,
        "rows": rows,
    }


def _included(obj: Obj, include: Include, api_version: str) -> Obj | None:
    if include == "None":
        return None
    return obj if include == "Object" else partial(obj, api_version)


def _bad_include(text: str) -> StatusError:
    return bad_request(
        "Unable to convert to Table as requested: includeObject: Invalid value: "
        f"\"{text}\": must be 'Metadata', 'Object', 'None', or empty"
    )


def _shown(kind: Kind) -> _Shown:
    shown = _SHOWN.get(kind)
    if shown is None:
        shown = _SHOWN[kind] = _custom(kind) if kind.is_custom else _built_in(kind)
    return shown


def _built_in(kind: Kind) -> _Shown:
    columns = data.columns(kind.group, kind.version, kind.plural)
    return _Shown(columns, ROWS.get(kind.key) or any_row(columns))


def _custom(kind: Kind) -> _Shown:
    """Returns how a custom kind is shown.

    As in Kubernetes, the columns end before the first column whose path cannot be parsed.
    """
    paths = ((column, compiled(column.path)) for column in kind.columns or (AGE,))
    readable = [(c, path) for c, path in takewhile(lambda each: each[1], paths) if path]
    # The recorded columns of limitranges are exactly name and age.
    name, created_at = data.columns("", "v1", "limitranges")
    definitions = [_definition(column) for column, _ in readable]
    if not kind.columns:
        definitions = [{**created_at, "name": "Age"}]
    return _Shown([name, *definitions], _custom_row(readable))


def _definition(column: Column) -> Obj:
    description = f"Custom resource definition column (in JSONPath format): {column.path}"
    return {
        "name": column.name,
        "type": column.type,
        "format": column.format,
        "description": column.description or description,
        "priority": column.priority,
    }


def _custom_row(columns: Iterable[tuple[Column, Path]]) -> Row:
    makers = [(column.type, path) for column, path in columns]

    def row(obj: Obj, now: datetime) -> list[Any]:
        return [NAME(obj, now), *(_cell(type_, path(obj), now) for type_, path in makers)]

    return row


def _cell(type_: str, found: list[Any], now: datetime) -> Any:
    """Returns the cell for the first value found; None if the value does not fit the column's type.

    A string column shows every value as text, a date column shows an age, and an integer column
    cuts off the fraction of a number.
    """
    if not found:
        return None
    value = found[0]
    if type_ == "string":
        return _text(value)
    if type_ == "date":
        return age(value or "-", now) if isinstance(value, str) else None
    if isinstance(value, bool) or type_ == "boolean":
        return value if isinstance(value, bool) and type_ == "boolean" else None
    if not isinstance(value, int | float):
        return None
    return int(value) if type_ == "integer" else value


def _text(value: Any) -> str:
    """Returns a value as Go prints it; maps and lists become JSON, with <, > and & escaped."""
    if value is None:
        return "<no value>"
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return number(value)
    text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
