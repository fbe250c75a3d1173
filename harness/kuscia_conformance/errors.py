"""What can go wrong, and what the reader can do about it.

ConformanceError                 everything below; its text is meant for people
├── UsageError                   an option, a file or a document of the user's is wrong     (exit 2)
│   ├── FeatureError             a feature file does not hold together
│   └── DocumentError            an expected document does not hold together
│       └── MissingDocument      there is none of that name
├── EnvironmentFailure           the cluster, the controller or the machine failed us       (exit 4)
│   ├── ClusterError             a cluster cannot be made, reached or used
│   └── ControllerError          a controller cannot be started, or has ended
├── NoEvidence                   nothing shows that the check has checked anything
└── ApiError                     the API server answered with a Status that is no success
    ├── NotFound                 404
    ├── AlreadyExists            409, reason AlreadyExists
    ├── Conflict                 409, every other reason
    ├── Expired                  410
    ├── Invalid                  422
    └── Unreachable              there was no answer at all
"""

from __future__ import annotations

from typing import Any


class ConformanceError(Exception):
    """Something went wrong that a person can be told about; `hint` says what to do."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  {self.hint}" if self.hint else self.message


class UsageError(ConformanceError):
    """An option, a file or a document of the user's is wrong."""


class FeatureError(UsageError):
    """A feature file does not hold together."""


class DocumentError(UsageError):
    """An expected document does not hold together."""


class MissingDocument(DocumentError):
    """There is no file of that name; `--update` may write it."""


class EnvironmentFailure(ConformanceError):
    """The cluster, the controller or the machine failed us: no verdict on anybody."""


class ClusterError(EnvironmentFailure):
    """A cluster cannot be made, reached or used."""


class ControllerError(EnvironmentFailure):
    """A controller cannot be started, or has ended."""


class NoEvidence(ConformanceError):
    """Nothing shows that the check has checked anything: an error, never a pass."""


class ApiError(ConformanceError):
    """The API server answered with a Status that is no success."""

    def __init__(self, code: int, reason: str, message: str, status: dict[str, Any] | None = None):
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.status = status or {}

    @property
    def causes(self) -> list[dict[str, str]]:
        """The fields that were refused, as the server lists them: `field`, `message`, `reason`."""
        return list((self.status.get("details") or {}).get("causes") or [])


class NotFound(ApiError):
    """404."""


class AlreadyExists(ApiError):
    """409: an object of that name exists."""


class Conflict(ApiError):
    """409: the object has changed since it was read, or a precondition does not hold."""


class Expired(ApiError):
    """410: the version asked for is compacted; list again."""


class Invalid(ApiError):
    """422: the object was refused; `causes` says which fields."""


class Unreachable(ApiError):
    """There was no answer at all; the request may or may not have been carried out."""

    def __init__(self, message: str) -> None:
        super().__init__(0, "Unreachable", message)


_BY_CODE: dict[int, type[ApiError]] = {404: NotFound, 409: Conflict, 410: Expired, 422: Invalid}


def api_error(code: int, status: dict[str, Any]) -> ApiError:
    """The error for an answer of the API server, by its code and its Status document."""
    reason = status.get("reason") or ""
    kind = AlreadyExists if reason == "AlreadyExists" else _BY_CODE.get(code, ApiError)
    return kind(code, reason, status.get("message") or f"HTTP {code}", status)
