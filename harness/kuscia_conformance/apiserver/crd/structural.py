"""Checks whether a schema is structural: it gives each field a type, and only once.

The types are declared outside of allOf, anyOf, oneOf and not. A schema within these may only
restrict fields that are declared outside of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from kuscia_conformance.apiserver.apimachinery.status_errors import (
    FieldError,
    forbidden_field,
    invalid_value,
    required,
)
from kuscia_conformance.apiserver.crd.patterns import pattern_problem
from kuscia_conformance.apiserver.crd.walking import schema_under
from kuscia_conformance.kube.objects import Obj

Level = Literal["root", "item", "field"]

_INT_OR_STRING = [{"type": "integer"}, {"type": "string"}]
_UNTYPED = {
    "root": "must not be empty at the root",
    "item": "must not be empty for specified array items",
    "field": "must not be empty for specified object fields",
}
#: Keys that are allowed only outside of allOf, anyOf, oneOf and not, and the error for each.
_OUTSIDE_ONLY = {
    "type": "must be empty",
    "additionalProperties": "must be undefined",
    "default": "must be undefined",
    "title": "must be empty",
    "description": "must be empty",
    "nullable": "must be false",
    "x-kubernetes-preserve-unknown-fields": "must be false",
    "x-kubernetes-embedded-resource": "must be false",
    "x-kubernetes-int-or-string": "must be false",
    "x-kubernetes-list-map-keys": "must be empty",
    "x-kubernetes-list-type": "must be undefined",
    "x-kubernetes-map-type": "must be undefined",
    "x-kubernetes-validations": "must be empty",
}
#: Those of `_OUTSIDE_ONLY` that are errors even if their value is empty.
_ANY_VALUE = frozenset({"default", "additionalProperties"})


def structural_causes(schema: Obj, path: str) -> list[FieldError]:
    """Returns why the schema is not structural, sorted by path; empty if it is structural."""
    found = [*_declared(schema, path, "root"), *_undeclared(schema, schema, path, path)]
    return sorted(found, key=str)


def _declared(schema: Obj, path: str, level: Level) -> Iterator[FieldError]:
    """Yields the errors outside of allOf, anyOf, oneOf and not."""
    yield from _below(schema, path, level)
    if schema.get("x-kubernetes-int-or-string"):
        for key in ("x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"):
            if schema.get(key):
                wanted = "must be false if x-kubernetes-int-or-string is true"
                yield invalid_value(f"{path}.{key}", True, wanted)
    yield from _restrictions(schema, path, any_of=not _is_int_or_string(schema))
    yield from _type(schema, path, level)
    yield from _metadata(schema, path, level)
    if schema.get("x-kubernetes-embedded-resource"):
        yield from _embedded(schema, path)


def _below(schema: Obj, path: str, level: Level) -> Iterator[FieldError]:
    items, values = schema_under(schema, "items"), schema_under(schema, "additionalProperties")
    if schema.get("type") == "array" and items is None:
        yield required(f"{path}.items", "must be specified")
    if items is not None:
        yield from _declared(items, f"{path}.items", "item")
    for name, each in (schema.get("properties") or {}).items():
        yield from _declared(each, f"{path}.properties[{name}]", "field")
    if level == "root" and "additionalProperties" in schema:
        yield forbidden_field(f"{path}.additionalProperties", "must not be used at the root")
    if values is not None:
        yield from _declared(values, f"{path}.additionalProperties", "field")


def _type(schema: Obj, path: str, level: Level) -> Iterator[FieldError]:
    kind, place = schema.get("type") or "", f"{path}.type"
    has_any = schema.get("x-kubernetes-int-or-string") or schema.get(
        "x-kubernetes-preserve-unknown-fields"
    )
    if schema.get("x-kubernetes-embedded-resource") and kind != "object":
        wanted = "must be object if x-kubernetes-embedded-resource is true"
        yield invalid_value(place, kind, wanted) if kind else required(place, wanted)
    elif not kind and not has_any:
        yield required(place, _UNTYPED[level])
    if level == "root" and kind and kind != "object":
        yield invalid_value(place, kind, "must be object at the root")


def _embedded(schema: Obj, path: str) -> Iterator[FieldError]:
    if "additionalProperties" in schema:
        unused = "must not be used if x-kubernetes-embedded-resource is set"
        yield forbidden_field(f"{path}.additionalProperties", unused)
    if not schema.get("properties") and not schema.get("x-kubernetes-preserve-unknown-fields"):
        wanted = (
            "must not be empty if x-kubernetes-embedded-resource is true without "
            "x-kubernetes-preserve-unknown-fields"
        )
        yield required(f"{path}.properties", wanted)


def _metadata(schema: Obj, path: str, level: Level) -> Iterator[FieldError]:
    """Yields errors in the fields that every object has: kind, apiVersion and metadata.

    Their types are fixed. At the root only the name and generateName of metadata can be restricted.
    """
    if level != "root" and not schema.get("x-kubernetes-embedded-resource"):
        return
    properties = schema.get("properties") or {}
    for name, kind in (("kind", "string"), ("apiVersion", "string"), ("metadata", "object")):
        found = properties.get(name)
        if found is not None and found.get("type") != kind:
            place = f"{path}.properties[{name}].type"
            yield invalid_value(place, found.get("type", ""), f"must be {kind}")
    if level == "root" and _says_more_than_names(properties.get("metadata") or {}):
        only = (
            "must not specify anything other than name and generateName, but metadata is "
            "implicitly specified"
        )
        yield forbidden_field(f"{path}.properties[metadata]", only)


def _says_more_than_names(metadata: Obj) -> bool:
    ignored = {"type", "default", "externalDocs", "example"}
    if set(metadata.get("properties") or ()) <= {"name", "generateName"}:
        ignored.add("properties")
    return any(value for key, value in metadata.items() if key not in ignored)


def _is_int_or_string(schema: Obj) -> bool:
    return schema.get("anyOf") == _INT_OR_STRING


def _restrictions(
    schema: Obj, path: str, *, any_of: bool = True, outermost: bool = True
) -> Iterator[FieldError]:
    """Yields the errors within allOf, anyOf, oneOf and not, and in the pattern.

    Types are forbidden there, with one exception: an anyOf that declares an integer or a string. It
    may stand outermost, or in the first schema of the outermost allOf.
    """
    for index, each in enumerate(schema.get("anyOf") or ()) if any_of else ():
        yield from _restriction(each, f"{path}.anyOf[{index}]")
    for index, each in enumerate(schema.get("allOf") or ()):
        is_exempt = outermost and index == 0 and _is_int_or_string(each)
        yield from _restriction(each, f"{path}.allOf[{index}]", any_of=not is_exempt)
    for index, each in enumerate(schema.get("oneOf") or ()):
        yield from _restriction(each, f"{path}.oneOf[{index}]")
    if schema.get("not") is not None:
        yield from _restriction(schema["not"], f"{path}.not")
    problem = pattern_problem(schema.get("pattern") or "")
    if problem:
        yield invalid_value(f"{path}.pattern", schema["pattern"], problem)


def _restriction(schema: Obj, path: str, *, any_of: bool = True) -> Iterator[FieldError]:
    yield from _restrictions(schema, path, any_of=any_of, outermost=False)
    items = schema_under(schema, "items")
    if items is not None:
        yield from _restriction(items, f"{path}.items")
    for name, each in (schema.get("properties") or {}).items():
        yield from _restriction(each, f"{path}.properties[{name}]")
    for key, rule in _OUTSIDE_ONLY.items():
        if schema.get(key) or (key in _ANY_VALUE and key in schema):
            yield forbidden_field(f"{path}.{key}", f"{rule} to be structural")
    if "metadata" in (schema.get("properties") or {}):
        nested = "must not be specified in a nested context"
        yield forbidden_field(f"{path}.properties[metadata]", nested)


def _undeclared(rules: Obj, schema: Obj | None, path: str, where: str) -> Iterator[FieldError]:
    """Yields the fields in the root's allOf, anyOf, oneOf and not that are not declared."""
    if schema is None:
        yield required(path, f"because it is defined in {where}")
        return
    for name, each in _clauses(rules):
        yield from _undeclared_in(each, schema, path, f"{where}.{name}")


def _undeclared_in(rules: Obj, schema: Obj | None, path: str, where: str) -> Iterator[FieldError]:
    yield from _undeclared(rules, schema, path, where)
    if schema is None:
        return
    items = schema_under(rules, "items")
    if items is not None:
        declared: Any = schema_under(schema, "items")
        yield from _undeclared_in(items, declared, f"{path}.items", f"{where}.items")
    for name, each in (rules.get("properties") or {}).items():
        declared, below = (schema.get("properties") or {}).get(name), f".properties[{name}]"
        yield from _undeclared_in(each, declared, path + below, where + below)


def _clauses(rules: Obj) -> Iterator[tuple[str, Obj]]:
    if rules.get("not") is not None:
        yield "not", rules["not"]
    for key in ("allOf", "anyOf", "oneOf"):
        for index, each in enumerate(rules.get(key) or ()):
            yield f"{key}[{index}]", each
