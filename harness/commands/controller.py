"""`kuscia-conformance controller`: the reference controller alone, on any kubeconfig."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, NoReturn

import click

LEVELS = ("debug", "info", "warning", "error")


@click.command(epilog="Example: kuscia-conformance controller --kubeconfig ~/.kube/config")
@click.option("--kubeconfig", type=click.Path(path_type=Path), help="Default: as kubectl finds it.")
@click.option("--context", metavar="NAME", help="Default: the kubeconfig's current one.")
@click.option("--log-level", type=click.Choice(LEVELS), default="info", show_default=True)
@click.option(
    "--metrics-port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="PORT",
    help="Serve /metrics, /healthz and /readyz there; default: not at all.",
)
@click.option("--metrics-address", default="127.0.0.1", metavar="IP", show_default=True)
def controller(kubeconfig: Path | None, context: str | None, **options: Any) -> NoReturn:
    """Run the reference controller until it is told to end."""
    import reference_controller
    from harness.kubeconfig import read_access

    access = read_access(kubeconfig, context)
    sys.exit(reference_controller.main(access, reference_controller.Options(**options)))
