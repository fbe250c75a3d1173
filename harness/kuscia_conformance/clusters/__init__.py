"""Clusters to run on. Each kind of cluster is a context manager; `PROVIDERS` lists the kinds.

Comes in: `ClusterOptions`. Goes out: a `Cluster`: its kubeconfig, its nodes and what it can do.
This package must not know controllers, settings or scenarios.

    embedded      our own API server, simulated nodes
    controlplane  a real etcd, kube-apiserver and kube-controller-manager, simulated nodes
    kind          real nodes, in Docker containers
    kubeconfig    a cluster of the user's, which a run leaves in the state in which it found it

What the kinds share:

    address         parses `--cluster`
    types           `ClusterOptions` and `Cluster`
    process         runs child processes
    run_folder      where a run notes what it makes
    strays          finds the processes of a run by their mark
    credentials     certificates and kubeconfigs of clusters that the run starts as processes
    images          the images of kind's nodes and pods
    preparing       waits for servers, definitions and nodes
    run_label       marks every object that a run makes or changes
    borrowed_nodes  gives each scenario nodes of its own
    node_locks      locks them between the processes of a run
    inventory       lists what is in a cluster
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from kuscia_conformance.clusters.address import Address, address_of
from kuscia_conformance.clusters.types import Cluster, ClusterOptions
from kuscia_conformance.errors import UsageError, choice

__all__ = ["PROVIDERS", "Cluster", "ClusterOptions", "Provider", "cluster", "require_known"]

Provider = Callable[[Address, ClusterOptions], AbstractContextManager[Cluster]]


def _embedded() -> Provider:
    from kuscia_conformance.clusters.embedded.provider import provide

    return provide


def _controlplane() -> Provider:
    from kuscia_conformance.clusters.controlplane import provide

    return provide


def _kind() -> Provider:
    from kuscia_conformance.clusters.kind import provide

    return provide


def _kubeconfig() -> Provider:
    from kuscia_conformance.clusters.kubeconfig.provider import (
        provide,
    )

    return provide


#: The kinds of cluster, by the word before the first colon of `--cluster`. A kind is imported only
#: when it is used, so that a run does not load the others.
PROVIDERS: Mapping[str, Callable[[], Provider]] = {
    "embedded": _embedded,
    "controlplane": _controlplane,
    "kind": _kind,
    "kubeconfig": _kubeconfig,
}


def cluster(options: ClusterOptions) -> AbstractContextManager[Cluster]:
    """Returns a context manager that makes the cluster, and takes it down at the end.

    Raises UsageError for an unknown kind. Entering the context raises ClusterError or ProcessError
    if the cluster cannot be made, reached or used.
    """
    require_known(options.cluster)
    address = address_of(options.cluster)
    return PROVIDERS[address.kind]()(address, options)


def require_known(cluster: str) -> None:
    """Raises UsageError if there is no such kind of cluster, or if kind knows no such name."""
    address = address_of(cluster)
    if address.kind not in PROVIDERS:
        text = f"--cluster {cluster}: this kind of cluster is unknown"
        raise UsageError(text, hint=choice(address.kind, sorted(PROVIDERS)))
    if cluster.endswith(":"):
        text = f"--cluster {cluster} has no name behind the colon"
        raise UsageError(text, hint=f"write the name, or --cluster {address.kind} for the default")
    if address.kind == "kind" and not re.fullmatch(r"[a-z0-9.-]*", address.argument):
        text = f"--cluster {cluster}: kind cannot give a cluster this name"
        raise UsageError(text, hint="use small letters, digits, dots and dashes")
