"""JSON patches, as Kubernetes' library applies them.

The library is more lenient than RFC 6902, and clients rely on that:

- `replace` adds a missing member.
- `test` finds null where the path leads to nothing, and `copy` copies that null.
- An index may be negative: -1 is the last item, or the end for `add`.
- `add` needs no value.

If one operation fails, the whole patch is refused, always with the same message. No library for RFC
6902 is used, because each of these points would need a change to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import orjson

from kuscia_conformance.apiserver.apimachinery.status_errors import (
    StatusError,
    bad_request,
    invalid,
    invalid_value,
)
from kuscia_conformance.apiserver.patch.values import are_equal, copied, json_name
from kuscia_conformance.kube.objects import Obj

MOST_OPERATIONS = 10_000
#: The most bytes, as JSON, that the `copy` operations of one patch may copy.
MOST_COPIED = 3 * 1024 * 1024

_INDEX = re.compile(r"[+-]?[0-9]+")


def json_patch(obj: Obj, patch: Any) -> Obj:
    """Returns the object after all operations, applied one after the other.

    Raises StatusError: 400 if the patch is malformed, 413 for more than MOST_OPERATIONS operations,
    and 422 if an operation fails or the result is not an object.
    """
    operations = _operations(patch)
    document: Any = copied(obj)
    copied_bytes = 0
    for operation in operations:
        copied_bytes += _copied_bytes(document, operation)
        if copied_bytes > MOST_COPIED:
            raise _rejected()
        document = _applied(document, operation)
    if not isinstance(document, dict):
        raise _no_object(document)
    return document


def _operations(patch: Any) -> list[Obj]:
    if patch is None:
        return []
    if not isinstance(patch, list):
        raise _undecodable(patch, "value of type []handlers.jsonPatchOp")
    for operation in patch:
        _check(operation)
    if len(patch) > MOST_OPERATIONS:
        raise StatusError(
            413,
            "RequestEntityTooLarge",
            "Request entity too large: The allowed maximum operations in a JSON patch is"
            f" {MOST_OPERATIONS}, got {len(patch)}",
        )
    # Copied because a later operation may change a value that an earlier one has added.
    return [operation or {} for operation in copied(patch)]


def _check(operation: Any) -> None:
    if not isinstance(operation, dict | None):
        raise _undecodable(operation, "value of type handlers.jsonPatchOp")
    for member in ("op", "path", "from"):
        value = (operation or {}).get(member)
        if not isinstance(value, str | None):
            raise _undecodable(value, f"struct field jsonPatchOp.{member} of type string")


def _copied_bytes(document: Any, operation: Obj) -> int:
    if operation.get("op") != "copy":
        return 0
    value = _value_at(document, operation.get("from"))
    try:
        return len(orjson.dumps(value))
    except orjson.JSONEncodeError:
        # The operations have nested the value too deeply to be written as JSON.
        raise _rejected() from None


def _applied(document: Any, operation: Obj) -> Any:
    apply = _OPERATIONS.get(operation.get("op", ""))
    if apply is None:
        raise _rejected()
    return apply(document, operation)


def _add(document: Any, operation: Obj) -> Any:
    _put(document, operation.get("path"), operation.get("value"))
    return document


def _remove(document: Any, operation: Obj) -> Any:
    _take(document, operation.get("path"))
    return document


def _replace(document: Any, operation: Obj) -> Any:
    value = operation.get("value")
    if operation.get("path") == "":
        if not isinstance(value, dict | list):
            raise _rejected()
        return value
    container, key = _place(document, operation.get("path"))
    container[_found(container, key)] = value
    return document


def _move(document: Any, operation: Obj) -> Any:
    value = _take(document, operation.get("from"))
    _put(document, operation.get("path"), value)
    return document


def _copy(document: Any, operation: Obj) -> Any:
    value = _value_at(document, operation.get("from"))
    _put(document, operation.get("path"), copied(value))
    return document


def _test(document: Any, operation: Obj) -> Any:
    path = operation.get("path")
    found = document if path == "" else _value_at(document, path)
    if not are_equal(found, operation.get("value")):
        raise _rejected()
    return document


_OPERATIONS: dict[str | None, Callable[[Any, Obj], Any]] = {
    "add": _add,
    "remove": _remove,
    "replace": _replace,
    "move": _move,
    "copy": _copy,
    "test": _test,
}


def _value_at(document: Any, pointer: str | None) -> Any:
    """Returns the value at a pointer; None for a member that an object does not have."""
    return _step(*_place(document, pointer))


def _put(document: Any, pointer: str | None, value: Any) -> None:
    container, key = _place(document, pointer)
    if isinstance(container, dict):
        container[key] = value
    elif key == "-":
        container.append(value)
    else:
        container.insert(_index(key, len(container) + 1), value)


def _take(document: Any, pointer: str | None) -> Any:
    container, key = _place(document, pointer)
    if isinstance(container, dict) and key not in container:
        raise _rejected()
    return container.pop(_found(container, key))


def _found(container: Any, key: str) -> str | int:
    return key if isinstance(container, dict) else _index(key, len(container))


def _place(document: Any, pointer: str | None) -> tuple[Any, str]:
    """Returns the object or list that a pointer leads into, and the key or index in it."""
    # Text before the first slash is ignored.
    parts = (pointer or "").split("/")[1:]
    if not parts:
        raise _rejected()
    *parents, key = (part.replace("~1", "/").replace("~0", "~") for part in parts)
    for parent in parents:
        document = _step(document, parent)
        if not isinstance(document, dict | list):
            raise _rejected()
    return document, key


def _step(container: Any, key: str) -> Any:
    if isinstance(container, dict):
        return container.get(key)
    return container[_index(key, len(container))]


def _index(key: str, size: int) -> int:
    """Returns the index that is meant in a list of `size`; negative ones count from the end."""
    if not _INDEX.fullmatch(key) or not -size <= int(key) < size:
        raise _rejected()
    return int(key) % size


def _rejected() -> StatusError:
    return StatusError(
        422, "Invalid", "the server rejected our request due to an error in our request", {}
    )


def _undecodable(value: Any, into: str) -> StatusError:
    name = json_name(value)
    return bad_request(f"error decoding patch: json: cannot unmarshal {name} into Go {into}")


def _no_object(document: Any) -> StatusError:
    why = (
        f"couldn't get version/kind; json parse error: json: cannot unmarshal"
        f" {json_name(document)} into Go value of type struct"
        r' { APIVersion string "json:\"apiVersion,omitempty\""; Kind string'
        r' "json:\"kind,omitempty\"" }'
    )
    return invalid("", "", "", [invalid_value("patch", orjson.dumps(document).decode(), why)])
