"""Tests that every way to fail has a reason of the table and a message that names the party."""

import re
from dataclasses import replace
from typing import Any

import pytest

from reference_controller.kuscia_task.reasons import Missing, Reason, Wrong
from reference_controller.kuscia_task.transitions import MACHINE
from tests.reference_controller.kuscia_task import given
from tests.reference_controller.kuscia_task.given import (
    S,
    T,
    party,
    pod_status,
    with_group,
    with_pods,
)

#: Typed as Any, because the actions of a decision have several types and each test knows its own.
machine: Any = MACHINE
LIFE: dict[str, Any] = {"scheduleConfig": {"lifecycleSeconds": 22}}
EXPIRED: dict[str, Any] = {"conditions": [{"type": "TaskResourceGroupExpired", "status": "True"}]}
TWICE = {"containers": [given.container(), given.container("other")]}


def late(seen):
    return replace(seen, now=T + 22 * S)


def odd(*parties, **kwargs):
    return given.accepted(*parties, **LIFE, **kwargs)


def failed_by_others():
    seen = given.running()
    return replace(seen, task={**seen.task, "status": {**seen.status, "phase": "Failed"}})


def exhausted():
    every = frozenset(range(20000, 32767))
    return replace(given.new(**LIFE), taken={"alice": every, "bob": every})


def accepted(seen):
    return given.after(seen, machine.decide(seen)[1])


WAYS: dict[str, tuple[Any, str, str]] = {
    "AppImage": (late(odd(image=given.app_image("other"))), "AppImageNotFound", "alice"),
    "namespace": (late(odd(party("nowhere"))), "NamespaceNotFound", "nowhere"),
    "ports": (late(accepted(exhausted())), "NoFreePort", "alice"),
    "refused": (
        replace(odd(), refusal=Wrong(Reason.OBJECT_REFUSED, "party bob: no")),
        "ObjectRefused",
        "party bob: no",
    ),
    "refused too long": (
        late(replace(odd(), refusal=Missing(Reason.OBJECT_REFUSED, "party bob: no"))),
        "ObjectRefused",
        "party bob: no",
    ),
    "predecessor": (late(replace(odd(), predecessor=True)), "LifecycleExpired", "not be created"),
    "members": (
        given.accepted(scheduleConfig={"minReservedMembers": 3}),
        "InvalidSpec",
        "minReservedMembers",
    ),
    "replicas": (odd(party("bob", template={"replicas": 0})), "InvalidSpec", "party bob has 0"),
    "flood": (odd(party("bob", "h", template={"replicas": 10_001})), "InvalidSpec", "bob/h has"),
    "role": (
        odd(party("bob", "x"), image=given.app_image(templates=[{"role": "y", "spec": TWICE}])),
        "InvalidAppImage",
        'role "x" of party bob/x',
    ),
    "port twice": (
        odd(party("bob"), image=given.app_image(templates=[{"spec": TWICE}])),
        "InvalidAppImage",
        "party bob has two ports",
    ),
    "expired": (
        with_group(given.pending(**LIFE), "Failed", **EXPIRED),
        "LifecycleExpired",
        "alice",
    ),
    "group failed": (
        with_group(given.pending(), "Failed"),
        "TaskResourceGroupPhaseFailed",
        "TaskResourceGroup psi failed",
    ),
    "group gone": (replace(given.running(), group=None), "TaskResourceGroupNotFound", "psi"),
    "pod failed": (
        given.running(phases=("Running", "Failed")),
        "PartiesFailed",
        "; bob: pod psi-0",
    ),
    "pod gone": (
        with_pods(given.running(), pod_status("Running"), None),
        "PartiesFailed",
        "PodNotExist",
    ),
    "others": (failed_by_others(), "FailedByOthers", "Somebody"),
}


@pytest.mark.parametrize(("seen", "reason", "words"), WAYS.values(), ids=WAYS)
def test_a_failed_task_has_its_reason_and_a_message(seen, reason, words):
    [[write]] = machine.decide(seen)[1].stages
    assert write.status["phase"] == "Failed"
    assert write.status["reason"] == reason
    assert words in write.status["message"]


def test_every_reason_is_in_camel_case_and_is_explained():
    for reason in Reason:
        assert re.fullmatch(r"([A-Z][a-z]+)+", reason)
        assert reason.when
        assert reason.remedy


def test_every_reason_of_a_task_is_tested_here():
    of_pods_and_services = {"PodNotExist", "PodDeleted", "ServiceNotExist", "TaskEnded"}
    assert {reason for _, reason, _ in WAYS.values()} == set(Reason) - of_pods_and_services
