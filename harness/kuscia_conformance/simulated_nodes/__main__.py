"""The process: `python -m kuscia_conformance.simulated_nodes --kubeconfig FILE [--nodes 4]`.

It prints `ready` once its Nodes exist and it has read the pods, so that it misses none. SIGTERM or
SIGINT ends it. The Nodes stay, as they do when a real kubelet stops.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from contextlib import suppress
from pathlib import Path

import click

from kuscia_conformance.errors import ConformanceError, UsageError
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import Access, read_access
from kuscia_conformance.kube.world import World
from kuscia_conformance.simulated_nodes.kubelet import run
from kuscia_conformance.simulated_nodes.nodes import names
from kuscia_conformance.simulated_nodes.tempo import REAL

#: The user agent of the nodes in the API server's log.
USER_AGENT = "kuscia-conformance-simulated-nodes"


@click.command()
@click.option("--kubeconfig", required=True, type=click.Path(path_type=Path))
@click.option("--nodes", default=4, show_default=True, type=click.IntRange(1, 250))
@click.option(
    "--log-level",
    default="warning",
    show_default=True,
    type=click.Choice(["debug", "info", "warning", "error"]),
)
def main(kubeconfig: Path, nodes: int, log_level: str) -> None:
    """Run simulated nodes on a control plane."""
    logging.basicConfig(level=log_level.upper(), stream=sys.stderr)
    try:
        asyncio.run(_serve(read_access(kubeconfig), nodes))
    except ConformanceError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2 if isinstance(error, UsageError) else 4)


async def _serve(access: Access, count: int) -> None:
    loop = asyncio.get_running_loop()
    async with Api(access, USER_AGENT) as api:
        work = loop.create_task(run(World(api), names(count), REAL, on_ready=_say_ready))
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, work.cancel)
        with suppress(asyncio.CancelledError):
            await work


def _say_ready() -> None:
    click.echo("ready")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
