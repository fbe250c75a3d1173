"""JSON patches, as Kubernetes' library applies them.

It is more lenient than RFC 6902, and clients lean on that: `replace` adds a missing member,
`test` finds null where there is nothing, `copy` copies it; an index may be negative (-1 is the
last, for `add` the end), and `add` needs no value. What does not apply is refused as a whole, and
in the same words whatever is wrong. An RFC library would have to be bent in all of this.
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
#: How many bytes a patch's copies may come to.
MOST_COPIED = 3 * 1024 * 1024

_INDEX = re.compile(r"[+-]?[0-9]+")


def json_patch(obj: Obj, patch: Any) -> Obj:
    """The object after all operations, one after the other."""
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
    # An operation may change what an earlier one has put in.
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
        # Operations have nested it more deeply than can be written.
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
    """What is there; None where an object does not have it."""
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
    """The object or list into which it points, and where there."""
    # Whatever stands before the first slash is not looked at.
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
    """Which of `size` places is meant; the negative ones count from the end."""
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
