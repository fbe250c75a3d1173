"""The entry point of `kuscia-conformance`: the list of commands, and the exit code of each end."""

from __future__ import annotations

import builtins
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
    replay,
    report,
    run,
    serve,
    up,
)
from kuscia_conformance.cli.output import protect_streams
from kuscia_conformance.environment.signals import end_on_signals
from kuscia_conformance.errors import ConformanceError, UsageError, told

#: All commands, in the order of the help text.
COMMANDS = (
    run.run,
    report.report,
    replay.replay,
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
    """A group of commands whose help lists them in the order in which they were added."""

    def list_commands(self, ctx: click.Context) -> builtins.list[str]:  # noqa: ARG002
        return [*self.commands]


@click.group(
    cls=InOrder,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="kuscia-conformance")
def cli() -> None:
    """Test whether a controller does what Kuscia's KusciaTask promises.

    The suite plays scenarios on a Kubernetes cluster, compares what the controller does with
    expected documents, and gives a verdict.
    """


for command in COMMANDS:
    cli.add_command(command)


def main() -> NoReturn:
    """Runs the command, and exits with the code that says how it ended.

    Prints the message of an error without a traceback. Exit codes: 0 success, 2 wrong usage, 3
    interrupted, 4 the harness or the cluster failed. `run` and `lint` exit with further codes.
    """
    protect_streams()
    end_on_signals()
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
    except Exception as error:  # noqa: BLE001 - Python would exit with 1, which says not conformant
        click.echo(f"error: {told(error)}", err=True)
        sys.exit(4)
    sys.exit(0)
