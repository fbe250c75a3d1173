"""Creates the environment of a run: cluster and controller in processes of their own.

`environment_for` is the only entry. For a virtual clock it leaves the work to `virtual`. The order
matters: the cluster first, then the manifests of `--setup`, then the controller, which needs them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kuscia_conformance.clusters import Cluster, ClusterOptions, cluster
from kuscia_conformance.clusters.run_label import fresh_run_id
from kuscia_conformance.environment import controllers
from kuscia_conformance.environment.controllers import Controller, control
from kuscia_conformance.environment.model import Environment
from kuscia_conformance.environment.remains import run_folder
from kuscia_conformance.environment.settings import Settings
from kuscia_conformance.environment.setup_manifests import set_up
from kuscia_conformance.features.folders import (
    suite_folder,
)
from kuscia_conformance.kube.kubeconfig import read_access


@contextmanager
def environment_for(settings: Settings, say: Callable[[str], None]) -> Iterator[Environment]:
    """Creates the cluster, starts the controller, and ends both with the context.

    `say` is called with progress messages for the user. Raises UsageError for options that cannot
    be met, and EnvironmentFailure if the cluster or the controller does not start.
    """
    settings.out.mkdir(parents=True, exist_ok=True)
    if settings.virtual:
        from kuscia_conformance.environment.virtual import virtual_environment

        with virtual_environment(settings, say) as environment:
            yield environment
        return
    with run_folder(say) as work:
        run = fresh_run_id()
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
