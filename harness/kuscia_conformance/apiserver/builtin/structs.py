"""Values that are structs in Go: their fields are shown in Go's order, not by the alphabet."""

from __future__ import annotations

from typing import Any

import orjson

from kuscia_conformance.apiserver.apimachinery.status_errors import FieldError
from kuscia_conformance.kube.objects import Obj


def invalid_struct(field: str, value: Any, detail: str) -> FieldError:
    return FieldError("FieldValueInvalid", f"Invalid value: {_shown(value)}: {detail}", field)


def duplicate_struct(field: str, value: Any, detail: str = "") -> FieldError:
    text = f"Duplicate value: {_shown(value)}" + (f": {detail}" if detail else "")
    return FieldError("FieldValueDuplicate", text, field)


def owner_struct(owner: Obj) -> Obj:
    """An owner reference with its fields in order; the first four are always there."""
    always = {key: owner.get(key, "") for key in ("apiVersion", "kind", "name", "uid")}
    maybe: Obj = {key: owner[key] for key in ("controller", "blockOwnerDeletion") if key in owner}
    return {**always, **maybe}


def _shown(value: Any) -> str:
    return orjson.dumps(value).decode()
