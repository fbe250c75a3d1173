"""`kuscia-conformance run`: the suite against a controller, and a verdict."""

from __future__ import annotations

import sys
from typing import Any, NoReturn

import click

from harness.commands import suite_options
from harness.errors import UsageError


@click.command(epilog="Example: kuscia-conformance run --cluster kind --only 'clean*' -n 4")
@suite_options()
@click.option("-n", "--workers", metavar="N", default="0", help="Run N scenarios at a time.")
def run(workers: str, **chosen: Any) -> NoReturn:
    """Run the scenarios against a controller, and write a report.

    Exit codes: 0 conformant, 1 not conformant, 2 usage, 3 incomplete (interrupted, core checks
    skipped), 4 the harness or the cluster failed.
    """
    from harness.runner import run_suite

    if not (workers.isdigit() or workers == "auto"):
        raise UsageError(f"-n {workers}: expected a number or auto")
    sys.exit(run_suite(chosen, workers))
