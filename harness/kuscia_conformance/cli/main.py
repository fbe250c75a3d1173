"""The command `kuscia-conformance`: its commands, and how it ends whatever happens in them."""

from __future__ import annotations

import builtins
import signal
import sys
from typing import NoReturn

import click

from kuscia_conformance import __version__
from kuscia_conformance.cli.commands import (
    controller,
    down,
    explain,
    lint,
    list,
    new,
    run,
    serve,
    up,
)
from kuscia_conformance.errors import ConformanceError, UsageError

#: Every command, in the order of the help text.
COMMANDS = (
    run.run,
    up.up,
    down.down,
    serve.serve,
    new.new,
    list.list,
    explain.explain,
    lint.lint,
    controller.controller,
)


class InOrder(click.Group):
    """A group whose help lists its commands as they were added, not by the alphabet."""

    def list_commands(self, ctx: click.Context) -> builtins.list[str]:  # noqa: ARG002
        return [*self.commands]


@click.group(
    cls=InOrder,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="kuscia-conformance")
def cli() -> None:
    """Certify an implementation of Kuscia's KusciaTask: scenarios, documents, a verdict."""


for command in COMMANDS:
    cli.add_command(command)


def main() -> NoReturn:
    """The command, with errors that are for people and exit codes that mean something."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        sys.exit(3)
    except ConformanceError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2 if isinstance(error, UsageError) else 4)
    sys.exit(0)
