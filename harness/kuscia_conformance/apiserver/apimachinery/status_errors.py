"""The server's refusals: a Status, in Kubernetes' words.

A `StatusError` may be raised anywhere below the transport; it becomes the answer. A `FieldError` is
one wrong field of an object. `invalid` combines all field errors of an object into one refusal.

The functions below build both. Their texts come from k8s.io/apimachinery and must not change,
because tests compare them with recorded answers.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass
from typing import Any

from kuscia_conformance.apiserver.apimachinery.go_text import shown
from kuscia_conformance.kube.objects import Obj


class StatusError(Exception):
    """An answer other than success: its HTTP code, and a Status with reason, message and details.

    `headers` are sent with the answer, such as Retry-After.
    """

    def __init__(
        self,
        code: int,
        reason: str,
        message: str,
        details: Obj | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code, self.reason, self.message = code, reason, message
        self.details = details
        self.headers = headers or {}

    @property
    def status(self) -> Obj:
        """The Status document that is sent as the body."""
        status: Obj = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
        status["message"] = self.message
        if self.reason:
            status["reason"] = self.reason
        if self.details is not None:
            status["details"] = self.details
        return {**status, "code": self.code}


@dataclass(frozen=True)
class FieldError:
    """One wrong field: a `reason` such as FieldValueInvalid, the message, and the path."""

    reason: str
    message: str
    field: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


def invalid_value(field: str, value: Any, detail: str) -> FieldError:
    return FieldError("FieldValueInvalid", f"Invalid value: {shown(value)}: {detail}", field)


def wrong_type(field: str, value: Any, detail: str) -> FieldError:
    return FieldError("FieldValueTypeInvalid", f"Invalid value: {shown(value)}: {detail}", field)


def required(field: str, detail: str = "") -> FieldError:
    text = "Required value" + (f": {detail}" if detail else "")
    return FieldError("FieldValueRequired", text, field)


def duplicate(field: str, value: Any) -> FieldError:
    return FieldError("FieldValueDuplicate", f"Duplicate value: {shown(value)}", field)


def not_supported(field: str, value: Any, supported: Collection[str]) -> FieldError:
    """Returns the error for a value that is not in a fixed list.

    The message names the supported values in the given order, those of a set in alphabetical order.
    """
    words = sorted(supported) if isinstance(supported, Set) else supported
    valid = ", ".join(f'"{word}"' for word in words)
    text = f"Unsupported value: {shown(value)}" + (f": supported values: {valid}" if valid else "")
    return FieldError("FieldValueNotSupported", text, field)


def forbidden_field(field: str, detail: str) -> FieldError:
    return FieldError("FieldValueForbidden", f"Forbidden: {detail}", field)


def too_long(field: str, most: int) -> FieldError:
    unit = "byte" if most == 1 else "bytes"
    return FieldError("FieldValueTooLong", f"Too long: may not be more than {most} {unit}", field)


def of_kind(group: str, kind: str) -> str:
    """Returns `pods` or `deployments.apps`: a kind or plural with its group."""
    return f"{kind}.{group}" if group else kind


def invalid(group: str, kind: str, name: str, causes: Sequence[FieldError]) -> StatusError:
    """Returns the refusal (422) for all errors of one object.

    `kind` is the kind's name, such as `Pod`, not its plural.
    """
    texts = list(dict.fromkeys(map(str, causes)))
    said = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    listed = [{"reason": c.reason, "message": c.message, "field": c.field} for c in causes]
    details: Obj = {"name": name, "group": group, "kind": kind, "causes": listed}
    message = f'{of_kind(group, kind)} "{name}" is invalid: {said}'
    return StatusError(422, "Invalid", message, _filled(details))


def not_found(group: str, plural: str, name: str) -> StatusError:
    message = f'{of_kind(group, plural)} "{name}" not found'
    return StatusError(404, "NotFound", message, _about(group, plural, name))


def already_exists(group: str, plural: str, name: str) -> StatusError:
    message = f'{of_kind(group, plural)} "{name}" already exists'
    return StatusError(409, "AlreadyExists", message, _about(group, plural, name))


#: The reason in a conflict over an old resourceVersion.
MODIFIED = (
    "the object has been modified; please apply your changes to the latest version and try again"
)


def conflict(group: str, plural: str, name: str, why: str = MODIFIED) -> StatusError:
    """Returns the refusal (409) of a write to an object that has changed."""
    message = f'Operation cannot be fulfilled on {of_kind(group, plural)} "{name}": {why}'
    return StatusError(409, "Conflict", message, _about(group, plural, name))


def forbidden(group: str, plural: str, name: str, why: str) -> StatusError:
    about = f'{of_kind(group, plural)} "{name}"' if name else of_kind(group, plural)
    return StatusError(
        403, "Forbidden", f"{about} is forbidden: {why}", _about(group, plural, name)
    )


def bad_request(message: str) -> StatusError:
    return StatusError(400, "BadRequest", message)


def expired(message: str = "The resourceVersion for the provided watch is too old.") -> StatusError:
    """Returns the refusal (410) of a version that the log does not reach back to."""
    return StatusError(410, "Expired", message)


def unsupported_media_type(message: str) -> StatusError:
    return StatusError(415, "UnsupportedMediaType", message)


def method_not_allowed() -> StatusError:
    message = "the server does not allow this method on the requested resource"
    return StatusError(405, "MethodNotAllowed", message, {})


def no_such_resource() -> StatusError:
    """Returns the refusal (404) of a path whose resource is not served."""
    message = "the server could not find the requested resource"
    return StatusError(404, "NotFound", message, {})


def _about(group: str, plural: str, name: str) -> Obj:
    return _filled({"name": name, "group": group, "kind": plural})


def _filled(details: Obj) -> Obj:
    return {key: value for key, value in details.items() if value}
