"""Finds the schemas within a schema.

A path is a place as a field error names it: `spec.validation.openAPIV3Schema.properties[spec]`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kuscia_conformance.kube.objects import Obj

#: Keys that hold a list of schemas, in the order of the server.
_LISTS = ("allOf", "oneOf", "anyOf")


def below(schema: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Obj]]:
    """Yields the schemas directly below a schema with their paths, in the server's order."""
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
    """Yields a schema and all schemas below it, with their paths."""
    yield path, schema
    for where, each in below(schema, path):
        yield from everywhere(each, where)


def schema_of(version: Mapping[str, Any]) -> Obj | None:
    """Returns the schema of a CustomResourceDefinition's version; None if it has none."""
    schema: Obj | None = (version.get("schema") or {}).get("openAPIV3Schema")
    return schema


def schema_under(schema: Mapping[str, Any], key: str) -> Obj | None:
    """Returns the schema under a key, or None.

    `additionalProperties` may also be true or false, and `items` a list: these are not schemas.
    """
    each = schema.get(key)
    return each if isinstance(each, dict) else None


def _one(schema: Mapping[str, Any], key: str, path: str) -> Iterator[tuple[str, Obj]]:
    each = schema_under(schema, key)
    if each is not None:
        yield f"{path}.{key}", each
    elif key == "items" and isinstance(schema.get(key), list):
        for index, one in enumerate(schema[key]):
            yield f"{path}.items[{index}]", one
