"""Helpers for tests with a running controller on a cluster: domains, tasks, and waiting.

`Domains` prepares nodes and namespaces, and returns them at the end. `until` and `completed` wait
for an object; both fail after PATIENCE seconds.
"""

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

#: The longest time to wait for an object, in seconds; in a passing test it takes much less.
PATIENCE = 30


def app_image(name, *args, slots=1):
    """Returns an AppImage whose pods end on their own; `args` are arguments of the workload."""
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
    """Returns a KusciaTask with one party per domain; `schedule` is its scheduleConfig."""
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
    """Domains with one node each; the nodes are given back at the end."""

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
    """Creates the object unless it exists."""
    try:
        await api.create(resource, obj, strict=True)
    except AlreadyExists:
        return


async def until(api, resource, name, is_so, namespace=None):
    """Waits until `is_so(object)` is true and returns the object; a missing object is None."""
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
    """Yields the current object and each later version; None while it does not exist."""
    only = f"metadata.name={name}"
    found, version = await api.list(resource, namespace, fields=only)
    yield found[0] if found else None
    async with aclosing(api.watch(resource, namespace, version=version, fields=only)) as events:
        async for event in events:
            if event.type != "BOOKMARK":
                yield None if event.type == "DELETED" else event.object


async def completed(api, name, phase):
    """Waits until the task has a completionTime, and asserts its phase."""

    def is_over(task):
        return bool(task and (task.get("status") or {}).get("completionTime"))

    task = await until(api, KUSCIA_TASKS, name, is_over, TASK_NAMESPACE)
    assert task["status"]["phase"] == phase, task["status"]
