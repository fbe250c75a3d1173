"""Another client writes the statuses of a task, its group and its TaskResources (RN-10).

With any such status, no machine fails or repeats the same transition, and the task ends.
"""

import asyncio
import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuscia_conformance.kube.kuscia import KUSCIA_TASKS, TASK_RESOURCE_GROUPS, TASK_RESOURCES
from kuscia_conformance.kube.objects import PODS
from tests.reference_controller.driver import Play
from tests.reference_controller.tampering import scheduling_statuses, task_statuses

TASK = KUSCIA_TASKS, "cross-domain/psi"
GROUP = TASK_RESOURCE_GROUPS, "psi"
STAGES = ["reserving", "reserved", "running", "ended"]
ENDED = ("Succeeded", "Failed")
#: More requests than any course that ends needs.
MANY = 60


class Complaints(logging.Handler):
    """Collects the warnings and errors of the runtime."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.texts = []

    def emit(self, record):
        self.texts.append(record.getMessage())


async def bring_to(play, stage):
    await play.domains(alice=1, bob=1)
    if stage == "reserving":
        await play.block("bob")
    await play.task("psi", {"alice": {}, "bob": {}}, lifecycleSeconds=22, retryIntervalSeconds=5)
    if stage in ("running", "ended"):
        await play.run("alice/psi-0", "bob/psi-0")
    if stage == "ended":
        await play.end("alice/psi-0", "bob/psi-0")


async def pass_by(play, *seconds):
    before = sum(play.api.requests.values())
    for each in seconds:
        await play.world.advance(each)
    spent = sum(play.api.requests.values()) - before
    assert spent < MANY, f"{spent} requests in {sum(seconds)} s: {play.api.requests}"


async def finish(play):
    await play.free("bob")
    await pass_by(play, 1, 5)
    for pod in ("alice/psi-0", "bob/psi-0"):
        if play.has(PODS, pod):
            await play.end(pod)
    await pass_by(play, 1, 8, 8, 8)
    return play.get(*TASK)["status"]


def played(stage, tamper):
    """Returns the final status of a task after `tamper` has changed objects in this stage."""
    complaints, log = Complaints(), logging.getLogger("reference_controller")

    async def scenario():
        play = Play()
        async with play.controller():
            await bring_to(play, stage)
            play.undisturbed = False
            await tamper(play)
            await pass_by(play, 1)
            final = await finish(play)
            await pass_by(play, 5)
            assert play.get(*TASK)["status"] == final
        return final

    log.addHandler(complaints)
    try:
        status = asyncio.run(scenario())
    finally:
        log.removeHandler(complaints)
    assert complaints.texts == []
    return status


def put(target, status):
    async def tamper(play):
        for resource, key in list(play.api.objects):
            if resource == target:
                await play.change(resource, key, status=status)

    return tamper


def take(field):
    async def tamper(play):
        status = dict(play.get(*TASK)["status"])
        del status[field]
        await play.change(*TASK, status=status)

    return tamper


@pytest.mark.parametrize("stage", STAGES)
@settings(max_examples=25)
@given(status=task_statuses())
def test_a_task_ends_after_any_status_was_written_to_it(stage, status):
    final = played(stage, put(KUSCIA_TASKS, status))
    assert final["phase"] in ENDED
    assert final["startTime"]
    assert final["completionTime"]
    types = [condition["type"] for condition in final["conditions"]]
    assert "Success" in types
    assert len(types) == len(set(types))
    assert {entry["phase"] for entry in final["partyTaskStatus"]} <= set(ENDED)
    assert {entry["podPhase"] for entry in final["podStatuses"].values()} <= set(ENDED)
    assert final["phase"] == "Succeeded" or final["reason"]


@pytest.mark.parametrize("target", [TASK_RESOURCE_GROUPS, TASK_RESOURCES], ids=lambda r: r.plural)
@pytest.mark.parametrize("stage", STAGES)
@settings(max_examples=15)
@given(status=scheduling_statuses())
def test_a_task_ends_after_any_status_was_written_to_its_group_or_resources(target, stage, status):
    final = played(stage, put(target, status))
    assert final["phase"] in ENDED
    assert final["phase"] == "Succeeded" or final["reason"]


@pytest.mark.parametrize("stage", STAGES[1:])
@given(
    field=st.sampled_from(["phase", "startTime", "conditions", "partyTaskStatus", "podStatuses"])
)
@settings(max_examples=10)
def test_a_removed_status_field_is_restored(stage, field):
    final, undisturbed = played(stage, take(field)), played(stage, take("lastReconcileTime"))
    if stage == "ended" and field == "podStatuses":
        # The pods are deleted, and no other object contains these values.
        final["podStatuses"] = undisturbed["podStatuses"]
    assert comparable(final) == comparable(undisturbed)


def comparable(status):
    types = {condition["type"] for condition in status["conditions"]} - {"PortsAllocated"}
    return {**status, "conditions": types, "lastReconcileTime": None}
