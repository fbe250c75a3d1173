"""Builds the `Type` of a kind: `type_of` for built-in kinds, `custom_type` for custom kinds.

Both read OpenAPI v3, but different parts of it:

                     Kubernetes' documents            a CustomResourceDefinition's schema
    references       to components, may be cyclic     none
    lists            say how patches merge them       say whether they are sets or maps
    validation       format and enum only             all rules
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

#: Types that Kubernetes' OpenAPI describes incompletely, and their kinds.
_KINDS: Final = {QUANTITY: "string", INT_OR_STRING: "int-or-string"}
#: Types whose JSON the server keeps unchanged, and their kinds. (The server does read the last
#: three, but it does not report unknown fields there.)
_RAW: Final = {
    f"{_META}.runtime.RawExtension": "object",
    f"{_META}.apis.meta.v1.FieldsV1": "object",
    f"{_META}.apis.meta.v1.Patch": "object",
    f"{_DEFINITIONS}.JSON": "any",
    f"{_DEFINITIONS}.JSONSchemaPropsOrArray": "any",
    f"{_DEFINITIONS}.JSONSchemaPropsOrBool": "any",
    f"{_DEFINITIONS}.JSONSchemaPropsOrStringArray": "any",
}
#: Keys of a schema that are not rules: they become attributes of the Type, or are ignored.
_NO_RULES: Final = {
    *("type", "properties", "additionalProperties", "items", "required", "default", "nullable"),
    *("description", "title", "example", "externalDocs", "id", "$ref", "$schema"),
}
_SEVERAL: Final = ("allOf", "anyOf", "oneOf")


def type_of(
    schema: Obj, components: Mapping[str, Obj], built: dict[str, Type] | None = None
) -> Type:
    """Returns the type of a built-in kind.

    `components` are the schemas that references name. `built` holds the types of the components
    that are built already, and is filled in; pass it on to share the types between kinds.
    """
    built = {} if built is None else built
    name = _referred(schema)
    if name:
        return _with_own(_component(name, components, built), schema)
    made = Type()
    _fill(made, schema, components, built)
    return made


def _referred(schema: Obj) -> str:
    """Returns the name of the component that a schema refers to; "" if it refers to none."""
    wrapped = schema.get("allOf") or [schema]
    ref: str = wrapped[0].get("$ref", "")
    return ref.removeprefix(_COMPONENTS)


def _component(name: str, components: Mapping[str, Obj], built: dict[str, Type]) -> Type:
    if name not in built:
        # Added before it is filled in, because its fields may refer back to it.
        built[name] = made = Type(name=name)
        _fill(made, components[name], components, built)
    return built[name]


def _fill(made: Type, schema: Obj, components: Mapping[str, Obj], built: dict[str, Type]) -> None:
    """Fills in a type from its schema.

    The type's own attributes are set before the types below it are built. A field below that refers
    back to this type copies them (`_with_own`).
    """
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
    """Returns the component's type, changed by the attributes beside the reference to it."""
    own = _own(schema)
    return replace(found, **own) if own else found


def _own(schema: Obj) -> dict[str, Any]:
    said: dict[str, Any] = {
        "list_type": schema.get("x-kubernetes-list-type"),
        "keys": tuple(schema.get("x-kubernetes-list-map-keys", ())),
        "atomic": schema.get("x-kubernetes-map-type") == "atomic",
        "patch_strategies": frozenset(filter(None, _strategies(schema))),
        "merge_key": schema.get("x-kubernetes-patch-merge-key"),
        # A default that is Go's zero value means: no default, but the field is always written.
        "default": schema.get("default"),
        "always": "default" in schema and not schema["default"],
    }
    return {key: value for key, value in said.items() if value}


def _strategies(schema: Obj) -> list[str]:
    strategy: str = schema.get("x-kubernetes-patch-strategy", "")
    return strategy.split(",")


def custom_type(schema: Obj, object_meta: Type) -> Type:
    """Returns the type of a custom kind in one version, from its openAPIV3Schema.

    `object_meta` is the type of ObjectMeta. It is used for the metadata of the object and of the
    resources embedded in it, because a custom kind's schema can only restrict names in metadata.
    """
    return _structural({**schema, "x-kubernetes-embedded-resource": True}, object_meta)


def _structural(schema: Obj, object_meta: Type) -> Type:
    properties: Obj = schema.get("properties") or {}
    fields = {key: _structural(below, object_meta) for key, below in properties.items()}
    rules = _rules(schema, object_meta)
    embedded = bool(schema.get("x-kubernetes-embedded-resource"))
    if embedded:
        # The rules for metadata (at most for its name) go to `rules`; its type is ObjectMeta.
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
    """Returns the type of a map's values; None if the schema has no additionalProperties.

    `additionalProperties: true` allows any value, but the fields of objects there are pruned.
    """
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
