"""Changes manifests by the tables of a feature, whose rows are a path and a value.

    | spec.parties[0].template.spec.containers[0].args | [-c, "./app"] |
    | metadata.labels[kuscia.secretflow/job-id]        | job-1         |

A path is written as in documents. A value is YAML: `Host`, `2`, `[-c, "./app"]`, `null`. Tables of
expected values are read here as well; their values may be operators.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from pathlib import Path as File
from typing import Any

from kuscia_conformance import documents
from kuscia_conformance.documents import Path
from kuscia_conformance.documents.load import NO_OPERATORS
from kuscia_conformance.documents.objects import NotAnObject, require_object
from kuscia_conformance.errors import DocumentError, FeatureError
from kuscia_conformance.kube.objects import Obj

TABLE = File("table")


def changed(manifest: Obj, table: Iterable[Sequence[str]]) -> Obj:
    """Returns a copy of the manifest with each row's value at its path, as `filled` does.

    Raises FeatureError also for rows that leave no object, such as one without a name.
    """
    return _object(filled(manifest, table))


def filled(value: Obj, table: Iterable[Sequence[str]]) -> Obj:
    """Returns a copy of the value, a manifest or a part of it, with each row's value at its path.

    Missing mappings and lists on the way are created; the place after a list's last item appends.
    Raises FeatureError for a row that is not a path and a value, or whose path does not fit.
    """
    result: Obj = copy.deepcopy(value)
    for text, cell in _rows(table):
        *steps, last = _path(text)
        holder: Any = result
        try:
            for step, following in zip(steps, [*steps, last][1:], strict=True):
                holder = _enter(holder, step, [] if following.isdecimal() else {})
            _put(holder, last, value_from(cell, NO_OPERATORS))
        except (IndexError, ValueError, TypeError) as error:
            raise FeatureError(f"the manifest has no place {text}: {error}") from error
    return result


def without(manifest: Obj, text: str) -> Obj:
    """Returns a copy of the manifest without the field at that path.

    Raises FeatureError if the manifest does not have the field, or if what is left is no object.
    """
    result: Obj = copy.deepcopy(manifest)
    *steps, last = _path(text)
    holder: Any = result
    try:
        for step in steps:
            holder = holder[int(step) if isinstance(holder, list) else step]
        del holder[int(last) if isinstance(holder, list) else last]
    except (KeyError, IndexError, ValueError, TypeError) as error:
        raise FeatureError(f"the manifest has no {text} that could be left out") from error
    return _object(result)


def _object(value: Obj) -> Obj:
    try:
        require_object(value, "the changed manifest")
    except NotAnObject as error:
        hint = "it needs apiVersion, kind, metadata.name, and mappings for labels and annotations"
        raise FeatureError(str(error), hint=hint) from error
    return value


def value_from(text: str, no_operators: str = "") -> Any:
    """Returns the value of a cell, which may be an operator of expected documents.

    Raises FeatureError for invalid YAML, and for an unknown operator. `no_operators` says why the
    value may not have any.
    """
    try:
        return documents.document_from(f"value: {text}", TABLE, no_operators=no_operators)["value"]
    except DocumentError as error:
        raise FeatureError(f"{text!r} is not a value: {error.message}", hint=error.hint) from error


def expectation(table: Iterable[Sequence[str]]) -> list[tuple[Path, Any]]:
    """Returns the paths of a table, and the value that is expected at each."""
    return [(_path(text), value_from(value)) for text, value in _rows(table)]


def _rows(table: Iterable[Sequence[str]]) -> list[tuple[str, str]]:
    rows = [tuple(row) for row in table]
    for row in rows:
        if len(row) != 2:
            raise FeatureError(f"a row is a path and a value, not {' | '.join(row)!r}")
    return [(path, value) for path, value in rows]


def _path(text: str) -> Path:
    try:
        return documents.path_from(text)
    except ValueError as error:
        raise FeatureError(str(error)) from error


def _enter(holder: Any, step: str, empty: Any) -> Any:
    """Returns what is at that step; puts `empty` there first if there is nothing."""
    if isinstance(holder, list):
        if int(step) == len(holder):
            holder.append(empty)
        return holder[int(step)]
    if not isinstance(holder, dict):
        raise TypeError(f"{holder!r} has no fields")
    if holder.get(step) is None:
        holder[step] = empty
    return holder[step]


def _put(holder: Any, step: str, value: Any) -> None:
    if not isinstance(holder, list):
        holder[step] = value
    elif int(step) == len(holder):
        holder.append(value)
    else:
        holder[int(step)] = value
