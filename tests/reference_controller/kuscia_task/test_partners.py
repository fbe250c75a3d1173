"""Tests parties whose domains belong to other clusters (kusciatask.md section 8)."""

from kuscia_conformance.kube.kuscia import APP_IMAGES, KUSCIA_TASKS, TASK_RESOURCE_GROUPS
from kuscia_conformance.kube.objects import NAMESPACES, PODS, SERVICES
from tests.reference_controller.fake import key_of_task
from tests.reference_controller.kuscia_task import test_course as course
from tests.reference_controller.kuscia_task.given import task
from tests.reference_controller.kuscia_task.test_course import change, controlled, keys, status


def partner(domain):
    labels = {"kuscia.secretflow/role": "partner"}
    return {"metadata": {"name": domain, "labels": labels}}


async def begin(world, *partners):
    for domain in ("alice", "bob"):
        namespace = partner(domain) if domain in partners else {"metadata": {"name": domain}}
        await world.api.create(NAMESPACES, namespace)
    if "alice" not in partners:
        await world.api.create(APP_IMAGES, course.IMAGE)
    fresh = task()
    del fresh["status"]
    await world.api.create(KUSCIA_TASKS, fresh)


async def others_say(world, **phases):
    known = status(world)
    entries = [
        {**entry, "phase": phases.get(entry["domainID"], entry["phase"])}
        for entry in known["partyTaskStatus"]
    ]
    await change(world, *key_of_task(), status={**known, "partyTaskStatus": entries})


def spec_of_the_group(world):
    return world.api.objects[TASK_RESOURCE_GROUPS, "psi"]["spec"]


@course.played
async def test_no_objects_are_created_for_a_partner(world):
    await begin(world, "bob")
    async with controlled(world):
        assert keys(world, PODS) == ["alice/psi-0"]
        assert keys(world, SERVICES) == ["alice/psi-0-fed", "alice/psi-0-global"]
        spec = spec_of_the_group(world)
        assert [party["domainID"] for party in spec["parties"]] == ["alice"]
        [outer] = spec["outOfControlledParties"]
        assert (outer["domainID"], outer["minReservedPods"]) == ("bob", 1)
        assert spec["minReservedMembers"] == 2
        assert list(status(world)["podStatuses"]) == ["alice/psi-0"]
        assert [entry["domainID"] for entry in status(world)["allocatedPorts"]] == ["alice"]
        assert status(world)["partyTaskStatus"] == [
            {"domainID": "alice", "phase": "Pending"},
            {"domainID": "bob", "phase": "Pending"},
        ]


async def alice_is(world, state):
    await change(world, PODS, "alice/psi-0", status=state)


@course.played
async def test_a_task_waits_for_its_partner_as_for_any_party(world):
    await begin(world, "bob")
    async with controlled(world):
        await course.schedule(world)
        await alice_is(world, course.RUNNING)
        await others_say(world, bob="Running")
        await alice_is(world, course.DONE)
        assert status(world)["phase"] == "Running"
        await others_say(world, bob="Succeeded")
    assert status(world)["phase"] == "Succeeded"
    assert {entry["phase"] for entry in status(world)["partyTaskStatus"]} == {"Succeeded"}


@course.played
async def test_a_partner_that_failed_fails_the_task(world):
    await begin(world, "bob")
    async with controlled(world):
        await course.schedule(world)
        await alice_is(world, course.RUNNING)
        await others_say(world, bob="Failed")
    assert (status(world)["phase"], status(world)["reason"]) == ("Failed", "PartiesFailed")
    assert keys(world, PODS) == []


@course.played
async def test_a_task_of_only_partners_follows_their_phases(world):
    await begin(world, "alice", "bob")
    async with controlled(world):
        assert keys(world, PODS) == []
        assert spec_of_the_group(world)["parties"] == []
        await course.schedule(world)
        assert status(world)["phase"] == "Pending"
        await others_say(world, alice="Running")
        assert status(world)["phase"] == "Running"
        await others_say(world, alice="Succeeded", bob="Succeeded")
    assert status(world)["phase"] == "Succeeded"
