"""Checks which fields of a pod's spec have changed after its creation.

`validate_change` first checks the fields that may change, each by its own rule. Then it resets
these fields in the new spec and compares the two specs. The error shows the difference as a diff of
the JSON; the real server shows Go's fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff
from itertools import islice
from typing import Any, Final

import orjson

from kuscia_conformance.apiserver.apimachinery.status_errors import (
    FieldError,
    forbidden_field,
    invalid_value,
)
from kuscia_conformance.kube.objects import Obj

_ONLY: Final = (
    "pod updates may not change fields other than `spec.containers[*].image`,"
    "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only "
    "additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set "
    "to 1 if it was previously negative)"
)
_LISTS: Final = ("containers", "initContainers")
#: Fields that are not compared, because they have a rule of their own.
_FREE: Final = ("activeDeadlineSeconds", "tolerations", "schedulingGates")


def validate_change(spec: Obj, old: Obj) -> list[FieldError]:
    """Returns the errors in a change of the spec; an empty list if nothing has changed."""
    if spec == old:
        return []
    for key in _LISTS:
        if len(spec.get(key) or ()) != len(old.get(key) or ()):
            return [forbidden_field(f"spec.{key}", f"pod updates may not add or remove {_of(key)}")]
    causes = [*_deadline(spec, old), *_gates(spec, old)]
    if causes:
        return causes
    causes += _tolerations(spec.get("tolerations") or [], old.get("tolerations") or [])
    fixed, fixed_old = _fixed(spec, old), _fixed(old, old)
    if fixed != fixed_old:
        causes.append(forbidden_field("spec", f"{_ONLY}\n{_difference(fixed_old, fixed)}"))
    return causes


def _of(key: str) -> str:
    return "init containers" if key == "initContainers" else key


def _deadline(spec: Obj, old: Obj) -> Iterator[FieldError]:
    field, before = "spec.activeDeadlineSeconds", old.get("activeDeadlineSeconds")
    now = spec.get("activeDeadlineSeconds")
    if before is not None and now is None:
        said = "must not update from a positive integer to nil value"
        yield invalid_value(field, None, said)
    elif before is not None and now > before:
        yield invalid_value(field, now, "must be less than or equal to previous value")


def _gates(spec: Obj, old: Obj) -> Iterator[FieldError]:
    before = {gate["name"] for gate in old.get("schedulingGates") or ()}
    for index, gate in enumerate(spec.get("schedulingGates") or ()):
        name = gate.get("name", "")
        if name not in before:
            said = f"only deletion is allowed, but found new scheduling gate '{name}'"
            yield forbidden_field(f"spec.schedulingGates[{index}].name", said)


def _tolerations(tolerations: list[Obj], old: list[Obj]) -> Iterator[FieldError]:
    kept = [_without_seconds(toleration) for toleration in tolerations]
    if any(_without_seconds(toleration) not in kept for toleration in old):
        said = "existing toleration can not be modified except its tolerationSeconds"
        yield forbidden_field("spec.tolerations", said)


def _without_seconds(toleration: Obj) -> Obj:
    return {key: value for key, value in toleration.items() if key != "tolerationSeconds"}


def _fixed(spec: Obj, old: Obj) -> Obj:
    """Returns the spec with the fields reset or removed that may change."""
    fixed = {key: value for key, value in spec.items() if key not in _FREE and value is not None}
    for key in _LISTS:
        if spec.get(key):
            fixed[key] = [
                {**new, "image": before.get("image")}
                for new, before in zip(spec[key], old[key], strict=True)
            ]
    if (old.get("terminationGracePeriodSeconds") or 0) < 0 and (
        spec.get("terminationGracePeriodSeconds") == 1
    ):
        fixed["terminationGracePeriodSeconds"] = old["terminationGracePeriodSeconds"]
    if old.get("schedulingGates"):
        fixed.pop("nodeSelector", None)
        fixed.pop("affinity", None)
    return fixed


def _difference(old: Obj, new: Obj) -> str:
    lines = unified_diff(_lines(old), _lines(new), lineterm="", n=3)
    return "\n".join([*islice(lines, 2, None), ""])


def _lines(value: Any) -> list[str]:
    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS
    return orjson.dumps(value, option=options).decode().splitlines()
