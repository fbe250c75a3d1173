"""Patches: what an object is after a client's PATCH, in three of the four ways to say so.

Comes in: an object, a patch, its media type. Goes out: a new object, or a StatusError. It must not
know what the object is for.

`apply` chooses by media type among `json_patch`, `merge` and `strategic`; server-side apply is no
part of this. `strategic` merges objects and leaves lists to `lists`; `decoding` says what of the
result fits no Go type. `same` tells whether a write changes anything; `values` is what all share.
Nothing here changes what it is given, and no result shares a part with it.
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
    "go_text",
    "is_same",
    "json_patch",
    "merge_patch",
    "patch_type",
    "strategic_merge",
]
