"""What a body has to be before it is an object: its types right, its unknown fields dropped."""

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

#: What of metadata may be there and empty.
_BLANKS = ("labels", "annotations", "finalizers", "ownerReferences")
#: In this order Kubernetes writes metadata.
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
    """Types checked, unknown fields dropped and warned of, defaults filled in."""
    check_types(obj, kind.type, kind.name, kind.version)
    _drop_blanks(obj["metadata"])
    complain(kind, complaints, prune(obj, kind.type), options)
    if kind.is_custom:
        fill_defaults(obj, kind.type)
        make_whole(obj, kind.type)


def accept_merged(kind: Kind, obj: Obj) -> None:
    """The same for what has been merged on the server, with nobody to warn."""
    check_types(obj, kind.type, kind.name, kind.version)
    _drop_blanks(obj["metadata"])
    if kind.is_custom:
        fill_defaults(obj, kind.type)
        make_whole(obj, kind.type)


def _drop_blanks(metadata: Obj) -> None:
    """Of metadata an empty list or map is the same as none."""
    for name in _BLANKS:
        if name in metadata and not metadata[name]:
            del metadata[name]


def complain(
    kind: Kind, complaints: Sequence[str], unknown: Sequence[str], options: WriteOptions
) -> None:
    """Warn of these. StatusError (400) where validation is strict, and there is anything."""
    if options.validation == "Ignore":
        return
    found = [*complaints, *unknown_fields(unknown)]
    if found and options.validation == "Strict":
        raise strict_refusal(found, kind.name, kind.version)
    options.warnings.extend(found)


def warn_of_finalizers(kind: Kind, obj: Obj, old: Obj | None, options: WriteOptions) -> None:
    """Of custom kinds those are accepted that do not say whose they are."""
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
    """What does not fit a type once it is patched is said of the patch, not of the body."""
    _, found, why = refusal.message.partition(f" cannot be handled as a {kind.name}: ")
    if not found:
        return refusal
    shown = printed(patch) if patched is None else _in_order(orjson.loads(patched), kind)
    return status_errors.invalid("", "", "", [status_errors.invalid_value("patch", shown, why)])


def _in_order(obj: Obj, kind: Kind) -> str:
    """As JSON, with the fields in the order of Kubernetes."""
    if kind.is_custom:
        return orjson.dumps(obj, option=orjson.OPT_SORT_KEYS).decode()
    metadata = obj.get("metadata") or {}
    if isinstance(metadata, dict):
        metadata = {name: metadata[name] for name in _IN_ORDER if name in metadata}
    return orjson.dumps(dict(sorted({**obj, "metadata": metadata}.items()))).decode()


def require_valid(kind: Kind, obj: Obj, old: Obj | None, sub: str) -> None:
    """StatusError (422) that says all that is wrong with it."""
    causes: list[FieldError] = validate_metadata(obj, old, kind)
    if kind.is_custom:
        causes += _status_causes(kind, obj) if sub == "status" else validate(obj, kind.type)
    causes += kind.strategy.validate(obj, old, sub)
    if causes:
        name = obj["metadata"].get("name") or ""
        raise status_errors.invalid(kind.key[0], kind.name, name, causes)


def _status_causes(kind: Kind, obj: Obj) -> list[FieldError]:
    """Of a status that is written by itself nothing else is looked at."""
    causes = validate(obj.get("status", {}), kind.type.below("status"))
    return [
        FieldError(c.reason, c.message, f"status.{c.field}" if c.field else "status")
        for c in causes
    ]
