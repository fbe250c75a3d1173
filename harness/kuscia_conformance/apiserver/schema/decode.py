"""Decodes request bodies to objects.

A body is JSON or YAML. What Go's readers accept is accepted here:

- Bytes that are not UTF-8 become U+FFFD.
- If a key is repeated, its last value counts, and each repeated key is a complaint.

What Go's readers refuse is refused in their words (`json_faults`, `yaml_body`). Most JSON bodies
are plain: orjson reads them, and slower functions read only what orjson refuses.
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
#: A number with more digits is read as a float.
_DIGITS: Final = 100


@dataclass(frozen=True)
class Decoded:
    """A decoded object, and the complaints that strict validation has about its body."""

    object: Obj
    complaints: tuple[str, ...] = ()


def decode(body: bytes, media_type: str, kind: str, find_duplicates: bool = True) -> Decoded:
    """Returns the object in a JSON or YAML body, and complaints about duplicate fields.

    `kind` is the expected kind. It is used in messages only: whether the object is of that kind is
    not checked here. Duplicates in JSON are only looked for if `find_duplicates`.

    Raises StatusError (400) if the body cannot be read, is not an object, or has an apiVersion or
    kind that is malformed. A body that is null is an empty object.
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
    """Returns the configuration in a body of server-side apply, YAML or JSON.

    Raises StatusError (400) if the body cannot be read or is not an object.
    """
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
    """Checks whether a value has too many levels to be written.

    orjson writes at most 254 levels. Four are left for the lists and events around an object.
    """
    try:
        orjson.dumps([[[[value]]]])
    except TypeError:
        return True
    return False


def _loads_as_go(body: bytes, kind: str) -> Any:
    """Reads a body that orjson refuses but Go may accept.

    Examples are bad UTF-8, long numbers, and surrogates without their other half.
    """
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
    # Two halves of a surrogate pair become one character. A single half becomes U+FFFD.
    whole = json.dumps(parsed, ensure_ascii=False).encode("utf-16", "surrogatepass")
    return orjson.loads(whole.decode("utf-16", "replace"))


class _TooLarge(Exception):
    """A number is too large for a float."""


def _finite(text: str) -> float:
    number = float(text)
    if isinf(number):
        raise _TooLarge(text)
    return number


def _whole(text: str) -> float:
    """Returns an int, or a float for a long number, because Python limits the digits of an int."""
    return int(text) if len(text) <= _DIGITS else _finite(text)


def _unparsed(fault: str, kind: str, body: bytes) -> StatusError:
    return unrecognized(kind, f"couldn't get version/kind; json parse error: {fault}", body)


def _with_header(parsed: Any, kind: str, body: bytes) -> Obj:
    """Returns the object if its apiVersion and kind, if any, are well-formed texts; {} for null."""
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
    """Returns a complaint such as `duplicate field "metadata.name"` for each repeated key.

    orjson drops repeated keys without a report. Most bodies have none, so quotation marks are
    counted first: a dropped key takes its quotation marks along. Escapes change their number too,
    so a body with unicode escapes is always searched.
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
    """An object with all its keys in the order of the body, repeated ones included."""


def _unique(pairs: list[tuple[str, Any]]) -> Obj:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Duplicate
    return found


_UNIQUE: Final = json.JSONDecoder(object_pairs_hook=_unique)
_PAIRS: Final = json.JSONDecoder(object_pairs_hook=_Pairs)


def _collect(value: Any, path: str, found: list[str]) -> None:
    """Appends the path of each repeated key to `found`, once, in the order of the body."""
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
