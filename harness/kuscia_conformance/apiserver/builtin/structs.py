"""Errors whose value is a struct in Go.

Kubernetes prints the fields of a struct in Go's order, not sorted. So the values that are passed
here have their keys in that order.
"""

from __future__ import annotations

from typing import Any

import orjson

from kuscia_conformance.apiserver.apimachinery.status_errors import FieldError
from kuscia_conformance.kube.objects import Obj


def invalid_struct(field: str, value: Any, detail: str) -> FieldError:
    """Returns a FieldError with the reason FieldValueInvalid."""
    return FieldError("FieldValueInvalid", f"Invalid value: {_shown(value)}: {detail}", field)


def duplicate_struct(field: str, value: Any, detail: str = "") -> FieldError:
    """Returns a FieldError with the reason FieldValueDuplicate."""
    text = f"Duplicate value: {_shown(value)}" + (f": {detail}" if detail else "")
    return FieldError("FieldValueDuplicate", text, field)


def owner_struct(owner: Obj) -> Obj:
    """Returns an owner reference with its keys in Go's order; the first four are always there."""
    always = {key: owner.get(key, "") for key in ("apiVersion", "kind", "name", "uid")}
    maybe: Obj = {key: owner[key] for key in ("controller", "blockOwnerDeletion") if key in owner}
    return {**always, **maybe}


def _shown(value: Any) -> str:
    return orjson.dumps(value).decode()
