"""The command `lint`: finds all mistakes in features and documents."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import click


@click.command(epilog="Example: kuscia-conformance lint mine.feature")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
def lint(paths: tuple[Path, ...]) -> NoReturn:
    """Find all mistakes in features and documents. Needs no cluster.

    PATHS are feature files, documents, or folders with them. Without PATHS, it checks the suite's
    own files, and that they cover every requirement.

    Exit codes: 0 no mistakes, 1 mistakes found, 2 wrong usage.
    """
    from kuscia_conformance.lint import lint as look
    from kuscia_conformance.steps import definitions

    findings = look(definitions(), paths)
    for problem in findings.problems:
        click.echo(str(problem).replace(f"{Path.cwd()}/", ""))
    count = len(findings.problems)
    click.echo(f"{count} mistake{'s' * (count != 1)} in {findings}" if count else str(findings))
    sys.exit(1 if count else 0)
