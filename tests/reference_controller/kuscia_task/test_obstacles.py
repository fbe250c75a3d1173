"""Tests a task in the runtime with obstacles: refused objects, edited specs, predecessors."""

import asyncio

import pytest

from kuscia_conformance.errors import AlreadyExists, ApiError, Invalid, NotFound
from kuscia_conformance.kube.kuscia import KUSCIA_TASKS, TASK_RESOURCE_GROUPS
from kuscia_conformance.kube.objects import CONFIG_MAPS, PODS, SERVICES, condition_of
from tests.reference_controller.fake import FakeWorld, key_of_task
from tests.reference_controller.kuscia_task import test_course as course
from tests.reference_controller.kuscia_task.given import party, task
from tests.reference_controller.kuscia_task.test_course import change, controlled, keys, status

INVALID = Invalid(422, "Invalid", 'Pod "psi-0" is invalid: spec.containers[0].ports[0].name')
QUOTA = ApiError(403, "Forbidden", "exceeded quota: small")
GONE = NotFound(404, "NotFound", 'namespaces "bob" not found')
TAKEN = AlreadyExists(409, "AlreadyExists", 'pods "psi-0" already exists')


def refusing(world, resource, namespace, error):
    """Makes creates of this resource fail; returns a function that ends this."""
    create = world.api.create

    async def refuse(kind, obj, **options):
        if kind == resource and obj["metadata"].get("namespace") == namespace:
            raise error
        return await create(kind, obj, **options)

    world.api.create = refuse

    def relent():
        world.api.create = create

    return relent


@pytest.mark.parametrize(
    ("resource", "namespace", "what"),
    [
        (PODS, "bob", "party bob: the API server refused Pod bob/psi-0 (422): "),
        (SERVICES, "alice", "party alice: the API server refused Service alice/psi-0-fed (422): "),
        (CONFIG_MAPS, "bob", "party bob: the API server refused ConfigMap bob/psi-0-config (422)"),
        (TASK_RESOURCE_GROUPS, None, "the API server refused TaskResourceGroup psi (422): "),
    ],
    ids=lambda value: getattr(value, "plural", ""),
)
@course.played
async def test_an_object_refused_as_invalid_fails_the_task(world, resource, namespace, what):
    await course.begin(world)
    refusing(world, resource, namespace, INVALID)
    async with controlled(world):
        assert status(world)["phase"] == "Failed"
        assert status(world)["reason"] == "ObjectRefused"
        assert status(world)["message"].startswith(what)
        assert keys(world, PODS) == []


@pytest.mark.parametrize("error", [QUOTA, GONE, TAKEN], ids=lambda error: error.reason)
@course.played
async def test_an_object_refused_temporarily_is_created_later(world, error):
    await course.begin(world)
    relent = refusing(world, PODS, "bob", error)
    async with controlled(world):
        await world.advance(1)
        created = condition_of({"status": status(world)}, "ResourceCreated") or {}
        assert (created["status"], created["reason"]) == ("False", "ObjectRefused")
        assert created["message"].startswith("party bob: the API server refused Pod bob/psi-0")
        assert status(world)["phase"] == "Pending"
        relent()
        await world.advance(30)
        created = condition_of({"status": status(world)}, "ResourceCreated") or {}
        assert created["status"] == "True"
        assert "reason" not in created


@course.played
async def test_an_object_refused_for_the_whole_lifecycle_fails_the_task(world):
    await course.begin(world)
    refusing(world, PODS, "bob", QUOTA)
    async with controlled(world):
        for _ in range(30):
            await world.advance(11)
    assert status(world)["phase"] == "Failed"
    assert status(world)["reason"] == "ObjectRefused"
    assert "300 seconds" in status(world)["message"]
    assert status(world)["message"].endswith("(403): exceeded quota: small")


@course.played
async def test_a_restarted_controller_writes_the_same_refusal(world):
    await course.begin(world)
    refusing(world, PODS, "bob", QUOTA)
    async with controlled(world):
        await world.advance(1)
    before = status(world)
    async with controlled(world):
        await world.advance(1)
    assert status(world) == before


async def edit(world, generation=2, **spec):
    known = world.api.objects[key_of_task()]
    metadata = {**known["metadata"], "generation": generation}
    await change(world, *key_of_task(), metadata=metadata, spec={**known["spec"], **spec})


async def collect(world):
    """Deletes the objects whose owner is gone, as the garbage collector does."""
    uids = {obj["metadata"]["uid"] for obj in world.api.objects.values()}
    for (resource, key), obj in [*world.api.objects.items()]:
        if any(owner["uid"] not in uids for owner in obj["metadata"].get("ownerReferences", ())):
            await world.api.delete(resource, *reversed(key.split("/")))
    await world.settle()


EDITS = {
    "a party removed": {"parties": [party("alice")]},
    "more replicas": {
        "parties": [party("alice", template={"replicas": 3}), party("bob")],
    },
    "no schedule": {"scheduleConfig": {}},
    "an impossible schedule": {"scheduleConfig": {"minReservedMembers": 7}},
    "no parties": {"parties": []},
    "other roles": {"parties": [party("alice", "host"), party("bob", "guest")]},
    "another AppImage": {"parties": [{**party("alice"), "appImageRef": "unheard-of"}]},
}


@pytest.mark.parametrize("phase", ["Pending", "Running"])
@pytest.mark.parametrize("spec", EDITS.values(), ids=EDITS)
def test_an_edited_spec_does_not_change_a_task_whose_objects_exist(spec, phase):
    async def life(world, spec):
        await course.begin(world)
        async with controlled(world):
            await course.schedule(world)
            if phase == "Running":
                await course.pods_are(world, course.RUNNING, course.RUNNING)
            if spec:
                await edit(world, **spec)
            await course.pods_are(world, course.RUNNING, course.RUNNING)
            await course.pods_are(world, course.DONE, course.DONE)
        return status(world)

    undisturbed = asyncio.run(life(FakeWorld(), None))
    assert asyncio.run(life(FakeWorld(), spec)) == undisturbed
    assert undisturbed["phase"] == "Succeeded"


@course.played
async def test_a_spec_edited_after_the_end_of_the_task_changes_nothing(world):
    await course.begin(world)
    async with controlled(world):
        await course.schedule(world)
        await course.pods_are(world, course.RUNNING, course.BOOM)
        before = status(world)
        assert before["phase"] == "Failed"
        await edit(world, parties=[party("alice"), party("carol")])
        assert status(world) == before


@pytest.mark.parametrize("spec", [EDITS["a party removed"], EDITS["more replicas"]])
@pytest.mark.parametrize("refused", [PODS, SERVICES, TASK_RESOURCE_GROUPS], ids=lambda r: r.plural)
@course.played
async def test_a_spec_edited_before_all_objects_exist_replaces_them(world, refused, spec):
    await course.begin(world)
    namespace = None if refused == TASK_RESOURCE_GROUPS else "bob"
    relent = refusing(world, refused, namespace, QUOTA)
    async with controlled(world):
        early = {world.api.objects[PODS, key]["metadata"]["uid"] for key in keys(world, PODS)}
        assert early
        await edit(world, **spec)
        relent()
        await world.advance(30)
        await collect(world)
        await world.advance(30)
        listed = world.api.objects[TASK_RESOURCE_GROUPS, "psi"]["spec"]["parties"]
        pods = [f"{p['domainID']}/{pod['name']}" for p in listed for pod in p["pods"]]
        assert keys(world, PODS) == sorted(status(world)["podStatuses"]) == sorted(pods)
        made = {world.api.objects[PODS, key]["metadata"]["uid"] for key in pods}
        assert not made & early
        assert len(keys(world, SERVICES)) == len(status(world)["serviceStatuses"]) == 2 * len(pods)


@course.played
async def test_a_spec_made_invalid_before_all_objects_exist_fails_the_task(world):
    await course.begin(world)
    refusing(world, PODS, "bob", QUOTA)
    async with controlled(world):
        await edit(world, parties=[])
        await world.advance(30)
        assert status(world)["phase"] == "Failed"
        assert status(world)["reason"] == "InvalidSpec"
        assert keys(world, PODS) == []


@course.played
async def test_a_recreated_task_waits_for_the_pods_of_its_predecessor(world):
    await course.begin(world)
    async with controlled(world):
        old = {world.api.objects[PODS, key]["metadata"]["uid"] for key in keys(world, PODS)}
        await world.api.delete(KUSCIA_TASKS, "psi", "cross-domain")
        successor = task()
        del successor["status"]
        await world.api.create(KUSCIA_TASKS, successor)
        await world.settle()
        assert status(world)["phase"] == "Pending"
        assert keys(world, PODS) == []
        await collect(world)
        assert "ResourceCreated" in {c["type"] for c in status(world)["conditions"]}
        new = {world.api.objects[PODS, key]["metadata"]["uid"] for key in keys(world, PODS)}
        assert len(new) == 2
        assert not new & old
