"""Clusters to run on: each kind is one context manager, and a table names them.

Comes in: `ClusterOptions`. Goes out: a `Cluster`, with a kubeconfig and what it can do. `embedded`
is our API server with simulated nodes, `controlplane` a real one with simulated nodes, `kind` real
nodes in Docker, `kubeconfig` a cluster of the user's, which is left as it was found. `preparing` is
what they have in common, `process` runs programs, `borrowed_nodes` and `node_locks` give each
scenario nodes of its own.
It must not know controllers, settings or scenarios.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from kuscia_conformance.clusters.address import Address, address_of
from kuscia_conformance.clusters.types import Cluster, ClusterOptions, Provider
from kuscia_conformance.errors import UsageError

__all__ = ["PROVIDERS", "Cluster", "ClusterOptions", "Provider", "cluster"]

Provide = Callable[[Address, ClusterOptions], AbstractContextManager[Cluster]]


def _embedded() -> Provide:
    from kuscia_conformance.clusters.embedded.provider import provide

    return provide


def _controlplane() -> Provide:
    from kuscia_conformance.clusters.controlplane import provide

    return provide


def _kind() -> Provide:
    from kuscia_conformance.clusters.kind import provide

    return provide


def _kubeconfig() -> Provide:
    from kuscia_conformance.clusters.kubeconfig.provider import (
        provide,
    )

    return provide


#: The kinds of cluster, by the word before the first colon; each is imported when it is asked for.
PROVIDERS: Mapping[str, Callable[[], Provide]] = {
    "embedded": _embedded,
    "controlplane": _controlplane,
    "kind": _kind,
    "kubeconfig": _kubeconfig,
}


def cluster(options: ClusterOptions) -> AbstractContextManager[Cluster]:
    """The cluster that the options name. UsageError, with the valid ones, if there is none."""
    address = address_of(options.cluster)
    if address.kind not in PROVIDERS:
        raise UsageError(
            f"--cluster {options.cluster}: there is no such kind of cluster",
            hint=f"valid: {', '.join(sorted(PROVIDERS))}",
        )
    return PROVIDERS[address.kind]()(address, options)
