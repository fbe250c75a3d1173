"""Tests the deployment manifest: the account has exactly the permissions that it needs."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import product
from pathlib import Path

from kuscia_conformance.clusters.inventory import inventory
from kuscia_conformance.documents import load_manifests
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import read_access
from kuscia_conformance.kube.kuscia import (
    APP_IMAGES,
    KUSCIA_TASKS,
    TASK_NAMESPACE,
    TASK_RESOURCE_GROUPS,
    TASK_RESOURCES,
)
from kuscia_conformance.kube.objects import (
    CONFIG_MAPS,
    NAMESPACES,
    PODS,
    SERVICE_ACCOUNTS,
    SERVICES,
    Resource,
    condition_of,
    name_of,
)
from kuscia_conformance.kube.world import World
from reference_controller.lease import Election
from reference_controller.metrics import MeasuredApi
from reference_controller.server import Options, Process
from tests.reference_controller.cluster import (
    Domains,
    app_image,
    completed,
    ensure,
    kuscia_task,
    until,
)

MANIFEST = Path(__file__).parents[2] / "reference_controller" / "deploy" / "controller.yaml"
RBAC = "rbac.authorization.k8s.io"
KINDS = {
    "Namespace": NAMESPACES,
    "ServiceAccount": SERVICE_ACCOUNTS,
    "ClusterRole": Resource(RBAC, "v1", "clusterroles", "ClusterRole", False),
    "ClusterRoleBinding": Resource(RBAC, "v1", "clusterrolebindings", "ClusterRoleBinding", False),
    "Role": Resource(RBAC, "v1", "roles", "Role"),
    "RoleBinding": Resource(RBAC, "v1", "rolebindings", "RoleBinding"),
    "Deployment": Resource("apps", "v1", "deployments", "Deployment"),
}
DOMAINS = ("alice", "bob")
ACCOUNT = "reference-controller"


class Stutter(MeasuredApi):
    """Sends every create twice, as a client does after a lost answer."""

    async def create(self, resource, obj, **options):
        answer = await super().create(resource, obj, **options)
        return answer if options.get("sub") else await super().create(resource, obj, **options)


def granted():
    """Returns the verbs and resources that the roles of the manifest allow."""
    return {
        (verb, resource)
        for role in load_manifests(MANIFEST)
        for rule in role.get("rules", [])
        for verb in rule["verbs"]
        for resource in rule["resources"]
    }


async def token(admin):
    request = {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenRequest",
        "metadata": {"namespace": ACCOUNT},
        "spec": {"expirationSeconds": 3600},
    }
    answer = await admin.create(SERVICE_ACCOUNTS, request, sub="token", name=ACCOUNT)
    return answer["status"]["token"]


@asynccontextmanager
async def deployed(access, admin):
    """Runs the controller with its own account; yields its requests by verb and resource."""
    for obj in load_manifests(MANIFEST):
        await ensure(admin, KINDS[obj["kind"]], obj)
    bearer = f"Bearer {await token(admin)}"
    async with Stutter(replace(access, authorization=lambda: bearer), "test") as api:
        options = Options(election=Election(ACCOUNT, ACCOUNT))
        work = asyncio.create_task(Process(World(api), api, options).run())
        try:
            yield api.requests
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)


IMAGES = (
    app_image("succeeds", "--seconds=0"),
    app_image("fails", "--seconds=0", "--exit-code=1"),
    app_image("runs", "--seconds=600"),
    app_image("waits", slots=9),
)


async def whole_lives(admin):
    """Runs tasks that succeed, fail, run, and wait, and a group without a task; deletes all."""
    for image in IMAGES:
        await ensure(admin, APP_IMAGES, image)
        await admin.create(KUSCIA_TASKS, kuscia_task(name_of(image), name_of(image)))
    await admin.create(TASK_RESOURCE_GROUPS, bare_group())
    await completed(admin, "succeeds", "Succeeded")
    await completed(admin, "fails", "Failed")
    await until(admin, KUSCIA_TASKS, "runs", is_running, TASK_NAMESPACE)
    await until(admin, PODS, "waits-0", has_no_room, "alice")
    await until(admin, TASK_RESOURCE_GROUPS, "bare", is_named)
    for image in IMAGES:
        await admin.delete(KUSCIA_TASKS, name_of(image), TASK_NAMESPACE)
    await admin.delete(TASK_RESOURCE_GROUPS, "bare")


def is_running(task):
    return bool(task and (task.get("status") or {}).get("phase") == "Running")


def has_no_room(pod):
    return bool(pod and (condition_of(pod, "PodScheduled") or {}).get("status") == "False")


def is_named(group):
    return bool(group and group["spec"]["parties"][0].get("taskResourceName"))


def bare_group():
    """Returns a group without a task, whose TaskResources have no names yet."""
    party = {"domainID": "alice", "minReservedPods": 1, "pods": [{"name": "nobody"}]}
    return {
        "apiVersion": TASK_RESOURCE_GROUPS.api_version,
        "kind": TASK_RESOURCE_GROUPS.kind,
        "metadata": {"name": "bare"},
        "spec": {
            "initiator": "alice",
            "minReservedMembers": 1,
            "lifecycleSeconds": 300,
            "parties": [party],
        },
    }


async def nothing_is_left(admin):
    """Waits until the objects of the tasks are gone, and asserts that no other objects are left."""
    for resource, domain in product((PODS, SERVICES, CONFIG_MAPS, TASK_RESOURCES), DOMAINS):
        left, _ = await admin.list(resource, domain)
        for name in {name_of(obj) for obj in left} - {"kube-root-ca.crt"}:
            await until(admin, resource, name, lambda there: there is None, domain)
    tasks = [name_of(image) for image in IMAGES]
    assert [await inventory(admin, domain, tasks) for domain in DOMAINS] == [[], []]


def test_the_account_has_exactly_the_permissions_that_it_uses(control_plane, caplog):
    async def scenario():
        access = read_access(control_plane)
        async with Api(access, "test") as admin, Domains(admin, DOMAINS):
            async with deployed(access, admin) as requests:
                await whole_lives(admin)
                await nothing_is_left(admin)
            return set(requests)

    used = asyncio.run(scenario())
    assert "forbidden" not in caplog.text
    assert used == granted()
