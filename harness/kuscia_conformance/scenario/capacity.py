"""The room of nodes: taken by plain pods, closed, and whether more was taken than there was.

A plain pod is nobody's: it is bound to its node as it is created, past every scheduler.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from kuscia_conformance.clusters.borrowed_nodes import SLOT
from kuscia_conformance.environment.journal import Version
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.objects import NODES, PODS, Obj, has_ended, name_of, quantity

WORKLOAD = "kuscia-conformance/workload:1"
_SYSTEM = ("uid", "resourceVersion", "creationTimestamp", "generation", "managedFields")


async def cordon(api: Api, node: str, cordoned: bool) -> None:
    await api.patch(NODES, node, None, {"spec": {"unschedulable": cordoned or None}})


async def remake_node(api: Api, node: Obj) -> None:
    """The node as it was, under another uid; its kubelet carries on with it."""
    metadata = {key: value for key, value in node["metadata"].items() if key not in _SYSTEM}
    await api.create(NODES, {"apiVersion": "v1", "kind": "Node", **node, "metadata": metadata})


def plain_pod(name: str, namespace: str, node: str, seconds_to_end: str | None) -> Obj:
    """A pod on that node, with room for one; it ends at once when told, or after so long."""
    deaf = ["sleep", "600"]
    container: Obj = {
        "name": "app",
        "image": WORKLOAD,
        "command": deaf if seconds_to_end else ["sh", "-c", "./app --seconds=600"],
        "workingDir": "/work",
        "resources": {"requests": {SLOT: "1"}, "limits": {SLOT: "1"}},
    }
    spec: Obj = {"nodeName": node, "restartPolicy": "Never", "containers": [container]}
    if seconds_to_end:
        spec["terminationGracePeriodSeconds"] = int(seconds_to_end)
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def set_cpu(pod: Obj, cores: Decimal) -> None:
    """Have it take so much cpu, and none of our room."""
    amount = f"{int(cores * 1000)}m"
    pod["spec"]["containers"][0]["resources"] = {"requests": {"cpu": amount}}


async def free_cpu(api: Api, node: str) -> Decimal:
    """What of the node's cpu nobody has asked for."""
    pods, _ = await api.list(PODS, fields=f"spec.nodeName={node}")
    allocatable = (await api.get(NODES, node))["status"]["allocatable"]
    return quantity(allocatable["cpu"]) - sum((_asked(pod, "cpu") for pod in pods), Decimal(0))


def overcommitted(versions: Sequence[Version]) -> Iterator[str]:
    """Each moment at which the unfinished pods of a node asked for more than the node had.

    A node that shrinks under its pods is not the scheduler's doing: only bindings are judged.
    """
    room: dict[str, Obj] = {}
    pods: dict[str, Obj] = {}
    for version in versions:
        if version.resource is NODES:
            room[name_of(version.object)] = version.object["status"].get("allocatable") or {}
        if version.resource is PODS:
            before = pods.pop(version.key, None)
            if not version.gone and _takes_room(version.object):
                pods[version.key] = version.object
                if before is None:
                    yield from _beyond(version.object, room, pods)


def _takes_room(pod: Obj) -> bool:
    return bool(pod["spec"].get("nodeName")) and not has_ended(pod)


def _beyond(bound: Obj, room: dict[str, Obj], pods: dict[str, Obj]) -> Iterator[str]:
    node = bound["spec"]["nodeName"]
    there = [(key, pod) for key, pod in pods.items() if pod["spec"]["nodeName"] == node]
    for resource in (SLOT, "cpu"):
        asked = sum((_asked(pod, resource) for _, pod in there), Decimal(0))
        has = quantity(room.get(node, {}).get(resource, "0"))
        if node in room and asked > has:
            names = ", ".join(key for key, _ in there)
            yield f"{node} has {has:f} of {resource}, and {names} ask for {asked:f}"


def _asked(pod: Obj, resource: str) -> Decimal:
    if not _takes_room(pod):
        return Decimal(0)
    amounts = (
        ((container.get("resources") or {}).get("requests") or {}).get(resource, "0")
        for container in pod["spec"]["containers"]
    )
    return sum((quantity(amount) for amount in amounts), Decimal(0))
