"""The exceptions of the package. Their texts are shown to the user, without a traceback.

ConformanceError                 the base class of all of them
├── UsageError                   an option, a feature or a document of the user is wrong    (exit 2)
│   ├── FeatureError             a feature file contains a mistake
│   └── DocumentError            an expected document contains a mistake
│       └── MissingDocument      the document does not exist
├── EnvironmentFailure           the cluster, the controller or the machine failed          (exit 4)
│   ├── ClusterError             a cluster cannot be created, reached or used
│   └── ControllerError          a controller cannot be started or asked
├── NoEvidence                   the check passed without showing anything
├── NotRecorded                  a replay asks what the run did not record
├── NotReplayable                a scenario is another one than that which was recorded
└── ApiError                     the API server answered with an error
    ├── NotFound                 404
    ├── AlreadyExists            409 with the reason AlreadyExists
    ├── Conflict                 409 with any other reason
    ├── Expired                  410
    ├── Invalid                  422
    └── Unreachable              the API server did not answer

The exit codes are those of the command `kuscia-conformance`. An error within a single check makes
only that check an error. Unreachable and ControllerError also end the run.
"""

from __future__ import annotations

from typing import Any


class ConformanceError(Exception):
    """An error for the user: `message` says what went wrong, `hint` says what to do next.

    The hint may be empty. `str()` gives both, the hint on a line of its own.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  {self.hint}" if self.hint else self.message


class UsageError(ConformanceError):
    """An option, a file or a document of the user is wrong."""


class FeatureError(UsageError):
    """A feature file contains a mistake."""


class DocumentError(UsageError):
    """An expected document contains a mistake."""


class MissingDocument(DocumentError):
    """The document or manifest does not exist; `--update` writes missing status documents."""


class EnvironmentFailure(ConformanceError):
    """The cluster, the controller or the machine failed, so the run can give no verdict."""


class ClusterError(EnvironmentFailure):
    """A cluster cannot be created, reached or used."""


class ControllerError(EnvironmentFailure):
    """A controller cannot be started, or the process that owns it does not answer.

    That it has ended on its own is no error of ours: see `scenario.failure.ControllerExited`.
    """


class NoEvidence(ConformanceError):
    """The check would pass, but nothing shows that the controller was at work.

    The result of the check is an error, and never a pass.
    """


class NotRecorded(ConformanceError):
    """The evidence of a run is missing or damaged, or does not say what a replay asks."""


class NotReplayable(ConformanceError):
    """The scenario has changed since it was recorded, or one of its steps needs more than that."""


class ApiError(ConformanceError):
    """The API server answered with an error.

    `code` is the HTTP status (0 without an answer), `reason` and `status` come from the Status
    document of the answer.
    """

    def __init__(self, code: int, reason: str, message: str, status: dict[str, Any] | None = None):
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.status = status or {}

    @property
    def causes(self) -> list[dict[str, str]]:
        """The refused fields as the server lists them: each has `field`, `message`, `reason`."""
        return list((self.status.get("details") or {}).get("causes") or [])


class NotFound(ApiError):
    """404: the object, or the kind of object, does not exist."""


class AlreadyExists(ApiError):
    """409: an object of this name exists already."""


class Conflict(ApiError):
    """409: the object has changed since it was read, or a precondition does not hold."""


class Expired(ApiError):
    """410: the server no longer has the requested resourceVersion. The caller must list again."""


class Invalid(ApiError):
    """422: the object was refused; `causes` says which fields."""


class Unreachable(ApiError):
    """The API server did not answer. It may have carried out the request all the same."""

    def __init__(self, message: str) -> None:
        super().__init__(0, "Unreachable", message)


_BY_CODE: dict[int, type[ApiError]] = {404: NotFound, 409: Conflict, 410: Expired, 422: Invalid}


def api_error(code: int, status: dict[str, Any]) -> ApiError:
    """Returns the exception for an answer of the API server.

    `status` is the Status document of the answer; it may be empty. The code alone decides the
    class, but AlreadyExists and Conflict, which are both 409, differ by the reason.
    """
    reason = status.get("reason") or ""
    kind = AlreadyExists if reason == "AlreadyExists" else _BY_CODE.get(code, ApiError)
    return kind(code, reason, status.get("message") or f"HTTP {code}", status)
