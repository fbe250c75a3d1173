"""Which kind of patch a body is: its media type says so."""

from __future__ import annotations

from typing import Any

from kuscia_conformance.apiserver.apimachinery.status_errors import (
    StatusError,
    unsupported_media_type,
)
from kuscia_conformance.apiserver.apimachinery.types import Type
from kuscia_conformance.apiserver.patch.json_patch import json_patch
from kuscia_conformance.apiserver.patch.merge import merge_patch
from kuscia_conformance.apiserver.patch.strategic import strategic_merge
from kuscia_conformance.kube.objects import Obj

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_MERGE_PATCH = "application/strategic-merge-patch+json"
APPLY = "application/apply-patch+yaml"

#: In the order in which a refusal names them.
_OF_CUSTOM = (JSON_PATCH, MERGE_PATCH, APPLY)
_OF_BUILT_IN = (JSON_PATCH, MERGE_PATCH, STRATEGIC_MERGE_PATCH, APPLY)


def patch_type(content_type: str, custom: bool) -> str:
    """The media type without its parameters, if patches of this kind of resource may have it."""
    media_type = content_type.partition(";")[0]
    supported = _OF_CUSTOM if custom else _OF_BUILT_IN
    if media_type in supported:
        return media_type
    # Built-in kinds have a router before them that looks less closely, and says less.
    routed = [part.partition(";")[0].strip() for part in content_type.split(",")]
    if not custom and not any(part in supported for part in routed):
        raise StatusError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {})
    raise unsupported_media_type(
        "the body of the request was in an unknown format"
        f" - accepted media types include: {', '.join(supported)}"
    )


def apply_patch(obj: Obj, body: Any, media_type: str, type: Type | None) -> Obj:
    """The object as patched; `type` is None of a custom resource."""
    match patch_type(media_type, custom=type is None):
        case "application/json-patch+json":
            return json_patch(obj, body)
        case "application/merge-patch+json":
            return merge_patch(obj, body)
        case "application/strategic-merge-patch+json" if type is not None:
            return strategic_merge(obj, body, type)
    raise ValueError(f"{media_type} is applied elsewhere")
