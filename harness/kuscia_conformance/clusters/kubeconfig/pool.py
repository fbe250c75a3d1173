"""The nodes that a run uses of somebody's cluster: those that the user names, by name or by label.

Deciding is pure: `refuse` and `guests` look at nodes and pods as they were read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from kuscia_conformance.clusters.run_label import run_of
from kuscia_conformance.clusters.types import POOL
from kuscia_conformance.errors import ClusterError
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kuscia import DOMAIN_LABEL
from kuscia_conformance.kube.objects import (
    NODES,
    PODS,
    Obj,
    condition_of,
    has_ended,
    key_of,
    labels_of,
    name_of,
)

SIMULATED = "conformance.kuscia.secretflow/simulated"
#: Pods that no node can do without: they are no sign that it is used by somebody.
_OF_THE_NODE = ("DaemonSet", "Node")


async def choose(
    api: Api, named: Sequence[str], where: str, say: Callable[[str], None]
) -> list[Obj]:
    """The nodes to use: these, or without names those of the pool, in the order of their names.

    ClusterError if they are fewer than two, or one cannot be used; pods of others are told.
    """
    everything = {name_of(node): node for node in (await api.list(NODES))[0]}
    if unknown := [name for name in named if name not in everything]:
        raise ClusterError(
            f"{where}: it has no node {', '.join(unknown)}",
            hint=f"it has: {', '.join(sorted(everything)) or 'none'}",
        )
    labelled = [name for name, node in everything.items() if POOL in labels_of(node)]
    chosen = [everything[name] for name in sorted(named or labelled)]
    _require(chosen, where)
    for name, pods in await asyncio.gather(*(_guests(api, name_of(node)) for node in chosen)):
        if pods:
            say(f"node {name} runs pods of others, too, beside the suite's: {', '.join(pods)}")
    return chosen


def _require(nodes: Sequence[Obj], where: str) -> None:
    if len(nodes) < 2:
        raise ClusterError(
            f"{where}: two nodes are needed that the run may use, found {len(nodes)}",
            hint=f"name them by --nodes NAME,NAME, or `kubectl label node NAME {POOL}=true`",
        )
    if problems := [f"{name_of(node)} {why}" for node in nodes if (why := refuse(node))]:
        raise ClusterError(
            f"{where}: a node cannot be used:\n  " + "\n  ".join(problems),
            hint="name others by --nodes NAME,NAME, or put this right",
        )


def refuse(node: Obj) -> str:
    """Why a run must not, or cannot, use the node; empty if it may."""
    if run_of(node):
        return f"is still as the run {run_of(node)} left it: `kuscia-conformance down` undoes that"
    if domain := labels_of(node).get(DOMAIN_LABEL):
        return f"serves the domain {domain} already (label {DOMAIN_LABEL})"
    if (condition_of(node, "Ready") or {}).get("status") != "True":
        return "is not Ready"
    if node["spec"].get("unschedulable"):
        return "is cordoned"
    taints = node["spec"].get("taints") or []
    keys = [taint["key"] for taint in taints if taint["effect"] != "PreferNoSchedule"]
    return f"has the taint {', '.join(keys)}, which no pod of the suite tolerates" if keys else ""


async def _guests(api: Api, node: str) -> tuple[str, list[str]]:
    pods, _ = await api.list(PODS, fields=f"spec.nodeName={node}")
    return node, guests(pods)


def guests(pods: Sequence[Obj]) -> list[str]:
    """The pods that are neither the node's own nor over."""
    return sorted(key_of(pod) for pod in pods if not has_ended(pod) and not _is_of_the_node(pod))


def _is_of_the_node(pod: Obj) -> bool:
    owners = pod["metadata"].get("ownerReferences") or []
    return any(owner["kind"] in _OF_THE_NODE for owner in owners)


def can(nodes: Sequence[Obj]) -> frozenset[str]:
    """What the nodes can do, by their labels."""
    simulated = all(labels_of(node).get(SIMULATED) == "true" for node in nodes)
    return frozenset({"simulated-nodes"} if simulated else {"real-pods", "exec"})
