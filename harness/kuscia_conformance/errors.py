"""The exceptions of the package. Their texts are shown to the user, without a traceback.

ConformanceError                 the base class of all of them
├── UsageError                   an option, a feature or a document of the user is wrong    (exit 2)
│   ├── FeatureError             a feature file contains a mistake
│   └── DocumentError            an expected document contains a mistake
│       └── MissingDocument      the document does not exist
├── EnvironmentFailure           the cluster, the controller or the machine failed          (exit 4)
│   ├── HarnessError             the suite or its machine failed, such as a full disk
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
only that check an error. Unreachable, HarnessError and ControllerError also end the run.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, ClassVar


class ConformanceError(Exception):
    """An error for the user: `message` says what went wrong, `hint` says what to do next.

    `str()` gives both, the hint on a line of its own, or `usual_hint` if it is empty.
    """

    #: Who is at fault: author (also of options), harness or cluster; see `cause_of`.
    cause: ClassVar[str] = "cluster"
    #: What to do after an error of this class that has no hint of its own.
    usual_hint: ClassVar[str] = ""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        hint = self.hint or self.usual_hint
        return f"{self.message}\n  {hint}" if hint else self.message

    def add_place(self, where: str, step: str) -> None:
        """Adds to the message the file and line in which the error came up, and the step there."""
        self.message = f"{where}: {self.message}: {step}"


class UsageError(ConformanceError):
    """An option, a file or a document of the user is wrong."""

    cause = "author"


class FeatureError(UsageError):
    """A feature file contains a mistake."""


class DocumentError(UsageError):
    """An expected document contains a mistake."""


class MissingDocument(DocumentError):
    """The document or manifest does not exist; `--update` writes missing status documents."""


class EnvironmentFailure(ConformanceError):
    """The cluster, the controller or the machine failed, so the run can give no verdict."""


class HarnessError(EnvironmentFailure):
    """The suite or its machine failed, for example because the disk is full."""

    cause = "harness"
    usual_hint = "run again; if it fails again, please report it with this text"


class ClusterError(EnvironmentFailure):
    """A cluster cannot be created, reached or used."""

    usual_hint = "see whether the cluster works, and run again when it does"


class ControllerError(EnvironmentFailure):
    """A controller cannot be started, or the process that owns it does not answer.

    That it has ended on its own is no error of ours: see `scenario.failure.ControllerExited`.
    """

    cause = HarnessError.cause


class NoEvidence(ConformanceError):
    """The check would pass, but nothing shows that the controller was at work.

    The result of the check is an error, and never a pass. The author has to wait for the witness in
    a step above: if it does not come there, the controller has failed.
    """

    cause = "author"


class NotRecorded(ConformanceError):
    """The evidence of a run is missing or damaged, or does not say what a replay asks."""


class NotReplayable(ConformanceError):
    """The scenario has changed since it was recorded, or one of its steps needs more than that."""


#: What etcd and its client say of an object that is too large. The API server answers 500 then.
_TOO_LARGE = ("etcdserver: request is too large", "trying to send message larger than max")
#: What to do about an API server that fails.
WHAT_TO_DO = "does it still run? see `kubectl get --raw /readyz` and its log; then run again"


class ApiError(ConformanceError):
    """The API server answered with an error.

    `code` is the HTTP status (0 without an answer), `reason` and `status` come from the Status
    document of the answer.
    """

    #: After how many seconds the server wants the request again, if it says so.
    retry_after: float | None = None
    #: Whether the request was sent before, and may have been carried out then.
    maybe_done = False

    def __init__(self, code: int, reason: str, message: str, status: dict[str, Any] | None = None):
        failed = code == 0 or code == 429 or code >= 500
        super().__init__(message, hint=WHAT_TO_DO if failed else "")
        self.code = code
        self.reason = reason
        self.status = status or {}

    @property
    def is_refusal(self) -> bool:
        """Whether the server has judged the object and refuses it.

        Otherwise it could not serve the request, or the user may not send it: 403 is the answer of
        RBAC and of quotas.
        """
        judged = 400 <= self.code < 500 and self.code not in (401, 403, 408, 429)
        return judged or self.by_webhook or self.is_malformed

    @property
    def by_webhook(self) -> bool:
        """Whether an admission webhook has refused the object, with whatever code."""
        return self.code >= 400 and self.message.startswith("admission webhook ")

    @property
    def is_malformed(self) -> bool:
        """Whether the object does not fit its definition, or is too large."""
        too_large = any(text in self.message for text in _TOO_LARGE)
        return not self.by_webhook and (self.code in (400, 413, 422) or too_large)

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
    """The API server did not answer. It may have carried out the request all the same.

    `broke` says that the connection was open, and broke before the answer was complete.
    """

    def __init__(self, message: str, *, broke: bool = False) -> None:
        super().__init__(0, "Unreachable", message)
        self.broke = broke


_BY_CODE: dict[int, type[ApiError]] = {404: NotFound, 409: Conflict, 410: Expired, 422: Invalid}


def api_error(code: int, status: dict[str, Any], retry_after: float | None = None) -> ApiError:
    """Returns the exception for an answer of the API server.

    `status` is the Status document of the answer; it may be empty. The code alone decides the
    class, but AlreadyExists and Conflict, which are both 409, differ by the reason.
    """
    reason = status.get("reason") or ""
    kind = AlreadyExists if reason == "AlreadyExists" else _BY_CODE.get(code, ApiError)
    error = kind(code, reason, status.get("message") or f"HTTP {code}", status)
    error.retry_after = retry_after
    return error


def similar(word: str, known: Iterable[str], count: int = 1) -> list[str]:
    """Returns up to `count` known words that look like the word, whatever their case."""
    lowered = {each.lower(): each for each in sorted(known)}
    return [lowered[near] for near in get_close_matches(word.lower(), lowered, n=count)]


def meant(word: str, known: Iterable[str]) -> str:
    """Returns the beginning of a hint, which asks for the word that was meant; "" without one."""
    near = similar(word, known)
    return f"did you mean {near[0]}? " if near else ""


def choice(word: str, known: Iterable[str], label: str = "valid") -> str:
    """Returns a hint for a word that is not known: the word that was meant, and all known words."""
    words = list(known)
    return f"{meant(word, words)}{label}: {', '.join(words) or 'none'}"


def told(error: BaseException) -> str:
    """Returns the text of an error for the user, also of one that no code has foreseen.

    Of the latter it names the line of code that raised it, for a bug report.
    """
    if isinstance(error, ConformanceError):
        return str(error)
    frame = traceback.extract_tb(error.__traceback__)[-1:]
    places = [f"at {each.filename}:{each.lineno}, in {each.name}; " for each in frame]
    return f"the suite itself has failed: {error!r}\n  {''.join(places)}please report it"


def cause_of(error: BaseException) -> str:
    """Returns who caused the error: author, harness or cluster.

    An exception that is not one of ours is a fault of the harness.
    """
    return error.cause if isinstance(error, ConformanceError) else HarnessError.cause
