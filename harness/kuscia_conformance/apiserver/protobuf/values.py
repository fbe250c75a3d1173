"""Converts values on the wire to values in JSON.

First come the scalars, by their Go types. Then come the messages whose JSON is not an object with
their fields; their functions take the fields by their Go names.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import isfinite
from struct import unpack
from typing import Any, Final

import orjson

from kuscia_conformance.apiserver.apimachinery.quantities import QuantityError, parsed
from kuscia_conformance.apiserver.protobuf.wire import FIXED64, LENGTH, VARINT, Malformed, signed
from kuscia_conformance.kube.objects import Obj


def _text(data: bytes) -> str:
    # Go's JSON also has U+FFFD in the place of bytes that are not UTF-8.
    return str(data, "utf-8", "replace")


def _base64(data: bytes) -> str:
    return b64encode(data).decode()


def _raw(data: bytes) -> bytes:
    return data


def _int32(value: int) -> int:
    return value if value < 0x8000_0000 else signed(value, 32)


def _int64(value: int) -> int:
    return value if value < 0x8000_0000_0000_0000 else signed(value, 64)


def _float64(data: bytes) -> float:
    value: float = unpack("<d", data)[0]
    if not isfinite(value):
        raise Malformed(f"json: unsupported value: {value}")
    # Go writes a whole number without a fraction.
    return int(value) if value.is_integer() and abs(value) < 1e21 else value


#: For each Go type its wire type, the function that reads it, and its zero in JSON.
SCALARS: Final[dict[str, tuple[int, Callable[[Any], Any], Any]]] = {
    "string": (LENGTH, _text, ""),
    "bytes": (LENGTH, _base64, None),
    "raw": (LENGTH, _raw, None),
    "bool": (VARINT, bool, False),
    "int32": (VARINT, _int32, 0),
    "int64": (VARINT, _int64, 0),
    "float64": (FIXED64, _float64, 0),
}

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_YEAR_ONE: Final = datetime(1, 1, 1, tzinfo=UTC)


def _time(fields: Obj, timespec: str = "seconds") -> str | None:
    if not fields:
        return None
    micros = int(fields.get("Nanos", 0) / 1000) if timespec == "microseconds" else 0
    try:
        moment = _EPOCH + timedelta(seconds=fields.get("Seconds", 0), microseconds=micros)
    except OverflowError:
        raise Malformed("year outside of range [0,9999]") from None
    if moment == _YEAR_ONE:
        return None
    return f"{moment.replace(tzinfo=None).isoformat(timespec=timespec)}Z"


def _micro_time(fields: Obj) -> str | None:
    return _time(fields, "microseconds")


def _quantity(fields: Obj) -> str:
    try:
        return parsed(fields.get("String_", "0")).text
    except QuantityError as error:
        raise Malformed(str(error)) from None


def _int_or_string(fields: Obj) -> int | str:
    kind = fields.get("Type", 0)
    if kind not in (0, 1):
        raise Malformed("impossible IntOrString.Type")
    value: int | str = fields.get("StrVal", "") if kind else fields.get("IntVal", 0)
    return value


def _json(fields: Obj) -> Any:
    try:
        return orjson.loads(fields["Raw"]) if fields.get("Raw") else None
    except orjson.JSONDecodeError as error:
        raise Malformed(f"invalid JSON: {error}") from None


def _schema_or_bool(fields: Obj) -> Any:
    return fields.get("Schema", fields.get("Allows", False))


def _schema_or_array(fields: Obj) -> Any:
    return fields.get("JSONSchemas", fields.get("Schema"))


def _schema_or_strings(fields: Obj) -> Any:
    return fields.get("Property", fields.get("Schema"))


#: For each message the function that turns its fields into JSON.
CONVERSIONS: Final[dict[str, Callable[[Obj], Any]]] = {
    "meta/v1.Time": _time,
    "meta/v1.MicroTime": _micro_time,
    "meta/v1.FieldsV1": _json,
    "resource.Quantity": _quantity,
    "intstr.IntOrString": _int_or_string,
    "runtime.RawExtension": _json,
    "apiextensions/v1.JSON": _json,
    "apiextensions/v1.JSONSchemaPropsOrBool": _schema_or_bool,
    "apiextensions/v1.JSONSchemaPropsOrArray": _schema_or_array,
    "apiextensions/v1.JSONSchemaPropsOrStringArray": _schema_or_strings,
}
