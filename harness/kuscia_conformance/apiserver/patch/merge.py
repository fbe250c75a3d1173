"""JSON merge patches: RFC 7386, except for lists.

By the RFC a list in a patch is used unchanged. Kubernetes removes null members from the objects in
the list, except where the list replaces an object.
"""

from __future__ import annotations

from typing import Any

from kuscia_conformance.apiserver.apimachinery.status_errors import bad_request
from kuscia_conformance.apiserver.patch.values import copied, json_name
from kuscia_conformance.kube.objects import Obj


def merge_patch(obj: Obj, patch: Any) -> Obj:
    """Returns the object with the members of the patch; a null in the patch removes a member.

    Raises StatusError (400) if the patch is not an object.
    """
    if patch is None:
        raise bad_request("Invalid JSON Patch")
    if not isinstance(patch, dict):
        raise bad_request(
            f"error decoding patch: json: cannot unmarshal {json_name(patch)}"
            " into Go value of type map[string]interface {}"
        )
    merged: Obj = copied(_merged(obj, patch))
    return merged


def _merged(target: Obj, patch: Obj) -> Obj:
    merged = dict(target)
    for key, value in patch.items():
        present = merged.get(key)
        if value is None:
            merged.pop(key, None)
        elif not isinstance(present, dict):
            merged[key] = _without_nulls(value)
        else:
            merged[key] = _merged(present, value) if isinstance(value, dict) else value
    return merged


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(below) for key, below in value.items() if below is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value
