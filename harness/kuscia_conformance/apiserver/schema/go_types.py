"""Checks whether values fit the Go types that kube-apiserver uses for them.

Reading nulls and quantities changes them, so they are changed here.

Only the first value that does not fit is reported, with the message of the real server. Messages
take the names of Go types from OpenAPI. OpenAPI has no names for string types such as PullPolicy:
the message says `string` for them, unless `_NAMED` has the name.

For a custom kind (from a CustomResourceDefinition) only metadata is checked, and the apiVersion and
kind of embedded resources: Go has no types for the other fields.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final
from weakref import WeakKeyDictionary

from kuscia_conformance.apiserver.apimachinery.go_text import number, shown
from kuscia_conformance.apiserver.apimachinery.quantities import QuantityError, parsed
from kuscia_conformance.apiserver.apimachinery.types import Type
from kuscia_conformance.apiserver.schema.build import (
    INT_OR_STRING,
    JSON_SCHEMA,
    MICRO_TIME,
    QUANTITY,
    TIME,
)
from kuscia_conformance.apiserver.schema.json_faults import go_type_name
from kuscia_conformance.apiserver.schema.strict import cannot_be_handled
from kuscia_conformance.apiserver.schema.times import MICRO, SECONDS, time_fault
from kuscia_conformance.kube.objects import Obj


class _Misfit(Exception):
    """A value does not fit its Go type; the text is Go's error message."""


#: Checks one value. Arguments: the value, its type, the name of the Go struct that contains it, and
#: its path in that struct.
_Check = Callable[[Any, Type, str, str], None]

#: Some of Go's named string types, by struct and field. Others are called `string` in messages.
_NAMED: Final = {
    ("Capabilities", "add"): "v1.Capability",
    ("Capabilities", "drop"): "v1.Capability",
    ("Container", "imagePullPolicy"): "v1.PullPolicy",
    ("ContainerPort", "protocol"): "v1.Protocol",
    ("DeploymentStrategy", "type"): "v1.DeploymentStrategyType",
    ("LabelSelectorRequirement", "operator"): "v1.LabelSelectorOperator",
    ("ManagedFieldsEntry", "operation"): "v1.ManagedFieldsOperationType",
    ("ObjectMeta", "uid"): "types.UID",
    ("ObjectReference", "uid"): "types.UID",
    ("OwnerReference", "uid"): "types.UID",
    ("PodSpec", "dnsPolicy"): "v1.DNSPolicy",
    ("PodSpec", "restartPolicy"): "v1.RestartPolicy",
    ("PodStatus", "phase"): "v1.PodPhase",
    ("Secret", "type"): "v1.SecretType",
    ("ServicePort", "protocol"): "v1.Protocol",
    ("ServiceSpec", "type"): "v1.ServiceType",
    ("Toleration", "effect"): "v1.TaintEffect",
    ("Toleration", "operator"): "v1.TolerationOperator",
}
_ZERO: Final = {"string": "", "boolean": False, "integer": 0, "number": 0, "int-or-string": 0}
_RANGES: Final = {"int32": 2**31, "int64": 2**63}
_BASE64: Final = re.compile("[A-Za-z0-9+/]*")


def check_types(obj: Obj, type: Type, kind: str, version: str) -> None:
    """Checks the values of `obj` against `type`, and changes nulls and quantities in place.

    A null in a known field of a Go struct is removed. A null in a list or a map is replaced by Go's
    zero value. A quantity gets its canonical form. For a custom kind only the object's metadata and
    the headers of embedded resources are checked. Raises StatusError (400) for the first value that
    does not fit.
    """
    try:
        # The root type of a custom kind is marked as embedded too.
        if type.embedded:
            _check_metadata(obj, type)
        else:
            _fields(obj, type, kind, "")
    except _Misfit as misfit:
        raise cannot_be_handled(obj.get("kind") or kind, version, str(misfit), kind) from None


def _fields(obj: Obj, type: Type, struct: str, path: str) -> None:
    """Checks the known fields of a struct, and drops those that are null."""
    fields, nothing = type.fields, []
    for key, value in obj.items():
        below = fields.get(key)
        if below is None:
            continue
        if value is None:
            nothing.append(key)
        elif below.name == QUANTITY:
            obj[key] = _quantity(value)
        else:
            _value(value, below, struct, f"{path}.{key}")
    for key in nothing:
        del obj[key]


def _value(value: Any, type: Type, struct: str, path: str) -> None:
    check = _CHECKS.get(type.name) or _CHECKS.get(type.kind)
    if check is not None:
        check(value, type, struct, path)


def _misfit(value: Any, struct: str, path: str, wanted: str, literal: str = "") -> _Misfit:
    found = go_type_name(value) + (f" {literal}" if literal else "")
    return _Misfit(
        f"json: cannot unmarshal {found} into Go struct field {struct}{path} of type {wanted}"
    )


def _object(value: Any, type: Type, struct: str, path: str) -> None:
    if value.__class__ is not dict:
        if type.preserves:
            return
        raise _misfit(value, struct, path, _go_type(type, struct, path))
    if type.values is not None:
        for key, each in value.items():
            if each is None:
                value[key] = _nothing(type.values)
            elif type.values.name == QUANTITY:
                value[key] = _quantity(each)
            else:
                _value(each, type.values, struct, path)
    elif type.fields:
        _fields(value, type, type.name.rpartition(".")[2] or struct, path)


def _array(value: Any, type: Type, struct: str, path: str) -> None:
    if value.__class__ is not list:
        raise _misfit(value, struct, path, _go_type(type, struct, path))
    if type.items is not None:
        for index, each in enumerate(value):
            if each is None:
                value[index] = _nothing(type.items)
            else:
                _value(each, type.items, struct, path)


def _nothing(type: Type) -> Any:
    """Returns the zero value of a type, which Go uses instead of a null in a list or a map.

    It is None for a list, because Go's zero value of a list is null.
    """
    if type.kind == "object":
        return {}
    return "0" if type.name == QUANTITY else _ZERO.get(type.kind)


def _json_schema(value: Any, type: Type, struct: str, path: str) -> None:
    """Checks a schema in a CustomResourceDefinition.

    Its fields `additionalProperties` and `items` need this function, because OpenAPI does not give
    their types. An `items` that is not a schema or a list is removed.
    """
    _object(value, type, struct, path)
    others, items = value.get("additionalProperties"), value.get("items")
    if others.__class__ is dict:
        _json_schema(others, type, "JSONSchemaProps", f"{path}.additionalProperties")
    elif others is not None and others.__class__ is not bool:
        raise _Misfit("boolean or JSON schema expected")
    if items.__class__ is dict:
        _json_schema(items, type, "JSONSchemaProps", f"{path}.items")
    elif items.__class__ is list:
        for each in items:
            _json_schema(each, type, "JSONSchemaProps", f"{path}.items")
    else:
        value.pop("items", None)


def _string(value: Any, type: Type, struct: str, path: str) -> None:
    if value.__class__ is not str:
        raise _misfit(value, struct, path, _go_type(type, struct, path))
    if type.rules and type.rules.get("format") == "byte":
        _base64(value)


def _base64(text: str) -> None:
    """Raises _Misfit if the text is not base64; the message has the offset that Go reports.

    If only the length is wrong, the offset is that of the last group. Line ends do not count.
    """
    plain = text.replace("\n", "").replace("\r", "").rstrip("=")
    found = _BASE64.match(plain)
    good = found.end() if found else 0
    if good < len(plain) or len(text) % 4:
        bad = good if good < len(plain) else len(plain) // 4 * 4
        raise _Misfit(f"illegal base64 data at input byte {bad}")


def _boolean(value: Any, type: Type, struct: str, path: str) -> None:
    if value.__class__ is not bool:
        raise _misfit(value, struct, path, "bool")


def _integer(value: Any, type: Type, struct: str, path: str) -> None:
    wanted = type.rules.get("format", "int64")
    bound = _RANGES.get(wanted, 2**63)
    if value.__class__ is not int or not -bound <= value < bound:
        raise _misfit(value, struct, path, wanted, _literal(value))


def _literal(value: Any) -> str:
    """Returns a number as text, nearly as it was in the body; "" for other values."""
    if value.__class__ is float:
        return repr(value)
    return str(value) if value.__class__ is int else ""


def _number(value: Any, type: Type, struct: str, path: str) -> None:
    if value.__class__ not in (int, float):
        raise _misfit(value, struct, path, "float64")


def _int_or_string(value: Any, type: Type, struct: str, path: str) -> None:
    if value.__class__ is not str and not (value.__class__ is int and -(2**31) <= value < 2**31):
        raise _misfit(value, struct, path, "int32", _literal(value))


def _quantity(value: Any) -> str:
    """Returns the quantity as the server writes it. Numbers are quantities, too."""
    text = number(value) if value.__class__ in (int, float) else value
    try:
        return parsed(text if text.__class__ is str else "").text
    except QuantityError as error:
        raise _Misfit(str(error)) from None


def _time(value: Any, type: Type, struct: str, path: str) -> None:
    if value.__class__ is not str:
        raise _misfit(value, struct, path, "string")
    layout = MICRO if type.name == MICRO_TIME else SECONDS
    if fault := time_fault(value, layout):
        raise _Misfit(fault)


_CHECKS: Final[dict[str, _Check]] = {
    "object": _object,
    "array": _array,
    "string": _string,
    "boolean": _boolean,
    "integer": _integer,
    "number": _number,
    INT_OR_STRING: _int_or_string,
    TIME: _time,
    MICRO_TIME: _time,
    JSON_SCHEMA: _json_schema,
}


def _go_type(type: Type, struct: str, path: str) -> str:
    """Returns the name of a Go type, for example `[]v1.Container`."""
    if type.kind == "array":
        return f"[]{_go_type(type.items, struct, path)}" if type.items else "[]interface {}"
    if type.name:
        return ".".join(type.name.split(".")[-2:])
    if type.values is not None:
        if type.values.name == QUANTITY:
            return "v1.ResourceList"
        return f"map[string]{_go_type(type.values, struct, path)}"
    return _go_scalar(type, _NAMED.get((struct, path.rpartition(".")[2]), "string"))


def _go_scalar(type: Type, string: str) -> str:
    if type.kind == "string":
        return "[]uint8" if type.rules.get("format") == "byte" else string
    names = {"boolean": "bool", "number": "float64", "object": "map[string]interface {}"}
    return names.get(type.kind) or type.rules.get("format", "interface {}")


def _check_metadata(obj: Obj, type: Type) -> None:
    """Checks the metadata of the object, and the headers of the resources embedded in it."""
    object_meta = type.fields["metadata"]
    if obj.get("metadata") is not None:
        _object_meta(obj["metadata"], object_meta)
    if _has_embedded(type):
        for key, value in obj.items():
            if key != "metadata" and key in type.fields:
                _embedded(value, type.fields[key], key)


def _object_meta(value: Any, object_meta: Type) -> None:
    if value.__class__ is not dict:
        found = go_type_name(value)
        raise _Misfit(f"json: cannot unmarshal {found} into Go value of type v1.ObjectMeta")
    _fields(value, object_meta, "ObjectMeta", "")


_HAS_EMBEDDED: WeakKeyDictionary[Type, bool] = WeakKeyDictionary()


def _has_embedded(type: Type) -> bool:
    """Checks whether the type's fields, values or items have an embedded resource, at any depth."""
    if type not in _HAS_EMBEDDED:
        fields = [each for key, each in type.fields.items() if key != "metadata"]
        below = [each for each in (*fields, type.values, type.items) if each]
        _HAS_EMBEDDED[type] = any(each.embedded or _has_embedded(each) for each in below)
    return _HAS_EMBEDDED[type]


def _embedded(value: Any, type: Type, path: str) -> None:
    """Checks the embedded resources inside `value`, and `value` itself if it is one."""
    if value.__class__ is dict:
        if type.embedded:
            _check_header(value, type, path)
        _embedded_in_fields(value, type, path)
    elif value.__class__ is list and type.items and _has_embedded(type):
        for index, each in enumerate(value):
            _embedded(each, type.items, f"{path}[{index}]")


def _embedded_in_fields(obj: Obj, type: Type, path: str) -> None:
    if not _has_embedded(type):
        return
    for key, each in obj.items():
        if key in type.fields and key != "metadata":
            _embedded(each, type.fields[key], f"{path}.{key}")
        elif type.values and key not in type.fields:
            _embedded(each, type.values, f"{path}[{key}]")


def _check_header(obj: Obj, type: Type, path: str) -> None:
    """Checks the apiVersion, kind and metadata of an embedded resource."""
    for key in ("apiVersion", "kind"):
        if key in obj and obj[key].__class__ is not str:
            raise _Misfit(f"{path}.{key}: Invalid value: {shown(obj[key])}: must be a string")
    metadata = obj.get("metadata")
    try:
        if metadata is not None:
            _object_meta(metadata, type.fields["metadata"])
    except _Misfit as misfit:
        raise _Misfit(f"{path}.metadata: Invalid value: {shown(metadata)}: {misfit}") from None
