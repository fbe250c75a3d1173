"""Patches: what an object is after a PATCH.

Comes in: an object, a patch, its media type. Goes out: a new object, or a StatusError. It must not
know what kind of resource the object is, except by its `Type`.

    apply        chooses by media type; `patch_type` says which types a resource supports
    json_patch   a list of operations (RFC 6902, as Kubernetes' library reads it)
    merge        a partial object (RFC 7386, with Kubernetes' treatment of lists)
    strategic    a partial object for built-in kinds; `lists` merges lists, and `decoding` checks
                 that the result fits the Go types
    same         checks whether a write changes anything
    values       helpers for JSON values

Server-side apply is in `fields`. No function here changes the object that it is given, and no
result shares a part with it.
"""

from kuscia_conformance.apiserver.patch.apply import (
    APPLY,
    JSON_PATCH,
    MERGE_PATCH,
    STRATEGIC_MERGE_PATCH,
    apply_patch,
    patch_type,
)
from kuscia_conformance.apiserver.patch.json_patch import json_patch
from kuscia_conformance.apiserver.patch.merge import merge_patch
from kuscia_conformance.apiserver.patch.same import is_same
from kuscia_conformance.apiserver.patch.strategic import strategic_merge

__all__ = [
    "APPLY",
    "JSON_PATCH",
    "MERGE_PATCH",
    "STRATEGIC_MERGE_PATCH",
    "apply_patch",
    "is_same",
    "json_patch",
    "merge_patch",
    "patch_type",
    "strategic_merge",
]
