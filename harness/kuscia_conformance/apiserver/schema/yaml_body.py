"""Reads YAML bodies as Kubernetes does: the first document, converted to what it would be in JSON.

Differences from PyYAML's own loader: texts that look like a time and sexagesimal numbers stay
texts, and `yes` and `on` are true. Values are built from the parser's events. So the depth of a
value, and the number of values that an alias adds, are checked before memory is used for them.
"""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import dataclass, field
from math import isinf
from typing import Any, Final

import yaml

from kuscia_conformance.apiserver.apimachinery.go_text import quoted, shown
from kuscia_conformance.apiserver.schema.json_faults import MAX_DEPTH
from kuscia_conformance.kube.objects import Obj
from kuscia_conformance.kube.yaml import LOADER

#: The most values that the aliases of a document may add.
_MOST_ALIASED: Final = 100_000

_TRUE: Final = frozenset(["y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"])
_FALSE: Final = frozenset(
    ["n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"]
)
_NULL: Final = frozenset(("", "~", "null", "Null", "NULL"))
_INFINITE: Final = re.compile(r"[-+]?\.(inf|Inf|INF)")
_NOT_A_NUMBER: Final = frozenset((".nan", ".NaN", ".NAN"))
_INTEGER: Final = re.compile(r"[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[1-9][0-9_]*|0)")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
#: Longer texts are not read as integers, because Python limits the digits of an int.
_DIGITS: Final = 100
#: Go's JSON writes whole numbers below this without an exponent.
_WRITTEN_OUT: Final = 1e21
_TAG: Final = "tag:yaml.org,2002:"


class YAMLFault(Exception):
    """A body cannot be read; the text is the error of Go's YAML reader."""


def load(body: bytes) -> tuple[Any, tuple[str, ...]]:
    """Returns the value in a body, and complaints about keys that are repeated.

    A complaint is a text such as `line 6: key "a" already set in map`. Raises YAMLFault if the body
    cannot be read.
    """
    building = _Building()
    try:
        for event in yaml.parse(body, Loader=LOADER):
            if isinstance(event, yaml.DocumentEndEvent):
                break
            _take(building, event)
    except yaml.YAMLError as error:
        raise YAMLFault(f"yaml: {_problem(error)}") from None
    return building.value, tuple(building.complaints)


def _problem(error: yaml.YAMLError) -> str:
    """Returns Go's text for an error, with the line that Go counts; line 1 is not named."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return getattr(error, "reason", "") or "unknown problem parsing YAML content"
    at, context = error.problem_mark, error.context_mark
    line = at.line if at else 0
    if line:
        line += isinstance(error, yaml.scanner.ScannerError)
    else:
        line = context.line if context else 0
    return f"line {line}: {error.problem}" if line else str(error.problem)


@dataclass
class _Open:
    """An object or a list that has not ended."""

    value: Any
    anchor: str | None
    #: In an object: the key whose value comes next; `merges` if the key is `<<`, which merges it.
    key: str | None = None
    merges: bool = False
    #: The fields of merged values. They are used where the object has no field of its own.
    merged: Obj = field(default_factory=dict)


@dataclass
class _Building:
    value: Any = None
    open: list[_Open] = field(default_factory=list)
    anchors: Obj = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    aliased: int = 0


def _take(building: _Building, event: Any) -> None:
    """Handles one event. It is Any because PyYAML has no types for the attributes of events."""
    line = event.start_mark.line + 1
    if isinstance(event, yaml.MappingStartEvent):
        _open(building, {}, event.anchor)
    elif isinstance(event, yaml.SequenceStartEvent):
        _open(building, [], event.anchor)
    elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
        _close(building)
    elif isinstance(event, yaml.ScalarEvent):
        value = _scalar(event.value, event.tag or "", event.implicit[0])
        if event.anchor:
            building.anchors[event.anchor] = value
        _add(building, value, line, event.value == "<<" and event.implicit[0])
    elif isinstance(event, yaml.AliasEvent):
        _add(building, _aliased(building, event.anchor or ""), line)


def _open(building: _Building, value: Any, anchor: str | None) -> None:
    if len(building.open) == MAX_DEPTH:
        raise YAMLFault("yaml: exceeded max depth of 10000")
    if building.open and _wants_key(building.open[-1]):
        raise YAMLFault("yaml: invalid map key")
    building.open.append(_Open(value, anchor))


def _close(building: _Building) -> None:
    ended = building.open.pop()
    for key, value in ended.merged.items():
        ended.value.setdefault(key, value)
    if ended.anchor:
        building.anchors[ended.anchor] = ended.value
    _add(building, ended.value)


def _wants_key(opened: _Open) -> bool:
    return isinstance(opened.value, dict) and opened.key is None


def _add(building: _Building, value: Any, line: int = 0, merges: bool = False) -> None:
    if not building.open:
        building.value = value
        return
    into = building.open[-1]
    if isinstance(into.value, list):
        into.value.append(value)
    elif into.key is None:
        into.key, into.merges = _key(value), merges
        if not merges and into.key in into.value:
            building.complaints.append(f"line {line}: key {quoted(into.key)} already set in map")
    else:
        _set(into, into.key, value)
        into.key = None


def _set(into: _Open, key: str, value: Any) -> None:
    if not into.merges:
        into.value[key] = value
        return
    for each in value if isinstance(value, list) else [value]:
        if not isinstance(each, dict):
            raise YAMLFault("yaml: map merge requires map or sequence of maps as the value")
        into.merged = {**each, **into.merged}


def _key(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        raise YAMLFault("unsupported map key of type: %!s(<nil>), key: <nil>")
    return str(shown(value))


def _aliased(building: _Building, anchor: str) -> Any:
    if anchor in (opened.anchor for opened in building.open):
        raise YAMLFault(f"yaml: anchor '{anchor}' value contains itself")
    if anchor not in building.anchors:
        raise YAMLFault(f"yaml: unknown anchor '{anchor}' referenced")
    return _copied(building, building.anchors[anchor], len(building.open))


def _copied(building: _Building, value: Any, depth: int) -> Any:
    building.aliased += 1
    if building.aliased > _MOST_ALIASED:
        raise YAMLFault("yaml: document contains excessive aliasing")
    if depth > MAX_DEPTH:
        raise YAMLFault("yaml: exceeded max depth of 10000")
    if isinstance(value, dict):
        return {key: _copied(building, each, depth + 1) for key, each in value.items()}
    if isinstance(value, list):
        return [_copied(building, each, depth + 1) for each in value]
    return value


def _scalar(text: str, tag: str, is_plain: bool) -> Any:
    tag = tag.removeprefix(_TAG)
    if tag == "binary":
        return b64decode(text).decode(errors="replace")
    if tag in ("int", "float", "bool", "null") or (not tag and is_plain):
        return _plain(text)
    return text


def _plain(text: str) -> Any:
    """Returns the value of a scalar without quotation marks; YAMLFault for NaN and infinities."""
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INFINITE.fullmatch(text) or text in _NOT_A_NUMBER:
        shown_as = "NaN" if text in _NOT_A_NUMBER else "-Inf" if text[0] == "-" else "+Inf"
        raise YAMLFault(f"json: unsupported value: {shown_as}")
    return _number(text)


def _number(text: str) -> Any:
    """Returns the number that a text is, or else the text itself.

    As in JSON, a number without a fraction is an integer, however it is written.
    """
    if len(text) <= _DIGITS and _INTEGER.fullmatch(text):
        digits = text.replace("_", "")
        octal = re.fullmatch("([-+]?)0([0-7]+)", digits)
        whole = int(f"{octal[1]}0o{octal[2]}" if octal else digits, 0)
        return whole if -(2**63) <= whole < 2**64 else float(whole)
    plain = text.replace("_", "")
    if not _FLOAT.fullmatch(plain):
        return text
    value = float(plain)
    if isinf(value):
        return text
    return int(value) if value.is_integer() and abs(value) < _WRITTEN_OUT else value
