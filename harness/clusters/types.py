"""What a user chooses of a cluster, and what a provider gives."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

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
    say: Callable[[str], None] = _say_nothing


@dataclass(frozen=True)
class Cluster:
    """A cluster that is ready: definitions installed, the pool's nodes labelled."""

    name: str
    kubeconfig: Path
    context: str | None
    #: What it can do: real-pods, simulated-nodes, virtual-clock, faults.
    can: frozenset[str]
    #: The names of the pool's nodes.
    nodes: tuple[str, ...]
    #: Whether it stays after the run: kept, used again, or somebody else's.
    outlives: bool = False


Provider = Callable[[str, ClusterOptions], AbstractContextManager[Cluster]]
