"""The schemas within a schema, and what of it is given.

A path is what a field error calls a place: `spec.validation.openAPIV3Schema.properties[spec]`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kuscia_conformance.kube.objects import Obj

#: Where one schema stands within another, in the order in which the server looks at them.
_ONE = ("not", "items")
_LISTS = ("allOf", "oneOf", "anyOf")


def below(schema: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Obj]]:
    """The schemas directly below one, each with its path."""
    yield from _one(schema, "additionalProperties", path)
    for name, each in (schema.get("properties") or {}).items():
        yield f"{path}.properties[{name}]", each
    yield from _one(schema, "not", path)
    for key in _LISTS:
        for index, each in enumerate(schema.get(key) or ()):
            yield f"{path}.{key}[{index}]", each
    for name, each in (schema.get("definitions") or {}).items():
        yield f"{path}.definitions[{name}]", each
    yield from _one(schema, "items", path)


def everywhere(schema: Obj, path: str = "") -> Iterator[tuple[str, Obj]]:
    """A schema and all below it."""
    yield path, schema
    for where, each in below(schema, path):
        yield from everywhere(each, where)


def schema_of(version: Mapping[str, Any]) -> Obj | None:
    """The schema of one of a definition's versions."""
    schema: Obj | None = (version.get("schema") or {}).get("openAPIV3Schema")
    return schema


def schema_under(schema: Mapping[str, Any], key: str) -> Obj | None:
    """The schema that stands there; additionalProperties may be true or false instead."""
    each = schema.get(key)
    return each if isinstance(each, dict) else None


def _one(schema: Mapping[str, Any], key: str, path: str) -> Iterator[tuple[str, Obj]]:
    each = schema_under(schema, key)
    if each is not None:
        yield f"{path}.{key}", each
    elif key == "items" and isinstance(schema.get(key), list):
        for index, one in enumerate(schema[key]):
            yield f"{path}.items[{index}]", one
