"""Why a task, a condition or a pod is as it is: one word each, and the sentences that explain it.

The words go into `reason`, the sentences into `message` (VW-06, VW-14). Texts that the
original has, too, are the original's (kusciatask.md KT-055, KT-059, KT-081, KT-084).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from harness.objects import Obj


class Reason(StrEnum):
    """The words; one CamelCase word each."""

    # A task waits for it, and fails when its lifecycle is over.
    APP_IMAGE_NOT_FOUND = "AppImageNotFound"
    NAMESPACE_NOT_FOUND = "NamespaceNotFound"
    NO_FREE_PORT = "NoFreePort"
    # A task fails at once.
    INVALID_SPEC = "InvalidSpec"
    INVALID_APP_IMAGE = "InvalidAppImage"
    OBJECT_REFUSED = "ObjectRefused"
    # A task fails later.
    LIFECYCLE_EXPIRED = "LifecycleExpired"
    GROUP_FAILED = "TaskResourceGroupPhaseFailed"
    GROUP_NOT_FOUND = "TaskResourceGroupNotFound"
    PARTIES_FAILED = "PartiesFailed"
    FAILED_BY_OTHERS = "FailedByOthers"
    # A pod or a service.
    POD_NOT_EXIST = "PodNotExist"
    POD_DELETED = "PodDeleted"
    SERVICE_NOT_EXIST = "ServiceNotExist"
    TASK_ENDED = "TaskEnded"


class Obstacle(Exception):
    """Why nothing can be made of a task's spec."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


class Missing(Obstacle):
    """Something is not there yet; it may come."""


class Wrong(Obstacle):
    """Something contradicts itself."""


def explained(status: Obj) -> Obj:
    """Why a task has failed that somebody else has failed; what they say of it stays."""
    return {
        "reason": status.get("reason") or str(Reason.FAILED_BY_OTHERS),
        "message": status.get("message")
        or "Somebody other than the controller of KusciaTasks has failed the task",
    }


def lifecycle_expired(seconds: int, why: str) -> str:
    return f"The task was not scheduled within {seconds} seconds of its entire lifecycle: {why}"


def not_reserved(parties: Iterable[str]) -> str:
    """Whom the lifecycle has been waiting for (VW-07)."""
    if names := ",".join(parties):
        return f"party[{names}] could not reserve resources"
    return "the parties never held their resources at the same time"


def too_few_parties(left: int, need: int, parties: Mapping[str, Iterable[str]]) -> str:
    """`parties`: by phase, the keys of the parties in it (KT-055, KT-057)."""
    listed = ", ".join(
        f"{word} party[{','.join(parties.get(phase, ()))}]"
        for word, phase in (
            ("pending", "Pending"),
            ("running", "Running"),
            ("successful", "Succeeded"),
            ("failed", "Failed"),
        )
    )
    return (
        f"The remaining no-failed party task counts {left} are less than "
        f"the task success threshold {need}. {listed}"
    )
