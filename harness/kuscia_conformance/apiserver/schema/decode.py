"""Objects from bodies.

A body is JSON or YAML. What Go's readers put up with is put up with here: texts that are no UTF-8,
whose bad bytes become U+FFFD, and keys that stand there twice, the last of which counts and all of
which are complained of. What they refuse is refused in their words (`json_faults`, `yaml_body`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import isinf
from typing import Any, Final

import orjson

from kuscia_conformance.apiserver.apimachinery.go_text import quoted
from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError, bad_request
from kuscia_conformance.apiserver.schema.json_faults import MAX_DEPTH, go_type_name, json_fault
from kuscia_conformance.apiserver.schema.strict import cannot_be_handled, unrecognized
from kuscia_conformance.apiserver.schema.yaml_body import YAMLFault, load
from kuscia_conformance.kube.objects import Obj

_HEADER: Final = (
    'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; '
    'Kind string "json:\\"kind,omitempty\\"" }'
)
#: A number of more is read as a float.
_DIGITS: Final = 100


@dataclass(frozen=True)
class Decoded:
    """An object, and what strict validation has against its body."""

    object: Obj
    complaints: tuple[str, ...] = ()


def decode(body: bytes, media_type: str, kind: str, find_duplicates: bool = True) -> Decoded:
    """The object in a body; `kind` is the kind that it should be of.

    StatusError (400) if there is none in it. Whether it is of that kind is not looked at, but only
    that its apiVersion and kind are texts.
    """
    complaints: tuple[str, ...]
    if "yaml" in media_type:
        try:
            parsed, complaints = load(body)
        except YAMLFault as fault:
            raise unrecognized(kind, str(fault), body) from None
    else:
        parsed = _loads(body, kind)
        complaints = _duplicates(body, parsed) if find_duplicates else ()
    return Decoded(_with_header(parsed, kind, body), complaints)


def decode_configuration(body: bytes) -> Decoded:
    """What a body, YAML or JSON, wants to be applied. StatusError (400) if it is no object."""
    try:
        parsed, complaints = load(body)
    except YAMLFault as fault:
        why = f"error converting YAML to JSON: {fault}"
        raise bad_request(f"error decoding YAML: {why}") from None
    if not isinstance(parsed, dict | None):
        why = f"json: cannot unmarshal {go_type_name(parsed)} into Go value of type"
        raise bad_request(
            f"error decoding YAML: error unmarshaling JSON: while decoding JSON: {why} "
            "map[string]interface {}"
        )
    return Decoded(parsed or {}, complaints)


def _loads(body: bytes, kind: str) -> Any:
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError:
        return _loads_as_go(body, kind)
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH and is_too_deep(parsed):
        raise _unparsed(json_fault(body), kind, body)
    return parsed


def is_too_deep(value: Any) -> bool:
    """Beyond 254 levels orjson does not write; four are left for lists and events around."""
    try:
        orjson.dumps([[[[value]]]])
    except TypeError:
        return True
    return False


def _loads_as_go(body: bytes, kind: str) -> Any:
    """What is no JSON to the letter, but passes."""
    if fault := json_fault(body):
        raise _unparsed(fault, kind, body)
    text = body.decode(errors="replace")
    try:
        parsed = json.loads(text, parse_float=_finite, parse_int=_whole)
    except _TooLarge as number:
        header = json.loads(text, parse_int=float)
        name, version = header.get("kind") or kind, header.get("apiVersion") or "v1"
        why = f"json: cannot unmarshal number {number} into Go value of type float64"
        raise cannot_be_handled(name, version.rpartition("/")[2], why, kind) from None
    # Halves of surrogate pairs: together they are characters, alone they are nothing.
    whole = json.dumps(parsed, ensure_ascii=False).encode("utf-16", "surrogatepass")
    return orjson.loads(whole.decode("utf-16", "replace"))


class _TooLarge(Exception):
    """A number that no float can hold."""


def _finite(text: str) -> float:
    number = float(text)
    if isinf(number):
        raise _TooLarge(text)
    return number


def _whole(text: str) -> float:
    """Of very long ones Python does not read the digits."""
    return int(text) if len(text) <= _DIGITS else _finite(text)


def _unparsed(fault: str, kind: str, body: bytes) -> StatusError:
    return unrecognized(kind, f"couldn't get version/kind; json parse error: {fault}", body)


def _with_header(parsed: Any, kind: str, body: bytes) -> Obj:
    """An object whose apiVersion and kind are texts, if they are there; null is an empty one."""
    if parsed is None:
        return {}
    if parsed.__class__ is not dict:
        found = go_type_name(parsed)
        fault = f"json: cannot unmarshal {found} into Go value of type {_HEADER}"
        raise _unparsed(fault, kind, body)
    for key in ("kind", "apiVersion"):
        value = parsed.get(key)
        if value.__class__ is not str and value is not None:
            found = go_type_name(value)
            fault = f"json: cannot unmarshal {found} into Go struct field .{key} of type string"
            raise _unparsed(fault, kind, body)
    if (parsed.get("apiVersion") or "").count("/") > 1:
        why = f"unexpected GroupVersion string: {parsed['apiVersion']}"
        raise unrecognized(kind, why, body)
    return parsed


def _duplicates(body: bytes, parsed: Any) -> tuple[str, ...]:
    """`duplicate field "metadata.name"` of each; orjson does not tell, most bodies have none.

    A key that is lost takes its quotes with it; only by escapes do quotes come and go as well.
    """
    if b"\\u" not in body and orjson.dumps(parsed).count(b'"') == body.count(b'"'):
        return ()
    text = body.decode(errors="replace")
    try:
        _UNIQUE.decode(text)
    except _Duplicate:
        found: list[str] = []
        _collect(_PAIRS.decode(text), "", found)
        return tuple(f"duplicate field {quoted(path)}" for path in found)
    return ()


class _Duplicate(Exception):
    pass


class _Pairs(list[tuple[str, Any]]):
    """An object as it stands in the body."""


def _unique(pairs: list[tuple[str, Any]]) -> Obj:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Duplicate
    return found


_UNIQUE: Final = json.JSONDecoder(object_pairs_hook=_unique)
_PAIRS: Final = json.JSONDecoder(object_pairs_hook=_Pairs)


def _collect(value: Any, path: str, found: list[str]) -> None:
    """In the order of the body, each path once."""
    if isinstance(value, _Pairs):
        seen: set[str] = set()
        for key, below in value:
            place = f"{path}.{key}" if path else key
            if key in seen and place not in found:
                found.append(place)
            seen.add(key)
            _collect(below, place, found)
    elif isinstance(value, list):
        for index, below in enumerate(value):
            _collect(below, f"{path}[{index}]", found)
