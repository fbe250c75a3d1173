"""What a user chooses of a cluster, and what a provider gives."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from kuscia_conformance.clusters.run_label import fresh_run_id

#: The label of the nodes on which scenarios may run their pods.
POOL = "conformance.kuscia.secretflow/pool"


def _say_nothing(_: str) -> None:
    """For callers who want no progress."""


@dataclass(frozen=True)
class ClusterOptions:
    """What the user has chosen."""

    cluster: str
    #: The folder of resource definitions to install.
    definitions: Path
    #: A folder of this run's own, removed when it ends.
    work: Path
    keep: bool = False
    kind_image: str | None = None
    workload_image: str = "busybox:1.36"
    assets: str | None = None
    nodes: int = 4
    #: Of the embedded cluster: by how much the answer to a write is held back, in seconds.
    pace: float = 0.008
    #: The nodes to use of a cluster that exists; without them those of the pool.
    node_names: tuple[str, ...] = ()
    #: Whether definitions that differ from ours may be replaced while the run lasts.
    install_definitions: bool = False
    #: The id of the run.
    run: str = field(default_factory=fresh_run_id)
    say: Callable[[str], None] = _say_nothing


@dataclass(frozen=True)
class Cluster:
    """A cluster that is ready: definitions installed, the pool's nodes labelled."""

    name: str
    kubeconfig: Path
    context: str | None
    #: What it can do: real-pods, simulated-nodes, exec, virtual-clock, faults.
    can: frozenset[str]
    #: The names of the pool's nodes.
    nodes: tuple[str, ...]
    #: Whether it stays after the run: kept, used again, or somebody else's.
    outlives: bool = False


Provider = Callable[[str, ClusterOptions], AbstractContextManager[Cluster]]
