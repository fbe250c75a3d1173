"""Chooses the nodes that a run uses in the user's cluster.

These are the nodes that the user names with --nodes, or else those with the label `POOL`.
`refuse` and `guests` decide from objects that were read before; only `choose` sends requests.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from kuscia_conformance.clusters.run_label import run_of
from kuscia_conformance.errors import ClusterError, UsageError
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kuscia import DOMAIN_LABEL
from kuscia_conformance.kube.objects import (
    NODES,
    PODS,
    Obj,
    has_ended,
    is_ready,
    key_of,
    labels_of,
    name_of,
)
from kuscia_conformance.simulated_nodes.nodes import POOL, SIMULATED

#: The owners of pods that belong to the node itself. Such pods do not show that others use it.
_OF_THE_NODE = ("DaemonSet", "Node")


async def choose(
    api: Api, named: Sequence[str], where: str, say: Callable[[str], None]
) -> list[Obj]:
    """Returns the nodes to use, sorted by name: the named ones, or without names the pool's.

    Raises UsageError if a named node does not exist, and ClusterError if there are fewer than two
    nodes, or a node cannot be used (`refuse`). If others' pods run on a node, `say` names them.
    """
    everything = {name_of(node): node for node in (await api.list(NODES))[0]}
    if unknown := [name for name in named if name not in everything]:
        raise UsageError(
            f"--nodes {','.join(named)}: {where} has no node {', '.join(unknown)}",
            hint=f"it has: {', '.join(sorted(everything)) or 'none'}",
        )
    labelled = [name for name, node in everything.items() if POOL in labels_of(node)]
    chosen = [everything[name] for name in sorted(named or labelled)]
    _require(chosen, where)
    for name, pods in await asyncio.gather(*(_guests(api, name_of(node)) for node in chosen)):
        if pods:
            say(f"node {name} runs pods of others beside the suite's: {', '.join(pods)}")
    return chosen


def _require(nodes: Sequence[Obj], where: str) -> None:
    if len(nodes) < 2:
        raise ClusterError(
            f"{where}: a run needs at least two nodes that it may use, found {len(nodes)}",
            hint=f"name them with --nodes NAME,NAME, or `kubectl label node NAME {POOL}=true`",
        )
    if problems := [f"{name_of(node)} {why}" for node in nodes if (why := refuse(node))]:
        raise ClusterError(
            f"{where}: these nodes cannot be used:\n  " + "\n  ".join(problems),
            hint="name other nodes with --nodes NAME,NAME, or correct this",
        )


def refuse(node: Obj) -> str:
    """Returns why a run may not or cannot use the node; an empty text if it can."""
    if run_of(node):
        return f"still has changes of the run {run_of(node)}: `kuscia-conformance down` undoes them"
    if domain := labels_of(node).get(DOMAIN_LABEL):
        return f"serves the domain {domain} already (label {DOMAIN_LABEL})"
    if not is_ready(node):
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
    """Returns the names of the pods that have not ended and do not belong to the node itself."""
    return sorted(key_of(pod) for pod in pods if not has_ended(pod) and not _is_of_the_node(pod))


def _is_of_the_node(pod: Obj) -> bool:
    owners = pod["metadata"].get("ownerReferences") or []
    return any(owner["kind"] in _OF_THE_NODE for owner in owners)


def can(nodes: Sequence[Obj]) -> frozenset[str]:
    """Returns what the nodes can do (see `Cluster.can`): all simulated by their labels, or real."""
    simulated = all(labels_of(node).get(SIMULATED) == "true" for node in nodes)
    return frozenset({"simulated-nodes"} if simulated else {"real-pods", "exec"})
