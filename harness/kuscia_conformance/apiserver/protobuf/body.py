"""Decodes a whole body: four magic bytes, then an envelope (`runtime.Unknown`) around the object.

The envelope has the object's apiVersion and kind, and the bytes of its message.
"""

from __future__ import annotations

from typing import Final

from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError, bad_request
from kuscia_conformance.apiserver.protobuf.messages import data, message
from kuscia_conformance.apiserver.protobuf.wire import Malformed, read
from kuscia_conformance.kube.objects import Obj

_MAGIC: Final = b"k8s\x00"


def decode(body: bytes, api_version: str = "", kind: str = "") -> Obj:
    """Returns the object in the form that it would have as JSON.

    `api_version` and `kind` are those that the request expects. They are used if the envelope has
    none; an object of another known kind is accepted here. Raises StatusError (400) if the body is
    malformed or the kind is unknown.
    """
    try:
        envelope = read(message("runtime.Unknown"), _content(body))
    except Malformed as error:
        raise _unrecognized(body, kind, error) from None
    says = envelope.get("TypeMeta", {})
    found = says.get("kind") or kind
    version = _checked_version(says.get("apiVersion", "")) or api_version
    try:
        obj = _object(version, found, envelope.get("Raw", b""))
    except Malformed as error:
        raise _not_handled(version, found, kind or found, error) from None
    except RecursionError:
        raise _not_handled(version, found, kind or found, "exceeded max depth") from None
    return {"kind": found, "apiVersion": version, **obj}


def _content(body: bytes) -> bytes:
    if not body:
        raise Malformed("empty data")
    if not body.startswith(_MAGIC):
        raise Malformed(
            "provided data does not appear to be a protobuf message,"
            f" expected prefix [{' '.join(map(str, _MAGIC))}]"
        )
    if body == _MAGIC:
        raise Malformed("empty body")
    return body[len(_MAGIC) :]


def _checked_version(version: str) -> str:
    """Returns the version, or "" if it is malformed: then it counts as absent."""
    return version if version.count("/") < 2 and version != "/" else ""


def _object(version: str, kind: str, content: bytes) -> Obj:
    name = data().kinds.get(version, {}).get(kind)
    if name is None:
        raise Malformed(
            f'no kind "{kind}" is registered for version "{version}"'
            ' in scheme "pkg/runtime/scheme.go:110"'
        )
    return read(message(name), content)


def _unrecognized(body: bytes, kind: str, error: Malformed) -> StatusError:
    shown = body[:30].decode(errors="replace") if body[:1] == b"{" else body[:30].hex()
    summary = (shown or "<empty>") + (" ..." if len(body) > 30 else "")
    return bad_request(
        f"the object provided is unrecognized (must be of type {kind}): {error} ({summary})"
    )


def _not_handled(version: str, found: str, kind: str, error: object) -> StatusError:
    version = version.rpartition("/")[2]
    return bad_request(f'{found} in version "{version}" cannot be handled as a {kind}: {error}')
