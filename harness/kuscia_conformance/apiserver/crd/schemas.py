"""Checks a version's schema.

First come errors at the root. Then, if the schema uses no key that a structural schema cannot have,
it must be structural (`structural`); only then are its defaults checked (`defaults`). Last, each
schema within it is checked on its own (`_in_place`, `lists`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from kuscia_conformance.apiserver.apimachinery.status_errors import (
    FieldError,
    forbidden_field,
    invalid_value,
    not_supported,
    required,
)
from kuscia_conformance.apiserver.crd.defaults import default_causes
from kuscia_conformance.apiserver.crd.lists import list_causes
from kuscia_conformance.apiserver.crd.structural import structural_causes
from kuscia_conformance.apiserver.crd.walking import below, everywhere
from kuscia_conformance.kube.objects import Obj

_TYPES = ("array", "boolean", "integer", "number", "object", "string")
_META_FIELDS = ("metadata", "kind", "apiVersion")
#: The keys allowed at the root beside a status subresource, by their names in Go.
_AT_ROOT = (
    "Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength "
    "MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties "
    "ExternalDocs Example XPreserveUnknownFields XValidations"
)
_ALLOWED_AT_ROOT = {word.casefold() for word in _AT_ROOT.split()}
#: Keys that are not supported. With one of them a schema is not checked for its structure.
_NEVER = ("id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref")
#: Keys that must not have a certain value, and the error.
_NEVER_SO = (
    ("type", "null", "type cannot be set to null, use nullable as an alternative"),
    (
        "uniqueItems",
        True,
        "uniqueItems cannot be set to true since the runtime complexity becomes quadratic",
    ),
)


def schema_causes(schema: Obj, path: str, *, has_status: bool) -> list[FieldError]:
    """Returns the errors in a version's schema, in the server's order.

    `has_status` says whether the version has the status subresource, which limits the root's keys.
    """
    found = list(_at_root(schema, path, has_status=has_status))
    has_structure = not any(map(_is_unstructured, (each for _, each in everywhere(schema))))
    if has_structure:
        found += structural_causes(schema, path) or default_causes(schema, path)
    found += _in_place(schema, path, _Place(is_root=True))
    if not found and not has_structure:
        found.append(invalid_value(path, "", "OpenAPIV3Schema 'schema' is not supported"))
    return found


def _is_unstructured(schema: Obj) -> bool:
    return (
        any(schema.get(key) for key in (*_NEVER, "$schema"))
        or isinstance(schema.get("items"), list)
        or schema.get("x-kubernetes-preserve-unknown-fields") is False
    )


def _at_root(schema: Obj, path: str, *, has_status: bool) -> Iterator[FieldError]:
    if has_status:
        yield from _beside_status(schema, path)
    if schema.get("nullable"):
        yield forbidden_field(f"{path}.nullable", "nullable cannot be true at the root")


def _beside_status(schema: Obj, path: str) -> Iterator[FieldError]:
    kind = schema.get("type")
    if kind and kind != "object":
        only = 'only "object" is allowed as the type at the root of the schema'
        yield invalid_value(f"{path}.type", kind, f"{only} if the status subresource is enabled")
    if any(value and _word(key) not in _ALLOWED_AT_ROOT for key, value in schema.items()):
        only = f"only [{_AT_ROOT}] fields are allowed at the root of the schema"
        yield invalid_value(path, schema, f"{only} if the status subresource is enabled")


def _word(key: str) -> str:
    """Returns a key as in `_ALLOWED_AT_ROOT`: `x-kubernetes-validations` becomes xvalidations."""
    return key.replace("x-kubernetes-", "x").replace("-", "").casefold()


class _Place(NamedTuple):
    """What is known about the place of a schema in an object."""

    is_root: bool = False
    is_inside_meta: bool = False
    #: Where the place is, if a default is forbidden there; "" if a default is allowed.
    no_default: str = ""


def _in_place(schema: Obj, path: str, place: _Place) -> Iterator[FieldError]:
    yield from _forbidden(schema, path, place)
    yield from _mixed_properties(schema, path)
    for where, each in below(schema, path):
        yield from _in_place(each, where, _place_below(schema, where[len(path) :], place))
    if schema.get("x-kubernetes-preserve-unknown-fields") is False:
        where = f"{path}.x-kubernetes-preserve-unknown-fields"
        yield invalid_value(where, False, "must be true or undefined")
    yield from _map_type(schema, path)
    yield from list_causes(schema, path)


def _place_below(schema: Obj, step: str, place: _Place) -> _Place:
    """Returns the place at `step` below a schema: `.items`, `.properties[metadata]`, …."""
    if step == ".additionalProperties" and place.is_inside_meta:
        return place._replace(no_default="inside additionalProperties applying to object metadata")
    is_object = place.is_root or schema.get("x-kubernetes-embedded-resource")
    name = step.removeprefix(".properties[").rstrip("]")
    if not (is_object and step.startswith(".properties[") and name in _META_FIELDS):
        return place._replace(is_root=False)
    no_default = f"in top-level {name}" if place.is_root else place.no_default
    return _Place(is_inside_meta=True, no_default=no_default)


def _forbidden(schema: Obj, path: str, place: _Place) -> Iterator[FieldError]:
    kind = schema.get("type")
    if kind and kind not in _TYPES:
        yield not_supported(f"{path}.type", kind, _TYPES)
    if schema.get("default") is not None and place.no_default:
        yield forbidden_field(f"{path}.default", f"must not be set {place.no_default}")
    yield from _never(schema, path)
    if place.is_inside_meta and schema.get("x-kubernetes-embedded-resource"):
        where = f"{path}.x-kubernetes-embedded-resource"
        yield forbidden_field(where, "must not be used inside of resource meta")


def _never(schema: Obj, path: str) -> Iterator[FieldError]:
    for key in _NEVER:
        if schema.get(key):
            yield forbidden_field(f"{path}.{key}", f"{key} is not supported")
    if isinstance(schema.get("items"), list):
        wanted = "items must be a schema object and not an array"
        yield forbidden_field(f"{path}.items", wanted)
    for key, value, why in _NEVER_SO:
        if schema.get(key) == value:
            yield forbidden_field(f"{path}.{key}", why)


def _mixed_properties(schema: Obj, path: str) -> Iterator[FieldError]:
    values: Any = schema.get("additionalProperties")
    if schema.get("properties") and values is not None and values is not True:
        why = "additionalProperties and properties are mutual exclusive"
        yield forbidden_field(f"{path}.additionalProperties", why)


def _map_type(schema: Obj, path: str) -> Iterator[FieldError]:
    map_type, kind = schema.get("x-kubernetes-map-type"), schema.get("type")
    if map_type is None:
        return
    if kind != "object":
        wanted, where = "must be object if x-kubernetes-map-type is specified", f"{path}.type"
        yield invalid_value(where, kind, wanted) if kind else required(where, wanted)
    if map_type not in ("atomic", "granular"):
        yield not_supported(f"{path}.x-kubernetes-map-type", map_type, ("atomic", "granular"))
