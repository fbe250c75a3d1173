"""What the tests of a deployed controller do to a cluster: domains, tasks, and waiting for them."""

import asyncio
from contextlib import aclosing

from kuscia_conformance.clusters.borrowed_nodes import (
    SLOT,
    give_back,
    make_domain,
    remove_domain,
    set_room,
    wait_while_ending,
)
from kuscia_conformance.errors import AlreadyExists
from kuscia_conformance.kube.kuscia import APP_IMAGES, GROUP, KUSCIA_TASKS, TASK_NAMESPACE
from kuscia_conformance.kube.objects import NODES

#: For anything that is waited for, in seconds: it is there long before, unless it never comes.
PATIENCE = 30


def app_image(name, *args, slots=1):
    """Its pods end by themselves, as the arguments of the workload say."""
    container = {
        "name": "app",
        "command": ["sh"],
        "args": ["-c", " ".join(["./app", *args])],
        "workingDir": "/work",
        "ports": [{"name": "fed", "port": 8080, "protocol": "HTTP", "scope": "Cluster"}],
        "configVolumeMounts": [{"mountPath": "/work/config", "subPath": "config"}],
        "resources": {"requests": {SLOT: str(slots)}, "limits": {SLOT: str(slots)}},
    }
    template = {"name": "app", "replicas": 1}
    return {
        "apiVersion": APP_IMAGES.api_version,
        "kind": "AppImage",
        "metadata": {"name": name},
        "spec": {
            "image": {"name": "kuscia-conformance/workload", "tag": "1"},
            "configTemplates": {"config": "{{.TASK_ID}}"},
            "deployTemplates": [
                {**template, "spec": {"restartPolicy": "Never", "containers": [container]}}
            ],
        },
    }


def kuscia_task(name, image, domains=("alice", "bob"), **schedule):
    return {
        "apiVersion": f"{GROUP}/v1alpha1",
        "kind": "KusciaTask",
        "metadata": {"name": name, "namespace": TASK_NAMESPACE},
        "spec": {
            "initiator": domains[0],
            "taskInputConfig": "{}",
            "parties": [{"domainID": domain, "appImageRef": image} for domain in domains],
            "scheduleConfig": schedule,
        },
    }


class Domains:
    """Two domains with a node each, given back at the end."""

    def __init__(self, api, names):
        self.api, self.names = api, names

    async def __aenter__(self):
        nodes, _ = await self.api.list(NODES)
        self.nodes = [node["metadata"]["name"] for node in nodes][: len(self.names)]
        for name, node in zip(self.names, self.nodes, strict=True):
            await wait_while_ending(self.api, name)
            await make_domain(self.api, name, [node], "test")
            await set_room(self.api, node, 5)
        return self

    async def __aexit__(self, *_):
        for name, node in zip(self.names, self.nodes, strict=True):
            await remove_domain(self.api, name)
            await give_back(self.api, node)


async def ensure(api, resource, obj):
    try:
        await api.create(resource, obj, strict=True)
    except AlreadyExists:
        return


async def until(api, resource, name, is_so, namespace=None):
    """Wait until an object is so; it is None where it does not exist. It is returned."""
    seen = []
    try:
        async with asyncio.timeout(PATIENCE):
            async for obj in states(api, resource, name, namespace):
                seen.append(obj)
                if is_so(obj):
                    return obj
    except TimeoutError:
        pass
    raise AssertionError(f"{resource.kind} {name} was never so; last: {seen[-1:]}")


async def states(api, resource, name, namespace):
    """The object as it is, and after each change."""
    only = f"metadata.name={name}"
    found, version = await api.list(resource, namespace, fields=only)
    yield found[0] if found else None
    async with aclosing(api.watch(resource, namespace, version=version, fields=only)) as events:
        async for event in events:
            if event.type != "BOOKMARK":
                yield None if event.type == "DELETED" else event.object


async def completed(api, name, phase):
    """Wait until the task has its completionTime, and be sure of its phase."""

    def is_over(task):
        return bool(task and (task.get("status") or {}).get("completionTime"))

    task = await until(api, KUSCIA_TASKS, name, is_over, TASK_NAMESPACE)
    assert task["status"]["phase"] == phase, task["status"]
