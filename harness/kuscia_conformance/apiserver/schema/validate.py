"""Validates objects of a custom kind against its schema.

A rule is built once per Type, from the rules for the types below it. A rule first looks at the
Python type of the value, so that for a valid object hardly anything else is done. A value of the
wrong type is also checked by the rules for its own type: the server checks a string against
maxLength even where it wants a list.

    constraints    the value itself: lengths, ranges, formats, enums
    alternatives   anyOf, oneOf, allOf, not
    structure      embedded resources, lists that are sets or maps

Errors come in the server's order. For the fields of one object the server has no fixed order; here
they come in the order of the body.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from weakref import WeakKeyDictionary

from kuscia_conformance.apiserver.apimachinery.status_errors import FieldError
from kuscia_conformance.apiserver.apimachinery.types import Type
from kuscia_conformance.apiserver.schema.alternatives import all_of, any_of, none_of, one_of
from kuscia_conformance.apiserver.schema.constraints import (
    Rule,
    is_whole,
    of_array,
    of_enum,
    of_number,
    of_object,
    of_string,
    wrong_type,
)
from kuscia_conformance.apiserver.schema.formats import format_check
from kuscia_conformance.apiserver.schema.structure import structure_rule
from kuscia_conformance.kube.objects import Obj

NAMES: Final[dict[type, str]] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    dict: "object",
    list: "array",
    type(None): "null",
}
_KINDS: Final[dict[str, tuple[type, ...]]] = {
    "any": tuple(NAMES),
    "string": (str,),
    "integer": (int, float),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
    "int-or-string": (int, float, str),
}
#: Go's names for numbers, for errors where a string with a format is wanted.
_GO_NUMBERS: Final[dict[type, str]] = {int: "int64", float: "float64"}
_NULL: Final = type(None)

_RULES: WeakKeyDictionary[Type, tuple[Rule, Rule | None]] = WeakKeyDictionary()


def validate(obj: Obj, type: Type) -> list[FieldError]:
    """Returns the errors in an object, each once; an empty list if it is valid.

    The object must have been pruned, and its defaults filled in.
    """
    rules = _RULES.get(type)
    if rules is None:
        rules = _RULES[type] = (rule_of(type), structure_rule(type))
    causes: list[FieldError] = []
    rules[0](obj, "", causes)
    if rules[1] is not None:
        rules[1](obj, "", causes)
    return list(dict.fromkeys(causes)) if causes else causes


def rule_of(type: Type) -> Rule:
    """Returns the rule for values of a type: it looks up the rules for the value's Python type."""
    table = {kind: _of_kind(kind, type) for kind in NAMES}

    def rule(value: Any, path: str, causes: list[FieldError]) -> int:
        matched, rules = table[value.__class__]
        for each in rules:
            matched += each(value, path, causes)
        return matched

    return rule


def _of_kind(kind: type, type: Type) -> tuple[int, Sequence[Rule]]:
    """Returns the score to start from, and the rules, for values of one Python type."""
    of_type = _type_rules(kind, type)
    enum = [of_enum(type.rules["enum"])] if type.rules.get("enum") else []
    if kind is _NULL:
        return 1, (*of_type, *enum)
    matched = 4 if type.kind == "any" and "format" not in type.rules else 5 + (not of_type)
    several = _alternatives(type.rules)
    if kind is str:
        found = of_string(type.rules)
        return matched + 1, (*of_type, *several, *found, *enum)
    if kind is int or kind is float:
        return matched + 2, (*of_type, *several, *of_number(type.rules), *enum)
    if kind is list:
        items = [_items_rule(rule_of(type.items))] if type.items else []
        return matched + 2, (*of_type, *several, *items, *of_array(type.rules), *enum)
    if kind is dict:
        return matched + 1, (*of_type, *several, *enum, *of_object(type.rules), *_fields(type))
    return matched, (*of_type, *several, *enum)


def _type_rules(kind: type, type: Type) -> list[Rule]:
    """Returns the rules for the type of a value; empty if every value of this kind fits."""
    wanted = type.kind.replace("int-or-string", "integer,string")
    if type.kind == "string" and kind not in (str, _NULL) and _has_format(type):
        return _of_format(kind, type.rules["format"])
    if kind is _NULL and (type.nullable or type.kind == "any"):
        return []
    if kind is _NULL or kind not in _KINDS.get(type.kind, ()):
        return [_wrong(wanted, NAMES[kind])]
    return [_whole(wanted)] if kind in (int, float) and "integer" in wanted else []


def _has_format(type: Type) -> bool:
    return format_check(type.rules.get("format", "")) is not None


def _of_format(kind: type, name: str) -> list[Rule]:
    """Returns the rules for a value that is not a string where a string with a format is wanted.

    The server accepts lists there.
    """
    return [] if kind is list else [_wrong(name, _GO_NUMBERS.get(kind, ""))]


def _wrong(wanted: str, found: str) -> Rule:
    def rule(value: Any, path: str, causes: list[FieldError]) -> int:
        causes.append(wrong_type(path, wanted, found))
        return 0

    return rule


def _whole(wanted: str) -> Rule:
    def rule(value: float, path: str, causes: list[FieldError]) -> int:
        if is_whole(value):
            return 1
        causes.append(wrong_type(path, wanted, "number"))
        return 0

    return rule


def _alternatives(rules: dict[str, Any]) -> list[Rule]:
    makers = (("anyOf", any_of), ("oneOf", one_of), ("allOf", all_of))
    found = [make(list(map(rule_of, rules[key]))) for key, make in makers if rules.get(key)]
    return [*found, none_of(rule_of(rules["not"]))] if "not" in rules else found


def _items_rule(item: Rule) -> Rule:
    def rule(value: list[Any], path: str, causes: list[FieldError]) -> int:
        matched = 0
        for index, each in enumerate(value):
            matched += item(each, f"{path}[{index}]", causes)
        return matched

    return rule


def _fields(type: Type) -> list[Rule]:
    """Returns the rules for the fields that are in an object, and for those that must be."""
    below = {key: rule_of(each) for key, each in type.fields.items() if not _is_metadata(type, key)}
    if "metadata" in type.rules:
        below["metadata"] = rule_of(type.rules["metadata"])
    others = rule_of(type.values) if type.values else None
    rules = [_fields_rule(below, others)] if below or others else []
    return [*rules, _required_rule(type.required)] if type.required else rules


def _is_metadata(type: Type, key: str) -> bool:
    """Checks whether the field is an object's metadata, which has rules of its own."""
    return type.embedded and key == "metadata"


def _fields_rule(below: dict[str, Rule], others: Rule | None) -> Rule:
    def rule(value: Obj, path: str, causes: list[FieldError]) -> int:
        matched = 0
        prefix = f"{path}." if path else ""
        for key, each in value.items():
            check = below.get(key, others)
            if check is not None:
                matched += check(each, prefix + key, causes)
        return matched

    return rule


def _required_rule(required: tuple[str, ...]) -> Rule:
    def rule(value: Obj, path: str, causes: list[FieldError]) -> int:
        for key in required:
            if key not in value:
                place = f"{path}.{key}" if path else key
                causes.append(FieldError("FieldValueRequired", "Required value", place))
        return 0

    return rule
