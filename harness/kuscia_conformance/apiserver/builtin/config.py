"""ConfigMaps and Secrets: their keys, their size, and the field `immutable`."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson

from kuscia_conformance.apiserver.apimachinery.kinds import Context, Strategy
from kuscia_conformance.apiserver.apimachinery.status_errors import (
    FieldError,
    bad_request,
    forbidden_field,
    invalid_value,
    required,
    too_long,
)
from kuscia_conformance.apiserver.builtin.metadata import IMMUTABLE, invalid_all
from kuscia_conformance.apiserver.builtin.names import config_key
from kuscia_conformance.kube.objects import Obj

#: The largest size of all values together, in bytes.
_MOST: Final = 1024 * 1024
#: The keys that the data of a Secret must have, by the Secret's type.
_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
}
_JSON: Final = (".dockercfg", ".dockerconfigjson")
_ACCOUNT: Final = "kubernetes.io/service-account.name"


class ConfigMapStrategy(Strategy):
    """The strategy of ConfigMaps.

    `validate` raises a StatusError (400) if a value of binaryData is not base64.
    """

    counts_generations = False

    def default(self, obj: Obj, _context: Context) -> None:
        _drop_empty(obj, "data", "binaryData")

    def validate(self, obj: Obj, old: Obj | None, _sub: str) -> list[FieldError]:
        fixed = list(_fixed(obj, old, "data", "binaryData")) if old is not None else []
        data, binary = obj.get("data") or {}, obj.get("binaryData") or {}
        causes = fixed + list(_keys(data, "data"))
        for key in data.keys() & binary.keys():
            said = "duplicate of key present in binaryData"
            causes.append(invalid_value(f"data[{key}]", key, said))
        causes += _keys(binary, "binaryData")
        size = sum(len(value.encode()) for value in data.values())
        size += _decoded(binary, "ConfigMap")
        # The size is that of data and binaryData together, for which Kubernetes has no field name.
        return causes + ([too_long("[]", _MOST)] if size > _MOST else [])


class SecretStrategy(Strategy):
    """The strategy of Secrets.

    `default` moves stringData into data, in base64. `validate` checks the keys that the type
    requires; it raises a StatusError (400) if a value of data is not base64.
    """

    counts_generations = False
    selectable = ("type",)

    def default(self, obj: Obj, _context: Context) -> None:
        if texts := obj.pop("stringData", None):
            encoded = {key: b64encode(text.encode()).decode() for key, text in texts.items()}
            obj["data"] = {**(obj.get("data") or {}), **encoded}
        if not obj.get("type"):
            obj["type"] = "Opaque"
        _drop_empty(obj, "data")

    def validate(self, obj: Obj, old: Obj | None, _sub: str) -> list[FieldError]:
        causes: list[FieldError] = []
        if old is not None and obj["type"] != old["type"]:
            causes.append(invalid_value("type", obj["type"], IMMUTABLE))
        causes += _fixed(obj, old, "data") if old is not None else ()
        data = obj.get("data") or {}
        causes += _keys(data, "data")
        if _decoded(data, "Secret") > _MOST:
            causes.append(too_long("data", _MOST))
        return [*causes, *_of_type(obj, data)]

    def fields(self, obj: Obj) -> Mapping[str, str]:
        return {"type": obj.get("type", "")}


def _drop_empty(obj: Obj, *parts: str) -> None:
    for part in parts:
        if part in obj and not obj[part]:
            del obj[part]


def _keys(data: Mapping[str, Any], part: str) -> Iterator[FieldError]:
    for key in data:
        yield from invalid_all(f"{part}[{key}]", key, config_key(key))


def _fixed(obj: Obj, old: Obj, *parts: str) -> Iterator[FieldError]:
    """Yields an error for each part that has changed although the old object is immutable."""
    if not old.get("immutable"):
        return
    said = "field is immutable when `immutable` is set"
    if not obj.get("immutable"):
        yield forbidden_field("immutable", said)
    for part in parts:
        if (obj.get(part) or {}) != (old.get(part) or {}):
            yield forbidden_field(part, said)


def _decoded(data: Mapping[str, str], kind: str) -> int:
    """Returns the size after decoding; raises StatusError (400) if a value is not base64."""
    return sum(len(_bytes(value, kind)) for value in data.values())


def _bytes(value: str | None, kind: str) -> bytes:
    try:
        return b64decode((value or "").replace("\n", "").replace("\r", ""), validate=True)
    except ValueError:
        place = _first_wrong(value or "")
        raise bad_request(
            f'{kind} in version "v1" cannot be handled as a {kind}: illegal base64 data at '
            f"input byte {place}"
        ) from None


def _first_wrong(value: str) -> int:
    """Returns the position that Kubernetes' message names.

    This is the first character outside the alphabet of base64. If all characters are in it, this is
    the end of the last complete group of four.
    """
    wrong = (at for at, sign in enumerate(value) if not (sign.isalnum() or sign in "+/"))
    return next(wrong, len(value) // 4 * 4)


def _of_type(secret: Obj, data: Mapping[str, str]) -> Iterator[FieldError]:
    for key in _NEEDED.get(secret["type"], ()):
        if key not in data:
            yield required(f"data[{key}]")
        elif key in _JSON:
            yield from _json(key, _bytes(data[key], "Secret"))
    if secret["type"] == "kubernetes.io/basic-auth" and not data.keys() & {"username", "password"}:
        yield required("data[username]")
        yield required("data[password]")
    annotations = secret["metadata"].get("annotations") or {}
    if secret["type"] == "kubernetes.io/service-account-token" and not annotations.get(_ACCOUNT):
        yield required(f"metadata.annotations[{_ACCOUNT}]")


def _json(key: str, content: bytes) -> Iterator[FieldError]:
    try:
        orjson.loads(content)
    except ValueError:
        first = content[:1].decode(errors="replace")
        said = f"invalid character '{first}' looking for beginning of value"
        yield invalid_value(f"data[{key}]", "<secret contents redacted>", said)
