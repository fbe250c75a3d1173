"""Turns a decoded body into an object: checks types, drops unknown fields, validates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from kuscia_conformance.apiserver.apimachinery import status_errors
from kuscia_conformance.apiserver.apimachinery.go_text import printed, quoted
from kuscia_conformance.apiserver.apimachinery.kinds import Kind
from kuscia_conformance.apiserver.apimachinery.status_errors import FieldError, StatusError
from kuscia_conformance.apiserver.builtin.metadata import STANDARD_FINALIZERS, validate_metadata
from kuscia_conformance.apiserver.schema import (
    check_types,
    fill_defaults,
    make_whole,
    prune,
    strict_refusal,
    unknown_fields,
    validate,
)
from kuscia_conformance.apiserver.writes.options import WriteOptions
from kuscia_conformance.kube.objects import Obj

#: The fields of metadata that are dropped if they are empty.
_BLANKS = ("labels", "annotations", "finalizers", "ownerReferences")
#: The fields of metadata, in the order in which Kubernetes writes them.
_IN_ORDER = (
    "name",
    "generateName",
    "namespace",
    "selfLink",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "labels",
    "annotations",
    "ownerReferences",
    "finalizers",
    "managedFields",
)


def accept_body(kind: Kind, obj: Obj, options: WriteOptions, complaints: Sequence[str]) -> None:
    """Checks the types of a body, drops unknown fields, and fills in the defaults of custom kinds.

    Unknown fields and `complaints` become warnings. Raises StatusError (400) for wrong types, and
    for unknown fields if validation is strict.
    """
    check_types(obj, kind.type, kind.name, kind.version)
    _drop_blanks(obj["metadata"])
    complain(kind, complaints, prune(obj, kind.type), options)
    if kind.is_custom:
        fill_defaults(obj, kind.type)
        make_whole(obj, kind.type)


def accept_merged(kind: Kind, obj: Obj) -> None:
    """Checks the types of an object that the server has merged.

    It also fills in the defaults of custom kinds. There are no unknown fields to warn about.
    """
    check_types(obj, kind.type, kind.name, kind.version)
    _drop_blanks(obj["metadata"])
    if kind.is_custom:
        fill_defaults(obj, kind.type)
        make_whole(obj, kind.type)


def _drop_blanks(metadata: Obj) -> None:
    """In metadata an empty list or map means the same as an absent one."""
    for name in _BLANKS:
        if name in metadata and not metadata[name]:
            del metadata[name]


def complain(
    kind: Kind, complaints: Sequence[str], unknown: Sequence[str], options: WriteOptions
) -> None:
    """Adds warnings. With strict validation, raises StatusError (400) if there are any."""
    if options.validation == "Ignore":
        return
    found = [*complaints, *unknown_fields(unknown)]
    if found and options.validation == "Strict":
        raise strict_refusal(found, kind.name, kind.version)
    options.warnings.extend(found)


def warn_of_finalizers(kind: Kind, obj: Obj, old: Obj | None, options: WriteOptions) -> None:
    """Warns about new finalizers of a custom object that have no domain.

    Kubernetes accepts them in custom objects, with this warning.
    """
    finalizers = obj["metadata"].get("finalizers")
    if not finalizers or not kind.is_custom:
        return
    before = old["metadata"].get("finalizers") or () if old else ()
    options.warnings.extend(
        f"metadata.finalizers: {quoted(each)}: prefer a domain-qualified finalizer name to avoid "
        "accidental conflicts with other finalizer writers"
        for each in sorted(set(finalizers).difference(before, STANDARD_FINALIZERS))
        if "/" not in each
    )


def of_the_patch(
    refusal: StatusError, kind: Kind, patch: Any, patched: bytes | None
) -> StatusError:
    """Returns the refusal to raise when a patched object does not fit its type.

    Kubernetes then blames the patch (422), not the body. Other refusals are returned unchanged.
    """
    _, found, why = refusal.message.partition(f" cannot be handled as a {kind.name}: ")
    if not found:
        return refusal
    shown = printed(patch) if patched is None else _in_order(orjson.loads(patched), kind)
    return status_errors.invalid("", "", "", [status_errors.invalid_value("patch", shown, why)])


def _in_order(obj: Obj, kind: Kind) -> str:
    """Returns the object as JSON, with the fields in Kubernetes' order."""
    if kind.is_custom:
        return orjson.dumps(obj, option=orjson.OPT_SORT_KEYS).decode()
    metadata = obj.get("metadata") or {}
    if isinstance(metadata, dict):
        metadata = {name: metadata[name] for name in _IN_ORDER if name in metadata}
    return orjson.dumps(dict(sorted({**obj, "metadata": metadata}.items()))).decode()


def require_valid(kind: Kind, obj: Obj, old: Obj | None, sub: str) -> None:
    """Raises StatusError (422), with every cause, if the object is invalid."""
    causes: list[FieldError] = validate_metadata(obj, old, kind)
    if kind.is_custom:
        causes += _status_causes(kind, obj) if sub == "status" else validate(obj, kind.type)
    causes += kind.strategy.validate(obj, old, sub)
    if causes:
        name = obj["metadata"].get("name") or ""
        raise status_errors.invalid(kind.key[0], kind.name, name, causes)


def _status_causes(kind: Kind, obj: Obj) -> list[FieldError]:
    """A write to the status validates only the status."""
    causes = validate(obj.get("status", {}), kind.type.below("status"))
    return [
        FieldError(c.reason, c.message, f"status.{c.field}" if c.field else "status")
        for c in causes
    ]
