"""The command `new`: writes a first feature with its documents."""

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
    help="The folder in which to write them; the one above it has to exist.  "
    "[default: the current folder]",
)
def new(name: str, folder: Path) -> None:
    """Write a new feature NAME and its documents, to be changed.

    The feature has two scenarios, which pass with the reference controller.
    """
    from kuscia_conformance.cli.scaffold import write_feature

    files = write_feature(name, folder)
    for file in files:
        click.echo(f"wrote {file}")
    click.echo(f"run it: kuscia-conformance run {quote(str(files[0]))}")
