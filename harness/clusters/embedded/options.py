"""What a request says about how it is to be carried out: its parameters, checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from harness.clusters.embedded import protobuf
from harness.clusters.embedded.refusals import (
    Cause,
    Refusal,
    bad_request,
    invalid,
    invalid_value,
    not_supported,
    required,
)
from harness.clusters.embedded.request import Request
from harness.objects import Obj

_META = "meta.k8s.io"
_VALIDATIONS = ("", "Ignore", "Strict", "Warn")
_POLICIES = ("Foreground", "Background", "Orphan", "nil")
APPLY = "application/apply-patch+yaml"


@dataclass(frozen=True)
class WriteOptions:
    """Of a create, an update or a patch."""

    dry_run: bool
    manager: str
    #: Strict, Warn or Ignore: what becomes of fields that are unknown or doubled.
    validation: str
    force: bool


@dataclass(frozen=True)
class DeleteOptions:
    """Of a deletion."""

    dry_run: bool = False
    grace_seconds: int | None = None
    #: Foreground, Background or Orphan; "" leaves it to the finalizers that are there.
    policy: str = ""
    uid: str | None = None
    version: str | None = None


_NAMES = {"POST": "CreateOptions", "PUT": "UpdateOptions", "PATCH": "PatchOptions"}


def write_options(request: Request) -> WriteOptions:
    """Refusal (422) if a parameter has a value that there is not."""
    query = request.query
    if not query and request.method != "PATCH":
        return WriteOptions(False, _manager_of(request), "Warn", False)
    manager, validation = query.get("fieldManager", ""), query.get("fieldValidation", "")
    causes = [*_dry_run_causes(_dry_runs(request)), *_manager_causes(manager)]
    is_apply = request.method == "PATCH" and request.media_type == APPLY
    if is_apply and not manager:
        causes.append(required("fieldManager", "is required for apply patch"))
    if request.method == "PATCH" and not is_apply and "force" in query:
        text = "Forbidden: may not be specified for non-apply patch"
        causes.append(Cause("FieldValueForbidden", text, "force"))
    if validation not in _VALIDATIONS:
        causes.append(not_supported("fieldValidation", validation, _VALIDATIONS))
    if causes:
        raise invalid(_META, _NAMES[request.method], "", causes)
    return WriteOptions(
        bool(_dry_runs(request)),
        manager or _manager_of(request),
        validation or "Warn",
        request.flag("force"),
    )


def _manager_of(request: Request) -> str:
    """Who writes without saying so: as the user agent calls itself, before its version."""
    return request.user_agent.partition("/")[0][:128] or "unknown"


def _dry_runs(request: Request) -> list[str]:
    found = request.query.get("dryRun")
    return [found] if found else []


def _dry_run_causes(values: list[str]) -> list[Cause]:
    return [] if values in ([], ["All"]) else [not_supported("dryRun", values, ["All"])]


def _manager_causes(manager: str) -> list[Cause]:
    if len(manager) > 128:
        text = "Too long: may not be more than 128 bytes"
        return [Cause("FieldValueTooLong", text, "fieldManager")]
    for position, letter in enumerate(manager):
        if not letter.isprintable():
            why = f"invalid character U+{ord(letter):04X} (at position {position})"
            return [invalid_value("fieldManager", manager, why)]
    return []


def delete_options(request: Request) -> DeleteOptions:
    """From the body, or where there is none from the parameters. Refusal if they make no sense."""
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
        given: Any = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _not_delete_options(str(error)) from None
    if not isinstance(given, dict):
        raise _not_delete_options(f"json: cannot unmarshal {type(given).__name__}")
    if given.get("kind") not in (None, "", "DeleteOptions"):
        raise bad_request(
            f'no kind "{given["kind"]}" is registered for version "{given.get("apiVersion", "")}"'
        )
    grace = given.get("gracePeriodSeconds")
    if grace is not None and (not isinstance(grace, int) or isinstance(grace, bool)):
        raise _not_delete_options("json: gracePeriodSeconds is a number of type int64")
    for name, kind in (("preconditions", dict), ("dryRun", list)):
        if given.get(name) is not None and not isinstance(given[name], kind):
            raise _not_delete_options(f"json: {name} is of another type")
    return given


def _not_delete_options(why: str) -> Refusal:
    return bad_request(
        "couldn't get version/kind; json parse error: " + why
        if "json" not in why
        else f'DeleteOptions in version "v1" cannot be handled as a DeleteOptions: {why}'
    )


def _delete_query(request: Request) -> Obj:
    query = request.query
    given: Obj = {"dryRun": _dry_runs(request), "propagationPolicy": query.get("propagationPolicy")}
    given["gracePeriodSeconds"] = request.number("gracePeriodSeconds")
    if "orphanDependents" in query:
        given["orphanDependents"] = request.flag("orphanDependents")
    return given
