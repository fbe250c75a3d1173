"""`kuscia-conformance controller`: the reference controller alone, on any kubeconfig."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import click

LEVELS = ("debug", "info", "warning", "error")


@click.command(epilog="Example: kuscia-conformance controller --kubeconfig ~/.kube/config")
@click.option("--kubeconfig", type=click.Path(path_type=Path), help="Default: as kubectl finds it.")
@click.option("--context", metavar="NAME", help="Default: the kubeconfig's current one.")
@click.option("--log-level", type=click.Choice(LEVELS), default="info", show_default=True)
def controller(kubeconfig: Path | None, context: str | None, log_level: str) -> NoReturn:
    """Run the reference controller until it is told to end."""
    import reference_controller
    from harness.kubeconfig import read_access

    sys.exit(reference_controller.main(read_access(kubeconfig, context), log_level))
