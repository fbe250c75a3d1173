"""Tests whole lives of a task: the machine runs in the runtime, the test plays all other parts."""

import asyncio
from contextlib import asynccontextmanager, suppress
from functools import wraps
from inspect import signature

import pytest

from kuscia_conformance.errors import Unreachable
from kuscia_conformance.kube.kuscia import APP_IMAGES, KUSCIA_TASKS, TASK_RESOURCE_GROUPS
from kuscia_conformance.kube.objects import CONFIG_MAPS, NAMESPACES, PODS, SERVICES, time_text
from reference_controller.kuscia_task.controller import KusciaTasks
from reference_controller.runtime import run
from tests.reference_controller.fake import FakeWorld, T, key_of_task
from tests.reference_controller.kuscia_task.given import app_image, container, ended, task

IMAGE = app_image(
    templates=[
        {
            "spec": {
                "containers": [container(configVolumeMounts=[{"mountPath": "/c", "subPath": "c"}])]
            }
        }
    ],
    configTemplates={"c": "{{.TASK_ID}}"},
)
READY = {"type": "Ready", "status": "True", "lastTransitionTime": time_text(T)}
RUNNING = {"phase": "Running", "startTime": time_text(T), "conditions": [READY]}
DONE = {"phase": "Succeeded", "startTime": time_text(T), "containerStatuses": [ended(0)]}
BOOM = {**DONE, "phase": "Failed", "containerStatuses": [ended(3, "boom")]}


@asynccontextmanager
async def controlled(world):
    work = asyncio.create_task(run(world, [KusciaTasks()]))
    await world.settle()
    yield
    work.cancel()
    with suppress(asyncio.CancelledError):
        await work


async def begin(world):
    for domain in ("cross-domain", "alice", "bob"):
        await world.api.create(NAMESPACES, {"metadata": {"name": domain}})
    await world.api.create(APP_IMAGES, IMAGE)
    fresh = task()
    del fresh["status"]
    await world.api.create(KUSCIA_TASKS, fresh)


def status(world):
    return world.api.objects[key_of_task()].get("status", {})


def keys(world, resource):
    return sorted(key for kind, key in world.api.objects if kind == resource)


async def change(world, resource, key, **fields):
    world.api._store("MODIFIED", resource, {**world.api.objects[resource, key], **fields})
    await world.settle()


async def schedule(world):
    await change(world, TASK_RESOURCE_GROUPS, "psi", status={"phase": "Reserved"})


async def pods_are(world, alice, bob):
    for domain, state in (("alice", alice), ("bob", bob)):
        spec = world.api.objects[PODS, f"{domain}/psi-0"]["spec"]
        bound = {**spec, "nodeName": f"node-of-{domain}"}
        await change(world, PODS, f"{domain}/psi-0", spec=bound, status=state)


def played(scenario):
    """Turns `async def test_it(world, ...)` into a test with its own FakeWorld."""

    @wraps(scenario)
    def test(*args, **kwargs):
        asyncio.run(scenario(*args, world=FakeWorld(), **kwargs))

    vars(test).pop("__wrapped__")  # pytest must not look for a fixture called world
    known = signature(scenario)
    asked = [p for p in known.parameters.values() if p.name != "world"]
    vars(test)["__signature__"] = known.replace(parameters=asked)
    return test


@played
async def test_a_task_whose_pods_succeed_succeeds_and_is_cleaned_up(world):
    await begin(world)
    async with controlled(world):
        assert status(world)["phase"] == "Pending"
        await schedule(world)
        await pods_are(world, RUNNING, RUNNING)
        assert status(world)["phase"] == "Running"
        await pods_are(world, DONE, DONE)
    assert status(world)["phase"] == "Succeeded"
    assert [c["type"] for c in status(world)["conditions"]] == [
        "PortsAllocated",
        "ResourceCreated",
        "Running",
        "Success",
    ]
    assert status(world)["podStatuses"]["bob/psi-0"] == {
        "podName": "psi-0",
        "namespace": "bob",
        "nodeName": "node-of-bob",
        "podPhase": "Succeeded",
        "reason": "Completed",
        "createTime": time_text(T),
        "startTime": time_text(T),
        "readyTime": time_text(T),
    }
    assert all("readyTime" in entry for entry in status(world)["serviceStatuses"].values())
    assert keys(world, PODS) == keys(world, TASK_RESOURCE_GROUPS) == []
    # The garbage collector, which this test does not play, deletes the rest with its pods.
    assert keys(world, CONFIG_MAPS) == ["alice/psi-0-config", "bob/psi-0-config"]


@played
async def test_a_task_with_a_failed_pod_fails_and_keeps_that_pod(world):
    await begin(world)
    async with controlled(world):
        await schedule(world)
        await pods_are(world, RUNNING, BOOM)
    assert status(world)["phase"] == "Failed"
    assert keys(world, PODS) == ["bob/psi-0"]
    assert keys(world, TASK_RESOURCE_GROUPS) == ["psi"]


@pytest.mark.parametrize("while_down", [False, True], ids=["controller running", "controller down"])
def test_the_objects_of_a_deleted_task_are_deleted(while_down):
    async def scenario(world):
        await begin(world)
        async with controlled(world):
            if not while_down:
                await world.api.delete(KUSCIA_TASKS, "psi", "cross-domain")
                await world.settle()
        if while_down:
            await world.api.delete(KUSCIA_TASKS, "psi", "cross-domain")
            async with controlled(world):
                pass
        for resource in (PODS, TASK_RESOURCE_GROUPS):
            assert keys(world, resource) == []

    asyncio.run(scenario(FakeWorld()))


@played
async def test_a_successor_with_the_same_name_gets_new_pods(world):
    await begin(world)
    async with controlled(world):
        before = {key: obj["metadata"]["uid"] for (_, key), obj in world.api.objects.items()}
        for resource, key in [*world.api.objects]:
            if resource == SERVICES or key.endswith("-config"):  # as the garbage collector would
                await world.api.delete(resource, *reversed(key.split("/")))
        await world.api.delete(KUSCIA_TASKS, "psi", "cross-domain")
        successor = task()
        del successor["status"]
        await world.api.create(KUSCIA_TASKS, successor)
        await world.settle()
        assert status(world)["partyTaskStatus"]
        for key in ("alice/psi-0", "bob/psi-0"):
            assert world.api.objects[PODS, key]["metadata"]["uid"] != before[key]


@played
async def test_irrelevant_events_cause_no_requests(world):
    await begin(world)
    async with controlled(world):
        await schedule(world)
        await pods_are(world, RUNNING, RUNNING)
        before = sum(world.api.requests.values())
        pod = world.api.objects[PODS, "alice/psi-0"]
        annotated = {**pod["metadata"], "annotations": {**pod["metadata"]["annotations"], "a": "b"}}
        await change(world, PODS, "alice/psi-0", metadata=annotated)
        assert sum(world.api.requests.values()) == before


def writes(world):
    return sum(n for (verb, _), n in world.api.requests.items() if verb in ("create", "patch"))


@pytest.mark.parametrize("last", range(16))
def test_a_restart_after_any_write_leads_to_the_same_status(last):
    """RN-06: the controller loses the API server after `last` writes, ends, and is restarted."""

    async def scenario(world):
        await begin(world)
        before = writes(world)
        begun = world.api._begin

        def lost(verb, resource):
            if verb in ("create", "patch", "delete") and writes(world) - before >= last:
                raise Unreachable("the server is gone")
            begun(verb, resource)

        world.api._begin = lost
        async with controlled(world):
            pass
        world.api._begin = begun
        async with controlled(world):
            await schedule(world)
            await pods_are(world, RUNNING, RUNNING)
            await pods_are(world, DONE, DONE)
        return status(world)

    async def undisturbed(world):
        await begin(world)
        async with controlled(world):
            await schedule(world)
            await pods_are(world, RUNNING, RUNNING)
            await pods_are(world, DONE, DONE)
        return status(world)

    assert asyncio.run(scenario(FakeWorld())) == asyncio.run(undisturbed(FakeWorld()))


def test_a_task_of_two_parties_needs_seventeen_requests():
    """Each party has three ports and one config template; requests for scheduling do not count."""

    async def scenario(world):
        await begin(world)
        before = world.api.requests.copy()
        async with controlled(world):
            await schedule(world)
            await pods_are(world, RUNNING, RUNNING)
            await pods_are(world, DONE, DONE)
        spent = world.api.requests - before
        return {request: n for request, n in spent.items() if request[0] != "list"}

    assert asyncio.run(scenario(FakeWorld())) == {
        ("create", "pods"): 2,
        ("create", "configmaps"): 2,
        ("create", "services"): 4,
        ("create", "taskresourcegroups"): 1,
        # accepted, created, one pod runs, both run, one has ended, both have ended
        ("patch", "kusciatasks"): 5,
        ("delete", "pods"): 2,
        ("delete", "taskresourcegroups"): 1,
    }
