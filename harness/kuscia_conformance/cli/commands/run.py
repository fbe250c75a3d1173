"""The command `run`: runs the suite against a controller, and gives a verdict."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click
from click.core import ParameterSource

from kuscia_conformance.cli.commands import suite_options
from kuscia_conformance.errors import UsageError, told
from kuscia_conformance.pytest_plugin import options

#: Each worker is a process of some 80 MB.
_MOST_WORKERS = 64


@click.command(epilog="Example: kuscia-conformance run --cluster kind --only 'clean*' -n 4")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@suite_options()
@click.option(
    "-n",
    "--workers",
    metavar="N",
    envvar=options.WORKERS,
    help="Run scenarios in N worker processes; 0: one after another; auto: as many as the nodes "
    "or cores allow.  [default: auto; 0 with PATHS, --only, --update or --pause-on-failure]",
)
def run(workers: str | None, paths: tuple[Path, ...], **chosen: Any) -> NoReturn:
    """Run scenarios against a controller, and write a report.

    PATHS are features of your own, or folders with them. Without PATHS, the whole suite runs.

    Exit codes: 0 conformant, or partial for some of the checks; 1 not conformant; 2 no verdict,
    because an option, a feature or a document is wrong; 3 incomplete (interrupted, or checks were
    not run); 4 no verdict, because the harness or the cluster failed.

    Ctrl-C, SIGTERM and SIGHUP end a run. What it has made is then undone, within 30 seconds, with
    --cluster kind within 60; further signals do not hurry this.
    """
    try:
        sys.exit(_run(workers, paths, chosen))
    except Exception as error:
        # `main` prints the reason to standard error. Here it is for a log of standard output.
        click.echo(f"no verdict: {told(error).partition(chr(10))[0]}")
        raise


def _run(workers: str | None, paths: Sequence[Path], chosen: Mapping[str, Any]) -> int:
    """Returns the exit code of the verdict. Raises ConformanceError if there is no verdict."""
    from kuscia_conformance.cli.runner import run_suite
    from kuscia_conformance.environment.settings import read_settings

    if workers not in (None, "", "auto", *map(str, range(_MOST_WORKERS + 1))):
        source = click.get_current_context().get_parameter_source("workers")
        name = f"{options.WORKERS}=" if source is ParameterSource.ENVIRONMENT else "-n "
        raise UsageError(f"{name}{workers}: expected a number from 0 to {_MOST_WORKERS}, or auto")
    choice = options.chosen(chosen)
    with choice.naming_sources(), without_older_report(Path(choice.texts["out"][0])):
        settings = read_settings(choice.texts, choice.given)
        return run_suite(settings, workers, paths, choice.in_words)


@contextmanager
def without_older_report(out: Path) -> Iterator[None]:
    """Deletes the report of an older run if the context ends without a verdict, and says so."""
    from kuscia_conformance.report.folder import retire_report

    try:
        yield
    except Exception:
        if retired := retire_report(out):
            click.echo(retired, err=True)
        raise
