"""Checks the parts of a CustomResourceDefinition's version, except its schema (see `schemas`).

Each function yields the errors in one part. `path` is where the part is in the definition: for
example `spec.versions[0].selectableFields`, or `spec.selectableFields` (see `validation`).
"""

from __future__ import annotations

from collections.abc import Iterator

from kuscia_conformance.apiserver.apimachinery.status_errors import (
    FieldError,
    duplicate,
    invalid_value,
    required,
)
from kuscia_conformance.apiserver.crd.walking import schema_of
from kuscia_conformance.kube.objects import Obj

_COLUMN_TYPES = ("boolean", "date", "integer", "number", "string")
_COLUMN_FORMATS = ("byte", "date", "date-time", "double", "float", "int32", "int64", "password")
_SELECTABLE_TYPES = ("string", "boolean", "integer")
_NOT_SELECTABLE = (
    "must point to a field of type string, boolean or integer. Enum string fields and strings "
    "with formats are allowed."
)


def has_status(version: Obj) -> bool:
    """Checks whether the version has the status subresource."""
    return (version.get("subresources") or {}).get("status") is not None


def deprecation_causes(version: Obj, path: str) -> Iterator[FieldError]:
    """Yields the errors in deprecationWarning; `path` is that of the version."""
    warning = version.get("deprecationWarning")
    if warning is not None:
        for problem in _warning_problems(warning, deprecated=bool(version.get("deprecated"))):
            yield invalid_value(f"{path}.deprecationWarning", warning, problem)


def _warning_problems(warning: str, *, deprecated: bool) -> Iterator[str]:
    if not deprecated:
        yield "can only be set for deprecated versions"
        return
    if len(warning.encode()) > 256:
        yield "must be <= 256 characters long"
    if not warning:
        yield "must not be an empty string"
    odd = next((at for at, letter in enumerate(warning) if not letter.isprintable()), None)
    if odd is not None:
        found = f"non-printable character found at index {odd}"
        yield f"must only contain printable UTF-8 characters; {found}"


def scale_causes(version: Obj, path: str) -> Iterator[FieldError]:
    """Yields the errors in the paths of the scale subresource."""
    scale = (version.get("subresources") or {}).get("scale")
    if scale is None:
        return
    for key, parents in (
        ("specReplicasPath", (".spec.",)),
        ("statusReplicasPath", (".status.",)),
        ("labelSelectorPath", (".spec.", ".status.")),
    ):
        yield from _scale_path(scale.get(key), f"{path}.{key}", parents)


def _scale_path(value: str | None, path: str, parents: tuple[str, ...]) -> Iterator[FieldError]:
    if not value:
        if len(parents) == 1:
            yield required(path)
    elif not value.startswith("."):
        yield _no_path(path, value)
    elif not value.startswith(parents):
        where = " or ".join(parent.rstrip(".") for parent in parents)
        either = "either " if len(parents) > 1 else ""
        yield invalid_value(path, value, f"should be a json path under {either}{where}")


def column_causes(version: Obj, path: str) -> Iterator[FieldError]:
    """Yields the errors in additionalPrinterColumns."""
    for index, column in enumerate(version.get("additionalPrinterColumns") or ()):
        yield from _column(column, f"{path}[{index}]")


def _column(column: Obj, path: str) -> Iterator[FieldError]:
    kind, form, json_path = (column.get(key) or "" for key in ("type", "format", "jsonPath"))
    types, formats = ",".join(_COLUMN_TYPES), ",".join(_COLUMN_FORMATS)
    if not column.get("name"):
        yield required(f"{path}.name")
    if not kind:
        yield required(f"{path}.type", f"must be one of {types}")
    elif kind not in _COLUMN_TYPES:
        yield invalid_value(f"{path}.type", kind, f"must be one of {types}")
    if form and form not in _COLUMN_FORMATS:
        yield invalid_value(f"{path}.format", form, f"must be one of {formats}")
    if not json_path:
        yield required(f"{path}.JSONPath")
    elif not json_path.startswith("."):
        yield _no_path(f"{path}.JSONPath", json_path)


def _no_path(path: str, value: str) -> FieldError:
    return invalid_value(path, value, "must be a simple json path starting with .")


def selectable_causes(version: Obj, path: str) -> Iterator[FieldError]:
    """Yields the errors in selectableFields.

    A selectable field must exist in the schema and be a string, a boolean or an integer outside of
    metadata. Without a schema there is only one error.
    """
    fields, schema = version.get("selectableFields") or (), schema_of(version)
    if fields and schema is None:
        wanted = "may only be set when validations.schema is included"
        yield invalid_value(path, "", wanted)
        return
    seen: set[str] = set()
    for index, field in enumerate(fields):
        json_path = field.get("jsonPath") or ""
        yield from _selectable(json_path, schema or {}, f"{path}[{index}].jsonPath", seen)


def _selectable(json_path: str, schema: Obj, path: str, seen: set[str]) -> Iterator[FieldError]:
    if not json_path:
        yield required(path)
        return
    if not json_path.startswith("."):
        wanted = f"expected [ or . but got: {json_path.partition('.')[0]}"
        yield invalid_value(path, json_path, f"is an invalid path: {wanted}")
        return
    found = _schema_at(schema, json_path[1:].split("."))
    if found is None:
        nowhere = "is an invalid path: does not refer to a valid field"
        yield invalid_value(path, json_path, nowhere)
        return
    if json_path.startswith(".metadata."):
        yield invalid_value(path, json_path, "must not point to fields in metadata")
    if found.get("type") not in _SELECTABLE_TYPES:
        yield invalid_value(path, json_path, _NOT_SELECTABLE)
    if json_path in seen:
        yield duplicate(path, json_path)
    seen.add(json_path)


def _schema_at(schema: Obj, names: list[str]) -> Obj | None:
    found: Obj | None = schema
    for name in names:
        found = ((found or {}).get("properties") or {}).get(name)
    return found
