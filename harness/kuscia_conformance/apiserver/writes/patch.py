"""Patching objects: JSON patch, merge patch and strategic merge patch."""

from __future__ import annotations

from typing import Any

import orjson

from kuscia_conformance.apiserver import patch as patching
from kuscia_conformance.apiserver.apimachinery.registry import Target
from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError, bad_request
from kuscia_conformance.apiserver.schema import is_too_deep
from kuscia_conformance.apiserver.storage.list import in_version_object
from kuscia_conformance.apiserver.writes.bodies import (
    accept_body,
    of_the_patch,
)
from kuscia_conformance.apiserver.writes.identity import (
    metadata_of,
    require_kind,
    require_name,
    require_namespace,
)
from kuscia_conformance.apiserver.writes.options import WriteOptions
from kuscia_conformance.apiserver.writes.update import Change, commit_update
from kuscia_conformance.apiserver.writes.writer import Writer, Written


def patch(
    writer: Writer, target: Target, patch: Any, media_type: str, options: WriteOptions
) -> Written:
    """Patches an object; `media_type` is the kind of patch.

    Raises StatusError: 404 if the object does not exist, 409 for an old resourceVersion, 422 if the
    result is invalid.
    """
    kind, stored = target.kind, writer.require(target)
    old = in_version_object(kind, stored)
    new = patching.apply_patch(
        old,
        patch,
        media_type,
        None if kind.is_custom else kind.type,
    )
    if is_too_deep(new):
        raise bad_request("error applying patch: exceeded max depth")
    patched = orjson.dumps(new)
    strategic = media_type == patching.STRATEGIC_MERGE_PATCH
    if strategic:
        new |= {"apiVersion": kind.api_version, "kind": kind.name}
    try:
        require_kind(new, kind)
        require_name(target, metadata_of(new, kind))
        if kind.namespaced:
            require_namespace(target, new["metadata"])
            new["metadata"]["namespace"] = target.namespace
        accept_body(kind, new, options, ())
    except StatusError as refusal:
        raise of_the_patch(refusal, kind, patch, None if strategic else patched) from None
    return commit_update(writer, Change(target, stored, new, old), options)
