"""The command `kuscia-conformance`: `run` the suite, `controller` to start the reference alone.

Exit codes of `run`: 0 conformant, 1 not, 2 usage, 3 incomplete, 4 the harness or the
cluster failed.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click
from kuscia_conformance_plugin import OPTIONS

from harness import __version__
from harness.errors import ConformanceError, UsageError

F = TypeVar("F", bound=Callable[..., Any])
LEVELS = ("debug", "info", "warning", "error")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="kuscia-conformance")
def cli() -> None:
    """Certify an implementation of Kuscia's KusciaTask: scenarios, documents, a verdict."""


def suite_options(command: F) -> F:
    """Every option of the one table, as a click option."""
    for option in reversed(OPTIONS):
        kind = {"is_flag": True} if option.flag else {"metavar": option.metavar}
        default = f"  [default: {option.default}]" if option.default else ""
        decorate = click.option(
            f"--{option.name}", option.key, default=None, help=option.help + default, **kind
        )
        command = decorate(command)
    return command


@cli.command(epilog="Example: kuscia-conformance run --cluster kind --only 'clean*' -n 4")
@suite_options
@click.option("-n", "--workers", metavar="N", default="0", help="Run N scenarios at a time.")
def run(workers: str, **chosen: str | bool | None) -> NoReturn:
    """Run the scenarios against a controller, and write a report.

    Exit codes: 0 conformant, 1 not conformant, 2 usage, 3 incomplete (interrupted, core checks
    skipped), 4 the harness or the cluster failed.
    """
    from harness.runner import run_suite

    if not (workers.isdigit() or workers == "auto"):
        raise UsageError(f"-n {workers}: expected a number or auto")
    sys.exit(run_suite(chosen, workers))


@cli.command(epilog="Example: kuscia-conformance controller --kubeconfig ~/.kube/config")
@click.option("--kubeconfig", type=click.Path(path_type=Path), help="Default: as kubectl finds it.")
@click.option("--context", metavar="NAME", help="Default: the kubeconfig's current one.")
@click.option("--log-level", type=click.Choice(LEVELS), default="info", show_default=True)
def controller(kubeconfig: Path | None, context: str | None, log_level: str) -> NoReturn:
    """Run the reference controller until it is told to end."""
    import reference_controller
    from harness.kubeconfig import read_access

    sys.exit(reference_controller.main(read_access(kubeconfig, context), log_level))


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
