"""Why a task, a condition or a pod is as it is: one word each, and the sentences that explain it.

The words go into `reason`, the sentences into `message` (VW-06, VW-14). Texts that the
original has, too, are the original's (kusciatask.md KT-055, KT-059, KT-081, KT-084).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from kuscia_conformance.kube.objects import Obj


class Reason(StrEnum):
    """The words, one CamelCase word each: with when one is used, and what would help."""

    when: str
    remedy: str

    def __new__(cls, word: str, when: str, remedy: str) -> Reason:
        reason = str.__new__(cls, word)
        reason._value_, reason.when, reason.remedy = word, when, remedy
        return reason

    # A task waits for it, and fails when its lifecycle is over.
    APP_IMAGE_NOT_FOUND = (
        "AppImageNotFound",
        "The task waits for an AppImage that a party names, or has waited for its whole lifecycle",
        "Create the AppImage, or name another one in `parties[].appImageRef`",
    )
    NAMESPACE_NOT_FOUND = (
        "NamespaceNotFound",
        "The task waits for the namespace of a party's domain, or has waited in vain",
        "Create the namespace, or correct `parties[].domainID`",
    )
    NO_FREE_PORT = (
        "NoFreePort",
        "The task waits for a port number of a domain, all of which are allocated",
        "Delete pods of finished tasks there, or declare numbers in the AppImage",
    )
    # A task fails at once, or waits, according to what the API server says.
    OBJECT_REFUSED = (
        "ObjectRefused",
        "The API server refuses an object: for good, or for now (a quota), till the lifecycle ends",
        "What the message says: correct the AppImage or the task, raise the quota, grant the right",
    )
    # A task fails at once.
    INVALID_SPEC = (
        "InvalidSpec",
        "The task contradicts itself: no parties, a threshold above their number, odd replicas",
        "Correct the field that the message names, and create the task again",
    )
    INVALID_APP_IMAGE = (
        "InvalidAppImage",
        "An AppImage has no deploy template for a party's role, or one with a port twice",
        "Correct the AppImage or the role that the message names, and create the task again",
    )
    # A task fails later.
    LIFECYCLE_EXPIRED = (
        "LifecycleExpired",
        "The parties did not hold their resources together within the lifecycle",
        "Make room in the domains that the message names, or raise `lifecycleSeconds`",
    )
    GROUP_FAILED = (
        "TaskResourceGroupPhaseFailed",
        "The TaskResourceGroup has failed before its lifecycle was over",
        "See the conditions of the group of the task's name",
    )
    GROUP_NOT_FOUND = (
        "TaskResourceGroupNotFound",
        "Somebody has deleted the TaskResourceGroup of a task that had not ended",
        "Create the task again, and leave its group to the controller",
    )
    PARTIES_FAILED = (
        "PartiesFailed",
        "So many parties have failed that the task cannot succeed any more",
        "See `message` of the failed parties, and `terminationLog` of their pods",
    )
    FAILED_BY_OTHERS = (
        "FailedByOthers",
        "Somebody else has written the phase Failed, and no reason",
        "See `managedFields` of the task for who it was",
    )
    # A pod or a service.
    POD_NOT_EXIST = (
        "PodNotExist",
        "A pod has gone before its end was seen",
        "Find out who deletes pods; what a task runs is not made again",
    )
    POD_DELETED = (
        "PodDeleted",
        "Somebody deletes a pod that has not ended",
        "Find out who deletes pods; to stop a task, delete the task",
    )
    SERVICE_NOT_EXIST = (
        "ServiceNotExist",
        "A service of the task has gone",
        "Usually nothing: services go with their pods",
    )
    TASK_ENDED = (
        "TaskEnded",
        "The task has ended before the pod, which is therefore deleted",
        "Nothing, if the task succeeded; else see why the task failed",
    )


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


def failed_by_others(status: Obj) -> Obj:
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


def too_few_parties(
    left: int, need: int, parties: Mapping[str, Iterable[str]], why: Mapping[str, str]
) -> str:
    """`parties`: by phase, the keys of those in it (KT-055, KT-057); `why`, by key, they failed."""
    listed = ", ".join(
        f"{word} party[{','.join(parties.get(phase, ()))}]"
        for word, phase in (
            ("pending", "Pending"),
            ("running", "Running"),
            ("successful", "Succeeded"),
            ("failed", "Failed"),
        )
    )
    explained = "".join(f"; {key}: {message}" for key, message in why.items())
    return (
        f"The remaining no-failed party task counts {left} are less than "
        f"the task success threshold {need}. {listed}{explained}"
    )
