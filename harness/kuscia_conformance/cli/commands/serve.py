"""The command `serve`: runs the embedded cluster alone, for kubectl and other programs."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kuscia_conformance.cli.commands import Finite

if TYPE_CHECKING:
    from collections.abc import Callable


@click.command(epilog="Example: kuscia-conformance serve --kubeconfig cluster.yaml --port 6443")
@click.option(
    "--port",
    default=0,
    type=click.IntRange(0, 65535),
    help="The port of the API server. Default: any free port.",
)
@click.option(
    "--nodes",
    default=4,
    show_default=True,
    type=click.IntRange(0, 250),
    help="The number of simulated nodes.",
)
@click.option(
    "--pace",
    default=8.0,
    show_default=True,
    type=Finite(0, 10_000),
    help="Delay the answer to each write by this many milliseconds, as a real API server does.",
)
@click.option(
    "--kubeconfig",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the kubeconfig to this new file. Default: a temporary file. Deleted at the end.",
)
def serve(port: int, nodes: int, pace: float, kubeconfig: Path | None) -> None:
    """Serve the embedded cluster alone, until Ctrl-C.

    It is a Kubernetes API with simulated nodes, kept in memory. The suite's resource definitions
    are installed. No controller runs; `kuscia-conformance controller` starts one.
    """
    from kuscia_conformance.clusters.embedded.process import Serving, main
    from kuscia_conformance.environment.remains import run_folder
    from kuscia_conformance.features.folders import (
        suite_folder,
    )

    with run_folder(click.echo) as folder:
        crds = suite_folder("fixtures") / "crds"
        main(Serving(folder, port, nodes, pace / 1000, crds), _tell(nodes, kubeconfig))
    click.echo("the cluster has ended; everything in it is gone")


def _tell(nodes: int, wanted: Path | None) -> Callable[[Path], None]:
    def tell(made: Path) -> None:
        path = _copy(made, wanted) if wanted else made
        click.echo(f"a cluster with {nodes} simulated nodes runs until Ctrl-C:")
        click.echo(f"  export KUBECONFIG={path.resolve()}")
        click.echo("  kubectl get nodes")

    return tell


def _copy(made: Path, wanted: Path) -> Path:
    """Copies the kubeconfig to the wanted file, readable only by its owner, and returns the file.

    Raises UsageError if the file exists, because it may be another cluster's kubeconfig, or cannot
    be written.
    """
    from kuscia_conformance.clusters.run_folder import expect_file
    from kuscia_conformance.errors import UsageError

    hint = "name another file by --kubeconfig"
    if wanted.exists():
        raise UsageError(f"--kubeconfig {wanted}: the file exists, and was not changed", hint=hint)
    try:
        expect_file(made.parent, wanted)  # the end of the run deletes it
        wanted.touch(mode=0o600)
        shutil.copyfile(made, wanted)
    except OSError as error:
        raise UsageError(f"--kubeconfig {wanted}: {error.strerror}", hint=hint) from error
    return wanted
