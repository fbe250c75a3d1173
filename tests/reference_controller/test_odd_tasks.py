"""Tests unusual tasks on a complete API server, which refuses objects that the fake one accepts."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from kuscia_conformance.errors import ApiError
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import read_access
from kuscia_conformance.kube.kuscia import APP_IMAGES, KUSCIA_TASKS, TASK_NAMESPACE
from kuscia_conformance.kube.objects import PODS, Resource, condition_of
from kuscia_conformance.kube.world import World
from reference_controller.runtime import run
from reference_controller.server import controllers
from tests.reference_controller.cluster import (
    Domains,
    app_image,
    completed,
    ensure,
    kuscia_task,
    until,
)

ZERO = {"pods": "0"}
QUOTAS = Resource("", "v1", "resourcequotas", "ResourceQuota")
DOMAINS = ("odd-alice", "odd-bob")
ROLES = [{"domainID": "odd-alice", "appImageRef": "odd-ends", "role": role} for role in "aab"]


def named(name, **spec):
    task = kuscia_task(name, "odd-ends", DOMAINS)
    return {**task, "spec": {**task["spec"], **spec}}


def image_with_ports(name, *ports):
    image = app_image(name, "--seconds=0")
    declared = [{"name": port, "protocol": "HTTP", "scope": "Cluster"} for port in ports]
    image["spec"]["deployTemplates"][0]["spec"]["containers"][0]["ports"] = declared
    return image


def parties(image):
    return [{"domainID": domain, "appImageRef": image} for domain in DOMAINS]


SUCCEED = (
    named("t" * 63),
    named("t" * 253),
    named("with.dots.and-1"),
    named("1-begins-with-a-digit"),
    named("initiator-elsewhere", initiator="somebody"),
    named("a-role-twice", parties=ROLES),
    named("a-long-role", parties=[{**ROLES[0], "role": "r" * 300}]),
    named("lives-long", scheduleConfig={"lifecycleSeconds": 2**60}),
)
FAIL = (
    (named("no-parties", parties=[]), "InvalidSpec"),
    (named("no-initiator", initiator=""), "TaskResourceGroupPhaseFailed"),
    (named("ports-twice", parties=parties("odd-twice")), "InvalidAppImage"),
    (named("port-refused", parties=parties("odd-port")), "ObjectRefused"),
)


@asynccontextmanager
async def controlled(kubeconfig):
    access = read_access(kubeconfig)
    async with (
        Api(access, "admin") as admin,
        Api(access, "controller") as api,
        Domains(admin, DOMAINS),
    ):
        work = asyncio.create_task(run(World(api), controllers()))
        try:
            yield admin
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)


async def images(admin):
    for image in (
        app_image("odd-ends", "--seconds=0"),
        image_with_ports("odd-twice", "fed", "fed"),
        image_with_ports("odd-port", "a-name-of-more-than-15-letters"),
    ):
        await ensure(admin, APP_IMAGES, image)


async def live(admin, task, phase, reason=""):
    """Creates the task, waits for its end, checks the reason, and deletes it."""
    name = task["metadata"]["name"]
    await admin.create(KUSCIA_TASKS, task, strict=True)
    await completed(admin, name, phase)
    status = (await admin.get(KUSCIA_TASKS, name, TASK_NAMESPACE))["status"]
    assert status.get("reason", "") == reason, status
    assert bool(status.get("message")) == bool(reason)
    await admin.delete(KUSCIA_TASKS, name, TASK_NAMESPACE)


def test_unusual_tasks_end_in_their_phase_with_their_reason(control_plane):
    async def scenario():
        async with controlled(control_plane) as admin:
            await images(admin)
            for task in SUCCEED:
                await live(admin, task, "Succeeded")
            for task, reason in FAIL:
                await live(admin, task, "Failed", reason)

    asyncio.run(scenario())


def test_a_task_over_a_quota_waits_until_the_quota_is_deleted(control_plane, plane):
    if plane == "embedded":
        pytest.skip("the embedded cluster has no quotas; see --plane controlplane")

    async def scenario():
        async with controlled(control_plane) as admin:
            await images(admin)
            await quota_is_waited_for(admin)

    asyncio.run(scenario())


async def refused(admin, namespace):
    """Creates pods until one is refused, because the API server applies a quota with a delay."""
    for number in range(1000):
        containers = [{"name": "a", "image": "a"}]
        spec = {"schedulerName": "nobody", "containers": containers}
        pod = {"metadata": {"name": f"filler-{number}", "namespace": namespace}, "spec": spec}
        try:
            await admin.create(PODS, {"apiVersion": "v1", "kind": "Pod", **pod})
        except ApiError as error:
            if error.code == 403:
                return
            raise
    raise AssertionError("there is no quota")


async def quota_is_waited_for(admin):
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "none", "namespace": "odd-bob"},
        "spec": {"hard": ZERO},
    }
    await admin.create(QUOTAS, quota)
    # The quota controller, which does not run here, would write this status.
    status = {"status": {"hard": ZERO, "used": ZERO}}
    await admin.patch(QUOTAS, "none", "odd-bob", status, sub="status")
    await refused(admin, "odd-bob")
    await admin.create(KUSCIA_TASKS, named("over-quota"), strict=True)

    def says_so(task):
        created = condition_of(task, "ResourceCreated") or {}
        return "exceeded quota" in created.get("message", "")

    task = await until(admin, KUSCIA_TASKS, "over-quota", says_so, TASK_NAMESPACE)
    assert task["status"]["phase"] == "Pending"
    await admin.delete(QUOTAS, "none", "odd-bob")
    await completed(admin, "over-quota", "Succeeded")
    await admin.delete(KUSCIA_TASKS, "over-quota", TASK_NAMESPACE)
