"""Rules beyond OpenAPI's own: for embedded resources, and for lists that are sets or maps.

Rules are built only for the places where a schema has an embedded resource, a set or a map.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import orjson

from kuscia_conformance.apiserver.apimachinery.status_errors import FieldError, duplicate, required
from kuscia_conformance.apiserver.apimachinery.types import MISSING, Type
from kuscia_conformance.apiserver.builtin.metadata import validate_labels
from kuscia_conformance.apiserver.builtin.names import label_1035
from kuscia_conformance.apiserver.schema.constraints import Rule, invalid
from kuscia_conformance.kube.objects import Obj

#: Returns the rule for a value itself, not for the values below it; or None.
_Own = Callable[[Type], Rule | None]

_KIND_HINT: Final = "may have mixed case, but should otherwise match: "


def structure_rule(type: Type) -> Rule | None:
    """Returns the rule for the embedded resources, sets and maps below a type.

    Returns None if the schema has none of them. The root object itself is not checked here.
    """
    rules = [found for own in (_embedded, _list_type) if (found := _below(type, own))]
    if not rules:
        return None

    def rule(value: Any, path: str, causes: list[FieldError]) -> int:
        for each in rules:
            each(value, path, causes)
        return 0

    return rule


def _everywhere(type: Type, own: _Own) -> Rule | None:
    """Returns the rule for a value and the values below it, or None."""
    here, below = own(type), _below(type, own)
    if here is None or below is None:
        return here or below

    def rule(value: Any, path: str, causes: list[FieldError]) -> int:
        here(value, path, causes)
        below(value, path, causes)
        return 0

    return rule


def _below(type: Type, own: _Own) -> Rule | None:
    fields = {
        key: found
        for key, each in type.fields.items()
        if not (type.embedded and key == "metadata") and (found := _everywhere(each, own))
    }
    others = _everywhere(type.values, own) if type.values else None
    items = _everywhere(type.items, own) if type.items else None
    if not (fields or others or items):
        return None

    def rule(value: Any, path: str, causes: list[FieldError]) -> int:
        if value.__class__ is dict:
            _check_fields(value, path, causes, fields, others, type.fields)
        elif value.__class__ is list and items:
            for index, each in enumerate(value):
                items(each, f"{path}[{index}]", causes)
        return 0

    return rule


def _check_fields(
    obj: Obj,
    path: str,
    causes: list[FieldError],
    fields: dict[str, Rule],
    others: Rule | None,
    known: dict[str, Type],
) -> None:
    for key, value in obj.items():
        if key in fields:
            fields[key](value, f"{path}.{key}" if path else key, causes)
        elif others and key not in known:
            others(value, f"{path}[{key}]", causes)


def _embedded(type: Type) -> Rule | None:
    return _embedded_rule if type.embedded else None


def _embedded_rule(value: Any, path: str, causes: list[FieldError]) -> int:
    if value.__class__ is dict:
        for key, complaint in (("apiVersion", _version_complaint), ("kind", _kind_complaint)):
            if key not in value:
                causes.append(required(f"{path}.{key}"))
            elif said := complaint(value[key]):
                causes.append(invalid(f"{path}.{key}", value[key], said))
        labels = value.get("metadata", {}).get("labels") or {}
        causes.extend(validate_labels(labels, f"{path}.metadata.labels"))
    return 0


def _version_complaint(text: str) -> str:
    if not text:
        return "must not be empty"
    return f"unexpected GroupVersion string: {text}" if text.count("/") > 1 else ""


def _kind_complaint(text: str) -> str:
    if not text:
        return "must not be empty"
    wrong = label_1035(text.lower())
    return _KIND_HINT + ",".join(wrong) if wrong else ""


def _list_type(type: Type) -> Rule | None:
    if type.kind != "array" or type.list_type not in ("set", "map"):
        return None
    return _set_rule if type.list_type == "set" else _map_rule(type.keys)


def _set_rule(value: Any, path: str, causes: list[FieldError]) -> int:
    if value.__class__ is list:
        causes.extend(duplicate(f"{path}[{index}]", value[index]) for index in _repeated(value))
    return 0


def _map_rule(keys: tuple[str, ...]) -> Rule:
    def rule(value: Any, path: str, causes: list[FieldError]) -> int:
        if value.__class__ is not list:
            return 0
        for index, each in enumerate(value):
            if each is not None and each.__class__ is not dict:
                wrong = "must be an object for an array of list-type map"
                causes.append(invalid(f"{path}[{index}]", each, wrong))
                return 0
        found = [_key(each or {}, keys) for each in value]
        causes.extend(duplicate(f"{path}[{index}]", found[index]) for index in _repeated(found))
        return 0

    return rule


def _key(item: Obj, keys: tuple[str, ...]) -> Obj:
    return {key: item[key] for key in sorted(keys) if item.get(key, MISSING) is not MISSING}


def _repeated(values: list[Any]) -> list[int]:
    """Returns, for each value that occurs more than once, the index of its second occurrence."""
    times: dict[bytes, int] = {}
    found = []
    for index, value in enumerate(values):
        text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        times[text] = times.get(text, 0) + 1
        if times[text] == 2:
            found.append(index)
    return found
