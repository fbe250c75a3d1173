"""The command `report`: gives the verdict on a finished, interrupted or killed run again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import click


@click.command(epilog="Example: kuscia-conformance report results")
@click.argument("folder", metavar="DIR", default="results", type=click.Path(path_type=Path))
def report(folder: Path) -> NoReturn:
    """Give the verdict on a run again, from the evidence in its results folder.

    DIR is the folder that the run has written (default: results). Nothing runs: the verdict follows
    from the plan, the result of each check, and how the run ended. A run that was killed is
    incomplete, and its checks without a result are counted. report.yaml and junit.xml are written
    again.

    The exit codes are those of `run`.
    """
    from kuscia_conformance.cli.summary import conclude, console
    from kuscia_conformance.evidence.run import Evidence
    from kuscia_conformance.report.views import write_views

    evidence, out = Evidence.read(folder), console()
    conclude(out, folder, evidence, write_views(folder, evidence))
    sys.exit(evidence.verdict.exit_code)
