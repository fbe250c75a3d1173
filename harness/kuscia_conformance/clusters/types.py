"""The options for a cluster, and the description of a cluster that is ready."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from kuscia_conformance.clusters.run_label import fresh_run_id


def _say_nothing(_: str) -> None:
    """The default for `say`: progress is not shown."""


@dataclass(frozen=True)
class ClusterOptions:
    """What the user has chosen on the command line or in the settings."""

    #: The address of the cluster, as `--cluster` takes it (see `address`).
    cluster: str
    #: The folder of resource definitions to install.
    definitions: Path
    #: The folder of this run, removed when the run ends.
    work: Path
    #: Whether the cluster stays when the run ends.
    keep: bool = False
    kind_image: str | None = None
    workload_image: str = "busybox:1.36"
    assets: str | None = None
    nodes: int = 4
    #: Only for the embedded cluster: how long the answer to each write is delayed, in seconds.
    pace: float = 0.008
    #: The nodes to use of an existing cluster. If empty, all nodes with the label `POOL` are used.
    node_names: tuple[str, ...] = ()
    #: Whether a run may replace resource definitions that differ from ours until it ends.
    install_definitions: bool = False
    #: The id of the run.
    run: str = field(default_factory=fresh_run_id)
    #: Shows one line of progress to the user.
    say: Callable[[str], None] = _say_nothing


@dataclass(frozen=True)
class Cluster:
    """A cluster that is ready: the definitions are installed and the pool's nodes are labelled."""

    name: str
    kubeconfig: Path
    context: str | None
    #: What the cluster can do: real-pods, simulated-nodes, exec, virtual-clock, faults.
    can: frozenset[str]
    #: The names of the pool's nodes.
    nodes: tuple[str, ...]
    #: Whether the cluster stays after the run: it is kept, was reused, or belongs to the user.
    outlives: bool = False
