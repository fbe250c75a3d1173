"""`kuscia-conformance serve`: the embedded cluster, for kubectl and controllers by hand."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable


@click.command(epilog="Example: kuscia-conformance serve --kubeconfig cluster.yaml --port 6443")
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="default: any that is free")
@click.option("--nodes", default=4, show_default=True, type=click.IntRange(0, 250))
@click.option(
    "--pace",
    default=8.0,
    show_default=True,
    type=click.FloatRange(0, 10_000),
    help="milliseconds by which the answer to a write is held back; no real server is as fast as 0",
)
@click.option(
    "--kubeconfig",
    type=click.Path(path_type=Path, dir_okay=False),
    help="where to write the kubeconfig; default: a temporary file, gone at the end",
)
def serve(port: int, nodes: int, pace: float, kubeconfig: Path | None) -> None:
    """Serve a Kubernetes API with simulated nodes, all in memory, until Ctrl-C.

    It has the suite's resource definitions, and no controller: see `kuscia-conformance controller`.
    """
    from kuscia_conformance.clusters.embedded.process import Serving, main
    from kuscia_conformance.features.folders import (
        suite_folder,
    )

    with tempfile.TemporaryDirectory(prefix="kuscia-conformance-") as folder:
        crds = suite_folder("fixtures") / "crds"
        main(Serving(Path(folder), port, nodes, pace / 1000, crds), _tell(nodes, kubeconfig))
    if kubeconfig:
        kubeconfig.unlink(missing_ok=True)
    click.echo("gone, with everything in it")


def _tell(nodes: int, wanted: Path | None) -> Callable[[Path], None]:
    def tell(made: Path) -> None:
        path = _copy(made, wanted) if wanted else made
        click.echo(f"a cluster with {nodes} simulated nodes is served until Ctrl-C:")
        click.echo(f"  export KUBECONFIG={path.resolve()}")
        click.echo("  kubectl get nodes")

    return tell


def _copy(made: Path, wanted: Path) -> Path:
    """UsageError if it cannot be written, or is somebody's kubeconfig already."""
    from kuscia_conformance.errors import UsageError

    hint = "name another file by --kubeconfig"
    if wanted.exists():
        raise UsageError(f"--kubeconfig {wanted}: the file exists, and is left as it is", hint=hint)
    try:
        wanted.touch(mode=0o600)
        shutil.copyfile(made, wanted)
    except OSError as error:
        raise UsageError(f"--kubeconfig {wanted}: {error.strerror}", hint=hint) from error
    return wanted
