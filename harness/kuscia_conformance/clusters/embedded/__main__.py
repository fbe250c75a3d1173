"""The command line of the embedded cluster's process; see `process`."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import click

from kuscia_conformance.clusters.embedded.process import Serving, main
from kuscia_conformance.errors import UsageError


@click.command()
@click.option("--folder", required=True, type=click.Path(path_type=Path))
@click.option("--port", default=0, show_default=True, type=click.IntRange(0, 65535))
@click.option("--nodes", default=4, show_default=True, type=click.IntRange(0, 250))
@click.option("--pace", default=8.0, show_default=True, type=click.FloatRange(0, 10_000))
def run(folder: Path, port: int, nodes: int, pace: float) -> None:
    """Serve an embedded cluster.

    --pace is the delay of the answer to each write, in milliseconds.
    """
    logging.basicConfig(level="WARNING", stream=sys.stderr)
    try:
        main(Serving(folder, port, nodes, pace / 1000), _say_ready)
    except UsageError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2)


def _say_ready(_: Path) -> None:
    click.echo("ready")
    sys.stdout.flush()


if __name__ == "__main__":
    run()
