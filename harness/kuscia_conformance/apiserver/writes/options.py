"""The options of a write, read from its parameters or its body, and checked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from kuscia_conformance.apiserver import data, protobuf
from kuscia_conformance.apiserver.apimachinery.request import JSON, Request
from kuscia_conformance.apiserver.apimachinery.status_errors import (
    FieldError,
    StatusError,
    invalid,
    invalid_value,
    not_supported,
    required,
)
from kuscia_conformance.apiserver.apimachinery.types import Type
from kuscia_conformance.apiserver.fields import default_manager
from kuscia_conformance.apiserver.schema import check_types, decode, not_registered, type_of
from kuscia_conformance.kube.objects import Obj

_META = "meta.k8s.io"
_VALIDATIONS = ("", "Ignore", "Strict", "Warn")
_POLICIES = ("Foreground", "Background", "Orphan", "nil")
_KIND = "DeleteOptions"
APPLY = "application/apply-patch+yaml"


@dataclass(frozen=True)
class WriteOptions:
    """The options of a create, an update or a patch."""

    dry_run: bool
    manager: str
    #: Strict, Warn or Ignore: how unknown and duplicate fields are treated.
    validation: str
    force: bool
    #: Warnings for the writer. The write adds to them.
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class DeleteOptions:
    """The options of a deletion, with its preconditions."""

    dry_run: bool = False
    grace_seconds: int | None = None
    #: Foreground, Background or Orphan. With "" the object's present finalizers decide.
    policy: str = ""
    uid: str | None = None
    version: str | None = None


_NAMES = {"POST": "CreateOptions", "PUT": "UpdateOptions", "PATCH": "PatchOptions"}


def write_options(request: Request) -> WriteOptions:
    """Reads the options of a write. Raises StatusError (422) for unknown values."""
    query = request.query
    is_apply = request.method == "PATCH" and request.media_type == APPLY
    if not query and not is_apply:
        return WriteOptions(False, _manager_of(request), "Warn", False, request.warnings)
    manager, validation = query.get("fieldManager", ""), query.get("fieldValidation", "")
    causes = [*_dry_run_causes(_dry_runs(request)), *_manager_causes(manager)]
    if is_apply and not manager:
        causes.append(required("fieldManager", "is required for apply patch"))
    if request.method == "PATCH" and not is_apply and "force" in query:
        text = "Forbidden: may not be specified for non-apply patch"
        causes.append(FieldError("FieldValueForbidden", text, "force"))
    if validation not in _VALIDATIONS:
        causes.append(not_supported("fieldValidation", validation, _VALIDATIONS))
    if causes:
        raise invalid(_META, _NAMES[request.method], "", causes)
    return WriteOptions(
        bool(_dry_runs(request)),
        manager or _manager_of(request),
        validation or "Warn",
        request.flag("force"),
        request.warnings,
    )


def _manager_of(request: Request) -> str:
    """The default field manager: the program's name in the user agent."""
    return default_manager(request.user_agent) or "unknown"


def _dry_runs(request: Request) -> list[str]:
    found = request.query.get("dryRun")
    return [found] if found else []


def _dry_run_causes(values: list[str]) -> list[FieldError]:
    return [] if values in ([], ["All"]) else [not_supported("dryRun", values, ["All"])]


def _manager_causes(manager: str) -> list[FieldError]:
    if len(manager) > 128:
        text = "Too long: may not be more than 128 bytes"
        return [FieldError("FieldValueTooLong", text, "fieldManager")]
    for position, letter in enumerate(manager):
        if not letter.isprintable():
            why = f"invalid character U+{ord(letter):04X} (at position {position})"
            return [invalid_value("fieldManager", manager, why)]
    return []


def delete_options(request: Request) -> DeleteOptions:
    """Reads the options of a deletion from the body or, if that is empty, from the parameters.

    Raises StatusError: 422 for unknown or contradictory values, 500 for a body of another kind.
    """
    given = _delete_body(request.body) if request.body.strip() else _delete_query(request)
    causes = _dry_run_causes(given.get("dryRun") or [])
    policy = given.get("propagationPolicy")
    orphans = given.get("orphanDependents")
    if policy is not None and policy not in _POLICIES[:3]:
        causes.append(not_supported("propagationPolicy", policy, _POLICIES))
    if policy is not None and orphans is not None:
        text = "orphanDependents and deletionPropagation cannot be both set"
        causes.append(invalid_value("propagationPolicy", policy, text))
    if causes:
        raise invalid(_META, "DeleteOptions", "", causes)
    if orphans is not None:
        policy = "Orphan" if orphans else "Background"
    conditions = given.get("preconditions") or {}
    return DeleteOptions(
        dry_run=bool(given.get("dryRun")),
        grace_seconds=given.get("gracePeriodSeconds"),
        policy=policy or "",
        uid=conditions.get("uid"),
        version=conditions.get("resourceVersion"),
    )


def _delete_body(body: bytes) -> Obj:
    if body.startswith(b"k8s\x00"):
        return protobuf.decode(body, "v1", "DeleteOptions")
    try:
        given = decode(body, JSON, _KIND, find_duplicates=False).object
        check_types(given, _type(), _KIND, "v1")
    except StatusError as refusal:
        raise _not_delete_options(refusal.message) from None
    if given.get("kind") not in (None, "", _KIND):
        raise _not_delete_options(not_registered(given["kind"], given.get("apiVersion") or ""))
    return given


def _not_delete_options(why: str) -> StatusError:
    """Kubernetes answers 500 without a reason, and does not name the kind of body."""
    bare = re.sub(rf"^.*(?:cannot be handled as a|must be of type) {_KIND}\)?: ", "", why)
    return StatusError(500, "", re.sub(r" \([^()]*\)$", "", bare))


@cache
def _type() -> Type:
    components = data.components("", "v1")
    return type_of(components[f"io.k8s.apimachinery.pkg.apis.meta.v1.{_KIND}"], components)


def _delete_query(request: Request) -> Obj:
    query = request.query
    given: Obj = {"dryRun": _dry_runs(request), "propagationPolicy": query.get("propagationPolicy")}
    given["gracePeriodSeconds"] = request.number("gracePeriodSeconds")
    if "orphanDependents" in query:
        given["orphanDependents"] = request.flag("orphanDependents")
    return given
