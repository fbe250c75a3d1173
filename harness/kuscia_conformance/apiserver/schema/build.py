"""Types from schemas: `type_of` for Kubernetes' own kinds, `custom_type` for a definition's.

Both read OpenAPI v3, but different parts of it: Kubernetes' documents refer to components, which
may refer to themselves, and say how lists merge; a definition's schema stands for itself, and
says what is demanded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from kuscia_conformance.apiserver.apimachinery.types import MISSING, Type
from kuscia_conformance.kube.objects import Obj

_COMPONENTS: Final = "#/components/schemas/"
_META: Final = "io.k8s.apimachinery.pkg"
_DEFINITIONS: Final = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1"
QUANTITY: Final = f"{_META}.api.resource.Quantity"
INT_OR_STRING: Final = f"{_META}.util.intstr.IntOrString"
TIME: Final = f"{_META}.apis.meta.v1.Time"
JSON_SCHEMA: Final = f"{_DEFINITIONS}.JSONSchemaProps"
MICRO_TIME: Final = f"{_META}.apis.meta.v1.MicroTime"

#: What OpenAPI says less of than there is to know.
_KINDS: Final = {QUANTITY: "string", INT_OR_STRING: "int-or-string"}
#: JSON that the server keeps as it comes. (It does look into the last three, but says nothing of
#: what it does not know there.)
_RAW: Final = {
    f"{_META}.runtime.RawExtension": "object",
    f"{_META}.apis.meta.v1.FieldsV1": "object",
    f"{_META}.apis.meta.v1.Patch": "object",
    f"{_DEFINITIONS}.JSON": "any",
    f"{_DEFINITIONS}.JSONSchemaPropsOrArray": "any",
    f"{_DEFINITIONS}.JSONSchemaPropsOrBool": "any",
    f"{_DEFINITIONS}.JSONSchemaPropsOrStringArray": "any",
}
#: What becomes a part of the Type itself, or nothing.
_NO_RULES: Final = {
    *("type", "properties", "additionalProperties", "items", "required", "default", "nullable"),
    *("description", "title", "example", "externalDocs", "id", "$ref", "$schema"),
}
_SEVERAL: Final = ("allOf", "anyOf", "oneOf")


def type_of(
    schema: Obj, components: Mapping[str, Obj], built: dict[str, Type] | None = None
) -> Type:
    """The type of a built-in kind; `built` has the components' types that are made already."""
    built = {} if built is None else built
    name = _referred(schema)
    if name:
        return _with_own(_component(name, components, built), schema)
    made = Type()
    _fill(made, schema, components, built)
    return made


def _referred(schema: Obj) -> str:
    """Which component is meant; "" if it is none."""
    wrapped = schema.get("allOf") or [schema]
    ref: str = wrapped[0].get("$ref", "")
    return ref.removeprefix(_COMPONENTS)


def _component(name: str, components: Mapping[str, Obj], built: dict[str, Type]) -> Type:
    if name not in built:
        # It stands there before it is filled: its fields may be of its own type.
        built[name] = made = Type(name=name)
        _fill(made, components[name], components, built)
    return built[name]


def _fill(made: Type, schema: Obj, components: Mapping[str, Obj], built: dict[str, Type]) -> None:
    """All that is not below comes first: whoever refers back takes it over."""
    made.kind = _KINDS.get(made.name) or _RAW.get(made.name) or schema.get("type", "any")
    made.preserves = made.name in _RAW
    made.required = tuple(schema.get("required", ()))
    made.rules = {key: schema[key] for key in ("format", "enum") if key in schema}
    for key, value in _own(schema).items():
        setattr(made, key, value)
    values, items = schema.get("additionalProperties"), schema.get("items")
    made.values = type_of(values, components, built) if isinstance(values, dict) else None
    made.items = type_of(items, components, built) if items else None
    for key, below in schema.get("properties", {}).items():
        made.fields[key] = type_of(below, components, built)


def _with_own(found: Type, schema: Obj) -> Type:
    """A component, with what is said beside the reference to it."""
    own = _own(schema)
    return replace(found, **own) if own else found


def _own(schema: Obj) -> dict[str, Any]:
    said: dict[str, Any] = {
        "list_type": schema.get("x-kubernetes-list-type"),
        "keys": tuple(schema.get("x-kubernetes-list-map-keys", ())),
        "atomic": schema.get("x-kubernetes-map-type") == "atomic",
        "patch_strategies": frozenset(filter(None, _strategies(schema))),
        "merge_key": schema.get("x-kubernetes-patch-merge-key"),
        # Go's zero values stand there too, and mean that there is no default.
        "default": schema.get("default"),
        "always": "default" in schema and not schema["default"],
    }
    return {key: value for key, value in said.items() if value}


def _strategies(schema: Obj) -> list[str]:
    strategy: str = schema.get("x-kubernetes-patch-strategy", "")
    return strategy.split(",")


def custom_type(schema: Obj, object_meta: Type) -> Type:
    """The type of one version of a definition, from its openAPIV3Schema."""
    return _structural({**schema, "x-kubernetes-embedded-resource": True}, object_meta)


def _structural(schema: Obj, object_meta: Type) -> Type:
    properties: Obj = schema.get("properties") or {}
    fields = {key: _structural(below, object_meta) for key, below in properties.items()}
    rules = _rules(schema, object_meta)
    embedded = bool(schema.get("x-kubernetes-embedded-resource"))
    if embedded:
        # What is demanded of metadata (its name at most) is kept apart from what it is.
        rules |= {"metadata": fields["metadata"]} if "metadata" in fields else {}
        header = {"apiVersion": Type("string"), "kind": Type("string")}
        fields = {**header, **fields, "metadata": object_meta}
    default = schema.get("default")
    items = schema.get("items")
    return Type(
        kind=_kind(schema),
        fields=fields,
        values=_values(schema, object_meta),
        items=_structural(items, object_meta) if items else None,
        list_type=schema.get("x-kubernetes-list-type") or "atomic",
        keys=tuple(schema.get("x-kubernetes-list-map-keys") or ()),
        atomic=schema.get("x-kubernetes-map-type") == "atomic",
        preserves=bool(schema.get("x-kubernetes-preserve-unknown-fields")),
        embedded=embedded,
        nullable=bool(schema.get("nullable")),
        default=MISSING if default is None else default,
        required=tuple(schema.get("required") or ()),
        rules=rules,
    )


def _kind(schema: Obj) -> str:
    if schema.get("x-kubernetes-int-or-string"):
        return "int-or-string"
    return schema.get("type") or "any"


def _values(schema: Obj, object_meta: Type) -> Type | None:
    """What a map's values are; `true` allows any, but what is in those is dropped all the same."""
    values = schema.get("additionalProperties")
    if isinstance(values, dict):
        return _structural(values, object_meta)
    return Type() if values else None


def _rules(schema: Obj, object_meta: Type) -> dict[str, Any]:
    rules: dict[str, Any] = {
        key: value
        for key, value in schema.items()
        if key not in _NO_RULES and value is not None and not key.startswith("x-kubernetes-")
    }
    for key in _SEVERAL:
        if key in rules:
            rules[key] = [_structural(each, object_meta) for each in rules[key]]
    if "not" in rules:
        rules["not"] = _structural(rules["not"], object_meta)
    return rules
