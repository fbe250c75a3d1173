"""Decodes bodies and patches: JSON, YAML, and Kubernetes' protobuf."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from kuscia_conformance.apiserver import protobuf
from kuscia_conformance.apiserver.apimachinery.kinds import Kind
from kuscia_conformance.apiserver.apimachinery.request import JSON, Request
from kuscia_conformance.apiserver.apimachinery.status_errors import (
    bad_request,
    unsupported_media_type,
)
from kuscia_conformance.apiserver.patch import STRATEGIC_MERGE_PATCH
from kuscia_conformance.apiserver.schema import decode, decode_configuration, is_too_deep
from kuscia_conformance.apiserver.schema.json_faults import json_fault
from kuscia_conformance.apiserver.writes.options import APPLY
from kuscia_conformance.kube.objects import Obj

PROTOBUF, YAML = "application/vnd.kubernetes.protobuf", "application/yaml"
_UNDERSTOOD = (JSON, YAML, PROTOBUF)


def read(kind: Kind, request: Request, validation: str) -> tuple[Obj, Sequence[str]]:
    """Returns the body as an object, and complaints about fields that occur twice in it.

    Raises StatusError: 415 for an unknown media type, 400 if the body is not an object.
    """
    media_type = request.media_type or JSON
    if media_type == PROTOBUF and not kind.is_custom:
        return protobuf.decode(request.body, kind.api_version, kind.name), ()
    if media_type not in (JSON, YAML, APPLY):
        accepted = ", ".join(_UNDERSTOOD)
        raise unsupported_media_type(
            f"the body of the request was in an unknown format - accepted media types include: "
            f"{accepted}"
        )
    if media_type == APPLY:
        decoded = decode_configuration(request.body)
    else:
        duplicates = validation != "Ignore"
        decoded = decode(request.body, media_type, kind.name, find_duplicates=duplicates)
    return decoded.object, decoded.complaints


def read_patch(request: Request) -> Any:
    """Returns the decoded patch. Raises StatusError (400) if it is not JSON, or too deep."""
    try:
        parsed = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        fault = json_fault(request.body) or str(error)
        where = "" if request.media_type == STRATEGIC_MERGE_PATCH else "error decoding patch: "
        raise bad_request(f"{where}{fault}") from None
    if is_too_deep(parsed):
        raise bad_request("error decoding patch: exceeded max depth")
    return parsed
