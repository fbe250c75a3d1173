"""Compares a body with its path: kind, name, namespace, uid and resourceVersion.

Every `require_` function returns nothing, and raises StatusError in Kubernetes' words.
"""

from __future__ import annotations

import orjson

from kuscia_conformance.apiserver.apimachinery import status_errors
from kuscia_conformance.apiserver.apimachinery.go_text import quoted
from kuscia_conformance.apiserver.apimachinery.kinds import Kind
from kuscia_conformance.apiserver.apimachinery.registry import Target
from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError, bad_request
from kuscia_conformance.apiserver.schema import (
    cannot_be_handled,
    check_types,
    not_registered,
    unrecognized,
)
from kuscia_conformance.apiserver.schema.json_faults import go_type_name
from kuscia_conformance.apiserver.storage.store import Stored
from kuscia_conformance.kube.objects import Obj

#: The largest resourceVersion: an unsigned 64-bit number.
_LARGEST = 2**64 - 1


def metadata_of(obj: Obj, kind: Kind) -> Obj:
    """Returns the object's metadata, and adds empty metadata if it is absent.

    Raises StatusError (400) if the metadata is not an object.
    """
    metadata = obj.get("metadata")
    if metadata is None:
        metadata = obj["metadata"] = {}
    if not isinstance(metadata, dict):
        check_types(obj, kind.type, kind.name, kind.version)
        raise bad_request("metadata: expected an object")
    found: Obj = metadata
    return found


def require_kind(obj: Obj, kind: Kind) -> None:
    """Requires that the body has the kind of the path, else StatusError (400, 422).

    In a body of a built-in kind, apiVersion and kind may be absent; they are filled in.
    """
    api_version, name = obj.get("apiVersion") or "", obj.get("kind") or ""
    if (api_version, name) == (kind.api_version, kind.name):
        return
    _require_texts(obj)
    if kind.is_custom:
        raise _not_of_custom(obj, kind, api_version, name)
    api_version = obj["apiVersion"] = api_version or kind.api_version
    name = obj["kind"] = name or kind.name
    if (api_version, name) == (kind.api_version, kind.name):
        return
    version = api_version.rpartition("/")[2]
    group = kind.group.partition(".")[0] or "core"
    why = f"converting ({version}.{name}) to ({group}.{kind.name}): unknown conversion"
    if name == kind.name:
        why = not_registered(name, api_version)
    raise cannot_be_handled(name, version, why, kind.name)


def _require_texts(obj: Obj) -> None:
    """Requires strings: a patch may have set apiVersion and kind to any value."""
    for key in ("apiVersion", "kind"):
        if not isinstance(obj.get(key), str | None):
            found = go_type_name(obj[key])
            raise bad_request(
                "couldn't get version/kind; json parse error: json: cannot unmarshal "
                f"{found} into Go struct field .{key} of type string"
            )


def _not_of_custom(obj: Obj, kind: Kind, api_version: str, name: str) -> StatusError:
    if not name:
        body = orjson.dumps(obj)
        return unrecognized(kind.name, f"Object 'Kind' is missing in '{body.decode()}'", body)
    if api_version != kind.api_version:
        return bad_request(
            f"the API version in the data ({api_version}) does not match the expected API version "
            f"({kind.api_version})"
        )
    cause = status_errors.invalid_value("kind", name, f"must be {kind.name}")
    metadata = obj.get("metadata")
    own = str(metadata.get("name") or "") if isinstance(metadata, dict) else ""
    return status_errors.invalid(kind.group, name, own, [cause])


def require_applicable(target: Target, config: Obj, stored: Stored | None) -> None:
    """Requires that a configuration fits the path's kind and namespace, else StatusError (400).

    A configuration with a uid requires that the object exists, else 409. Its name is checked later.
    """
    api_version, name = (_text(config.get(key)) for key in ("apiVersion", "kind"))
    if (api_version, name) != (target.kind.api_version, target.kind.name):
        version = api_version if "/" in api_version else f"/{api_version}"
        raise bad_request(f"invalid object type: {version}, Kind={name}")
    metadata = config.get("metadata")
    if not isinstance(metadata, dict):
        return
    require_namespace(target, metadata)
    if stored is None and (uid := metadata.get("uid")):
        asked = f"uid mismatch: the provided object specified uid {uid}"
        why = f"{asked}, and no existing object was found"
        raise status_errors.conflict(target.kind.group, target.kind.plural, target.name, why)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def require_name(target: Target, metadata: Obj) -> None:
    """Requires that the object has the name in the path, else StatusError (400).

    A name that is not a string is reported later, by the type check.
    """
    name = metadata.get("name")
    if not name:
        why = f"({target.name} based on URL) was undeterminable: name must be provided"
        raise bad_request(f"the name of the object {why}")
    if name != target.name and isinstance(name, str):
        raise bad_request(
            f"the name of the object ({name}) does not match the name on the URL ({target.name})"
        )


def require_namespace(target: Target, metadata: Obj) -> None:
    """Requires the path's namespace, unless the body names no namespace; else StatusError (400)."""
    namespace = metadata.get("namespace") or target.namespace
    if namespace != target.namespace and isinstance(namespace, str):
        raise bad_request(
            "the namespace of the provided object does not match the namespace sent on the request"
        )


def require_uid(kind: Kind, stored: Stored, uid: str | None) -> None:
    """Requires that the stored object has this uid, if a uid is given, else StatusError (409).

    Another uid means that the object was deleted and created again.
    """
    if not uid or uid == stored.uid or not isinstance(uid, str):
        return
    registry = f"/registry/{kind.plural if not kind.group else kind.group + '/' + kind.plural}"
    path = "/".join(part for part in (registry, *stored.key) if part)
    raise status_errors.conflict(
        kind.group,
        kind.plural,
        stored.name,
        f"StorageError: invalid object, Code: 4, Key: {path}, ResourceVersion: 0, "
        f"AdditionalErrorMsg: Precondition failed: UID in precondition: {uid}, "
        f"UID in object meta: {stored.uid}",
    )


def require_version(kind: Kind, stored: Stored, metadata: Obj) -> None:
    """Requires the latest resourceVersion if the writer sends one, else StatusError (409).

    For custom kinds it must be present: else 422.
    """
    version = metadata.get("resourceVersion")
    if version == str(stored.version):
        return
    if number_of(version):
        raise status_errors.conflict(kind.group, kind.plural, stored.name)
    if kind.is_custom:
        why = "must be specified for an update"
        cause = status_errors.invalid_value("metadata.resourceVersion", 0, why)
        raise status_errors.invalid(kind.group, kind.plural, stored.name, [cause])


def number_of(version: str | None) -> int:
    """Returns a resourceVersion as a number, 0 if it is absent.

    Raises StatusError (500) for other texts, as Kubernetes does.
    """
    if not version:
        return 0
    if not version.isascii() or not version.isdecimal():
        raise StatusError(500, "", f"strconv.ParseUint: parsing {quoted(version)}: invalid syntax")
    if len(version) > 20 or int(version) > _LARGEST:
        raise StatusError(
            500, "", f"strconv.ParseUint: parsing {quoted(version)}: value out of range"
        )
    return int(version)
