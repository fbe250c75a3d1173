"""Applies a patch of any kind: the media type says how the body is read.

Custom resources have no strategic merge patches, because their types lack the patch strategies.
Server-side apply (`APPLY`) is only recognized here; `fields.apply` does it.
"""

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

#: The supported types, in the order of the error message.
_OF_CUSTOM = (JSON_PATCH, MERGE_PATCH, APPLY)
_OF_BUILT_IN = (JSON_PATCH, MERGE_PATCH, STRATEGIC_MERGE_PATCH, APPLY)


def patch_type(content_type: str, custom: bool) -> str:
    """Returns the media type without its parameters.

    `custom` says whether the resource is a custom one. Raises StatusError (415) if the resource
    does not support patches of this type. The message differs between built-in and custom
    resources.
    """
    media_type = content_type.partition(";")[0]
    supported = _OF_CUSTOM if custom else _OF_BUILT_IN
    if media_type in supported:
        return media_type
    # For built-in kinds a router answers first. It is less strict, and its message is shorter.
    routed = [part.partition(";")[0].strip() for part in content_type.split(",")]
    if not custom and not any(part in supported for part in routed):
        raise StatusError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {})
    raise unsupported_media_type(
        "the body of the request was in an unknown format"
        f" - accepted media types include: {', '.join(supported)}"
    )


def apply_patch(obj: Obj, body: Any, media_type: str, type: Type | None) -> Obj:
    """Returns the patched object; `body` is the parsed patch.

    `type` is the type of a built-in resource, or None for a custom one. Raises StatusError if the
    patch does not apply (400, 413, 415, 422 or 500, as on the server), and ValueError for `APPLY`.
    """
    match patch_type(media_type, custom=type is None):
        case "application/json-patch+json":
            return json_patch(obj, body)
        case "application/merge-patch+json":
            return merge_patch(obj, body)
        case "application/strategic-merge-patch+json" if type is not None:
            return strategic_merge(obj, body, type)
    raise ValueError(f"{media_type} is applied elsewhere")
