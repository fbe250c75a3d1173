"""Checks whether the defaults in a CustomResourceDefinition's schema fit that schema.

`schemas` calls `default_causes`. "Cause" is Kubernetes' word for one error (StatusCause).
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace

from kuscia_conformance.apiserver.apimachinery.status_errors import FieldError, invalid_value
from kuscia_conformance.apiserver.apimachinery.types import ANY, MISSING, Type
from kuscia_conformance.apiserver.crd.walking import schema_under
from kuscia_conformance.apiserver.schema.build import custom_type
from kuscia_conformance.apiserver.schema.prune import prune
from kuscia_conformance.apiserver.schema.validate import validate
from kuscia_conformance.kube.objects import Obj


def default_causes(schema: Obj, path: str) -> list[FieldError]:
    """Returns the errors in the defaults of a structural schema, in `properties` and `items`.

    Defaults in `additionalProperties` and null defaults are not checked. Defaults inside an
    object's metadata give no error: this function does not know its type, so any value fits.
    """
    return list(_causes(schema, custom_type(schema, ANY), path))


def _causes(schema: Obj, type: Type, path: str) -> Iterator[FieldError]:
    if schema.get("default") is not None:
        yield from _default(schema["default"], type, f"{path}.default")
    items = schema_under(schema, "items")
    if items is not None:
        yield from _causes(items, type.items or ANY, f"{path}.items")
    for name, each in (schema.get("properties") or {}).items():
        yield from _causes(each, type.below(name), f"{path}.properties[{name}]")


def _default(default: object, type: Type, path: str) -> Iterator[FieldError]:
    # `prune` and `validate` need an object, so the default is put into one, under the key ''.
    holder = Type("object", fields={"": replace(type, default=MISSING)})
    if prune({"": deepcopy(default)}, holder):
        yield invalid_value(path, default, "must not have unknown fields")
    for cause in validate({"": default}, holder):
        place = cause.field.removeprefix(".")
        yield replace(cause, field=f"{path}.{place}" if place else path)
