"""The reasons that the controller writes into a status, and the messages that explain them.

A reason is one CamelCase word in `reason` (VW-14). A message is a text in `message` (VW-06). Where
the original has a text, ours is the same (kusciatask.md KT-055, KT-059, KT-081, KT-084). An
`Obstacle` is an exception that carries both: it says why a task's objects cannot be created.
The README shows all reasons in a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from kuscia_conformance.kube.objects import Obj


class Reason(StrEnum):
    """The words of `reason`, each with the situation in which it is used and a remedy."""

    when: str
    remedy: str

    def __new__(cls, word: str, when: str, remedy: str) -> Reason:
        reason = str.__new__(cls, word)
        reason._value_, reason.when, reason.remedy = word, when, remedy
        return reason

    # The task waits, and fails when its lifecycle is over.
    APP_IMAGE_NOT_FOUND = (
        "AppImageNotFound",
        "An AppImage that a party names is missing; the task waits until its lifecycle is over",
        "Create the AppImage, or name another one in `parties[].appImageRef`",
    )
    NAMESPACE_NOT_FOUND = (
        "NamespaceNotFound",
        "The namespace of a party's domain is missing; the task waits until its lifecycle is over",
        "Create the namespace, or correct `parties[].domainID`",
    )
    NO_FREE_PORT = (
        "NoFreePort",
        "All port numbers of a domain are allocated; the task waits for a free one",
        "Delete pods of finished tasks there, or declare numbers in the AppImage",
    )
    # The task fails immediately or waits; this depends on the answer of the API server.
    OBJECT_REFUSED = (
        "ObjectRefused",
        "The API server refuses an object, always or for now (a quota); the task fails or waits",
        "See the message: correct the AppImage or the task, raise the quota, or grant the right",
    )
    # The task fails immediately.
    INVALID_SPEC = (
        "InvalidSpec",
        "The task is invalid: no parties, a threshold above their number, replicas out of range",
        "Correct the field that the message names, and create the task again",
    )
    INVALID_APP_IMAGE = (
        "InvalidAppImage",
        "An AppImage has no deploy template for a party's role, or a template has two equal ports",
        "Correct the AppImage or the role that the message names, and create the task again",
    )
    # The task fails later.
    LIFECYCLE_EXPIRED = (
        "LifecycleExpired",
        "The parties did not hold their resources at the same time within the lifecycle",
        "Make room in the domains that the message names, or raise `lifecycleSeconds`",
    )
    GROUP_FAILED = (
        "TaskResourceGroupPhaseFailed",
        "The TaskResourceGroup has failed before its lifecycle was over",
        "See the conditions of the TaskResourceGroup, which has the name of the task",
    )
    GROUP_NOT_FOUND = (
        "TaskResourceGroupNotFound",
        "Another client has deleted the TaskResourceGroup of a task that had not ended",
        "Create the task again, and do not delete its group",
    )
    PARTIES_FAILED = (
        "PartiesFailed",
        "So many parties have failed that the task cannot succeed any more",
        "See `message` of the failed parties, and `terminationLog` of their pods",
    )
    FAILED_BY_OTHERS = (
        "FailedByOthers",
        "Another client has written the phase Failed without a reason",
        "See `managedFields` of the task: they name the client",
    )
    # A pod or a service.
    POD_NOT_EXIST = (
        "PodNotExist",
        "A pod was deleted before the controller saw its end",
        "Find out which client deletes pods; the controller does not create a pod again",
    )
    POD_DELETED = (
        "PodDeleted",
        "Another client deletes a pod that has not ended",
        "Find out which client deletes pods; to stop a task, delete the task",
    )
    SERVICE_NOT_EXIST = (
        "ServiceNotExist",
        "A service of the task does not exist any more",
        "Usually nothing: a service is deleted with its pod",
    )
    TASK_ENDED = (
        "TaskEnded",
        "The task has ended before the pod, so the controller deletes the pod",
        "Nothing if the task succeeded; else see why the task failed",
    )


class Obstacle(Exception):
    """Says why the objects of a task cannot be created, or not yet."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


class Missing(Obstacle):
    """Something that the task needs is missing. The task waits, because it may appear later."""


class Wrong(Obstacle):
    """The task or an AppImage is invalid, or refused for good. The task fails immediately."""


def failed_by_others(status: Obj) -> Obj:
    """Returns reason and message of a task that another client has set to Failed (KT-066).

    A reason or message that the other client has written is kept.
    """
    return {
        "reason": status.get("reason") or str(Reason.FAILED_BY_OTHERS),
        "message": status.get("message")
        or "Somebody other than the controller of KusciaTasks has failed the task",
    }


def lifecycle_expired(seconds: int, why: str) -> str:
    """Returns the message of a task whose lifecycle is over (KT-059, VW-07)."""
    return f"The task was not scheduled within {seconds} seconds of its entire lifecycle: {why}"


def not_reserved(parties: Iterable[str]) -> str:
    """Returns which parties could not reserve within the lifecycle (VW-07)."""
    if names := ",".join(parties):
        return f"party[{names}] could not reserve resources"
    return "the parties never held their resources at the same time"


def too_few_parties(
    left: int, need: int, parties: Mapping[str, Iterable[str]], why: Mapping[str, str]
) -> str:
    """Returns the message of a task that has too few parties left (KT-055, KT-057).

    `parties` are the keys of the parties by phase, and `why` the messages of failed ones by key.
    """
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
