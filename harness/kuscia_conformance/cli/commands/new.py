"""`kuscia-conformance new`: a feature with its documents, to begin with."""

from __future__ import annotations

from pathlib import Path
from shlex import quote

import click


@click.command(epilog="Example: kuscia-conformance new my-first")
@click.argument("name")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path(),
    help="Where to put it.  [default: here]",
)
def new(name: str, folder: Path) -> None:
    """Write a feature NAME with its documents, which runs as it is; change it from there."""
    from kuscia_conformance.cli.scaffold import write_feature

    files = write_feature(name, folder)
    for file in files:
        click.echo(f"wrote {file}")
    click.echo(f"run it: kuscia-conformance run {quote(str(files[0]))}")
