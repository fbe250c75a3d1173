"""What a run stands on: a cluster, and the controller under test on it.

It is made once per run, by the process that the user started. Its description is plain
data, so that the workers of a parallel run get it from their parent.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness import controllers
from harness.clusters import Cluster, ClusterOptions, cluster
from harness.controllers import Controller, control
from harness.kubeconfig import read_access
from harness.ownership import fresh_run_id
from harness.settings import Settings, suite_folder
from harness.setup import set_up

if TYPE_CHECKING:
    from harness.virtual import VirtualCluster


@dataclass(frozen=True)
class Environment:
    """Where the scenarios run, and against what."""

    cluster: str
    kubeconfig: str
    context: str | None
    can: tuple[str, ...]
    nodes: tuple[str, ...]
    outlives: bool
    controller: str
    controller_log: str | None
    #: The id of the run, which everything bears that it makes or changes.
    run: str
    #: A folder of this run's own, shared by its processes: locks, kubeconfigs.
    work: str
    #: Where all of it is in this process, on a clock of its own.
    virtual: VirtualCluster | None = field(default=None, repr=False)

    def ask(self, what: str) -> None:
        """Have the controller killed, started or looked at. ControllerError if that fails."""
        if self.virtual:
            self.virtual.ask(what)
        else:
            control.ask(Path(self.work), what)

    def to_dict(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "virtual"}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Environment:
        return cls(**{**data, "can": tuple(data["can"]), "nodes": tuple(data["nodes"])})


@contextmanager
def stand(settings: Settings, say: Callable[[str], None]) -> Iterator[Environment]:
    """Make cluster and controller, and end them; UsageError or EnvironmentFailure if that fails."""
    settings.out.mkdir(parents=True, exist_ok=True)
    if settings.virtual:
        from harness.virtual import stand_virtually

        with stand_virtually(settings, say) as environment:
            yield environment
        return
    with tempfile.TemporaryDirectory(prefix="kuscia-conformance-") as folder:
        work, run = Path(folder), fresh_run_id()
        with cluster(_options(settings, work, run, say)) as made:
            say(f"starting the controller: {', '.join(settings.controller)}")
            with (
                set_up(read_access(made.kubeconfig, made.context), settings.setup, run),
                controllers.start(settings.controller, made, work, settings.out) as controller,
                control.listening(work, controller.processes),
            ):
                yield _describe(made, controller, work, run)


def _options(
    settings: Settings, work: Path, run: str, say: Callable[[str], None]
) -> ClusterOptions:
    return ClusterOptions(
        cluster=settings.cluster,
        keep=settings.keep,
        kind_image=settings.kind_image or None,
        workload_image=settings.workload_image,
        pace=settings.pace,
        assets=settings.assets or None,
        nodes=settings.nodes,
        node_names=settings.node_names,
        install_definitions=settings.install_crds,
        run=run,
        definitions=suite_folder("fixtures") / "crds",
        work=work,
        say=say,
    )


def _describe(made: Cluster, controller: Controller, work: Path, run: str) -> Environment:
    return Environment(
        cluster=made.name,
        kubeconfig=str(made.kubeconfig),
        context=made.context,
        can=tuple(sorted(made.can | ({"faults"} if controller.processes else set()))),
        nodes=made.nodes,
        outlives=made.outlives,
        controller=controller.name,
        controller_log=str(controller.log) if controller.log else None,
        run=run,
        work=str(work),
    )
