"""The room of nodes: takes it with plain pods, closes nodes, and checks for overcommitted ones.

A plain pod belongs to no task. It is created with `spec.nodeName`, so that no scheduler takes part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from kuscia_conformance.clusters.borrowed_nodes import SLOT
from kuscia_conformance.environment.journal import Version
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.objects import NODES, PODS, Obj, has_ended, name_of, quantity
from kuscia_conformance.kube.placement import Amounts, requests_of, total

#: The label of plain pods.
PLAIN = "conformance.kuscia.secretflow/plain-pod"
WORKLOAD = "kuscia-conformance/workload:1"
_SYSTEM = ("uid", "resourceVersion", "creationTimestamp", "generation", "managedFields")


async def cordon(api: Api, node: str, cordoned: bool) -> None:
    """Makes the node unschedulable, or schedulable again, as kubectl does."""
    await api.patch(NODES, node, None, {"spec": {"unschedulable": cordoned or None}})


async def remake_node(api: Api, node: Obj) -> None:
    """Creates a deleted node again, with a new uid; its kubelet goes on with the new object."""
    metadata = {key: value for key, value in node["metadata"].items() if key not in _SYSTEM}
    await api.create(NODES, {"apiVersion": "v1", "kind": "Node", **node, "metadata": metadata})


def plain_pod(name: str, namespace: str, node: str, seconds_to_end: str | None) -> Obj:
    """Returns a pod that is bound to the node and takes the room of one pod there.

    When deleted it ends immediately; with `seconds_to_end` it ignores SIGTERM and ends only after
    that grace period.
    """
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
    metadata = {"name": name, "namespace": namespace, "labels": {PLAIN: "true"}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def set_request(pod: Obj, resource: str, amount: Decimal) -> None:
    """Makes the pod request so much of the resource, instead of the room of one pod.

    The amount is in cores or bytes; parts of a thousandth of a core, or of a byte, are dropped.
    """
    text = f"{int(amount * 1000)}m" if resource == "cpu" else f"{int(amount)}"
    pod["spec"]["containers"][0]["resources"] = {"requests": {resource: text}}


async def free_of(api: Api, node: str, resource: str) -> Decimal:
    """Returns what the node has of the resource, minus the requests of its unfinished pods.

    The amount is in base units: cores or bytes.
    """
    pods, _ = await api.list(PODS, fields=f"spec.nodeName={node}")
    allocatable = (await api.get(NODES, node))["status"]["allocatable"]
    taken = sum((_asked(pod)[resource] for pod in pods), Decimal(0))
    return quantity(allocatable.get(resource, "0")) - taken


def overcommitted(versions: Sequence[Version]) -> Iterator[str]:
    """Yields a text for each binding after which a node's pods asked for more than it had.

    Every resource counts that one of the pods asks for, and the number of pods. Pods that have
    ended do not count. Only bindings are judged: if a node shrinks while pods run
    on it, the scheduler is not to blame.
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
    there = {key: _asked(pod) for key, pod in pods.items() if pod["spec"]["nodeName"] == node}
    for resource, asked in total(there.values()).items() if node in room else ():
        has = quantity(room[node].get(resource, "0"))
        if asked > has:
            each = ", ".join(f"{key} {one[resource]:f}" for key, one in there.items())
            yield f"{node} has {has:f} of {resource}, its pods ask for {asked:f}: {each}"


def _asked(pod: Obj) -> Amounts:
    """Returns what the pod takes of its node; nothing if it has none or has ended."""
    if not _takes_room(pod):
        return Amounts(Decimal)
    return total([requests_of(pod), Amounts(Decimal, {"pods": Decimal(1)})])
