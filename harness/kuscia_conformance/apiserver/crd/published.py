"""A CustomResourceDefinition's schema in the form that OpenAPI publishes.

The published schema has what the definition leaves to the server: the fields that all objects have
(apiVersion, kind, metadata), and explicit types for int-or-string and embedded resources.
"""

from __future__ import annotations

from typing import Any

from kuscia_conformance.kube.objects import Obj

_CONVENTIONS = "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md"
_META = "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1"
_METADATA: Obj = {
    "description": f"Standard object's metadata. More info: {_CONVENTIONS}#metadata",
    "allOf": [{"$ref": f"{_META}.ObjectMeta"}],
}
_LIST_METADATA: Obj = {
    "description": f"Standard list metadata. More info: {_CONVENTIONS}#types-kinds",
    "allOf": [{"$ref": f"{_META}.ListMeta"}],
}
_API_VERSION: Obj = {
    "description": (
        "apiVersion defines the versioned schema of this representation of an object. "
        f"More info: {_CONVENTIONS}#resources"
    ),
    "type": "string",
}
_KIND: Obj = {
    "description": (
        "kind is a string value representing the type of this object. In CamelCase. "
        f"More info: {_CONVENTIONS}#types-kinds"
    ),
    "type": "string",
}
_INT_OR_STRING = [{"type": "integer"}, {"type": "string"}]
_LEFT_OUT = ("externalDocs", "example")
_EMPTY: tuple[Any, ...] = ("", [], {})


def published_schema(schema: Obj, type_meta: Obj) -> Obj:
    """Returns the schema of a kind's objects; `type_meta` has those of apiVersion and kind."""
    found = _published(schema)
    properties = found.get("properties") or {}
    return {**found, "properties": {**properties, "metadata": _METADATA, **type_meta}}


def published_list(names: Obj, item: Obj, type_meta: Obj) -> Obj:
    """Returns the schema of a kind's list; `item` is a reference to the schema of its objects."""
    description = f"List of {names['plural']}. More info: {_CONVENTIONS}"
    items = {"description": description, "type": "array", "items": item}
    return {
        "description": f"{names['listKind']} is a list of {names['kind']}",
        "type": "object",
        "required": ["items"],
        "properties": {"items": items, "metadata": _LIST_METADATA, **type_meta},
    }


def _published(schema: Obj) -> Obj:
    found = {key: _value(key, value) for key, value in schema.items() if _is_said(key, value)}
    if found.get("x-kubernetes-int-or-string"):
        _say_int_or_string(found)
    if found.get("x-kubernetes-embedded-resource"):
        _say_object(found)
    return found


def _is_said(key: str, value: Any) -> bool:
    """Checks whether a value is published: a value that means the same as none is left out."""
    if key in ("default", "additionalProperties"):
        return value is not None
    return key not in _LEFT_OUT and value is not None and value is not False and value not in _EMPTY


def _value(key: str, value: Any) -> Any:
    if key in ("items", "not") or (key == "additionalProperties" and isinstance(value, dict)):
        return _published(value)
    if key in ("allOf", "anyOf", "oneOf"):
        return [_published(each) for each in value]
    if key == "properties":
        return {name: _published(each) for name, each in value.items()}
    return value


def _say_int_or_string(schema: Obj) -> None:
    all_of = schema.get("allOf") or []
    is_said = all_of and all_of[0].get("anyOf") == _INT_OR_STRING
    if "anyOf" not in schema and not is_said:
        schema["anyOf"] = _INT_OR_STRING
    elif schema.get("anyOf") != _INT_OR_STRING and not is_said:
        schema["allOf"] = [{"anyOf": _INT_OR_STRING}, *all_of]


def _say_object(schema: Obj) -> None:
    properties, required = schema.get("properties") or {}, schema.get("required") or []
    own = {"apiVersion": _API_VERSION, "kind": _KIND, "metadata": _METADATA}
    schema["properties"] = {**properties, **own}
    schema["required"] = required + [key for key in ("kind", "apiVersion") if key not in required]
