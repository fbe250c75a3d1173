"""The command `kuscia-conformance`: finds the commands in `harness.commands`, ends as they say."""

from __future__ import annotations

import signal
import sys
from importlib import import_module
from typing import NoReturn

import click

from harness import __version__
from harness.errors import ConformanceError, UsageError

#: Every command, in the order of the help text: `harness/commands/NAME.py`.
COMMANDS = (
    "run",
    "up",
    "down",
    "serve",
    "new",
    "list",
    "explain",
    "lint",
    "controller",
)


class Commands(click.Group):
    """Commands that are imported once somebody asks for them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"harness.commands.{cmd_name}"), cmd_name)
        return command


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="kuscia-conformance")
def cli() -> None:
    """Certify an implementation of Kuscia's KusciaTask: scenarios, documents, a verdict."""


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
