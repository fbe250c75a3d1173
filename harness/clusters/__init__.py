"""Clusters to run on: each kind is one context manager, and a table names them.

`embedded` (an API server of our own, with simulated nodes), `kind` (real nodes in Docker),
`controlplane` (a real API server with simulated nodes),
`kubeconfig` (somebody's cluster). `preparing` is what they have in common.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from importlib import import_module

from harness.clusters.types import Cluster, ClusterOptions, Provider
from harness.errors import UsageError

__all__ = ["PROVIDERS", "Cluster", "ClusterOptions", "Provider", "cluster"]

#: The kinds of cluster, by the word before the first colon: modules with a function `provide`.
PROVIDERS: Mapping[str, str] = {
    "embedded": "harness.clusters.embedded.provider",
    "controlplane": "harness.clusters.controlplane",
    "kind": "harness.clusters.kind",
    "kubeconfig": "harness.clusters.kubeconfig",
}


def cluster(options: ClusterOptions) -> AbstractContextManager[Cluster]:
    """The cluster that the options name. UsageError, with the valid ones, if there is none."""
    kind, _, argument = options.cluster.partition(":")
    if kind not in PROVIDERS:
        raise UsageError(
            f"--cluster {options.cluster}: there is no such kind of cluster",
            hint=f"valid: {', '.join(sorted(PROVIDERS))}",
        )
    provide: Callable[[str, ClusterOptions], AbstractContextManager[Cluster]]
    provide = import_module(PROVIDERS[kind]).provide
    return provide(argument, options)
