"""`kuscia-conformance lint`: everything that is wrong with features and documents."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import click


@click.command(epilog="Example: kuscia-conformance lint mine.feature")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
def lint(paths: tuple[Path, ...]) -> NoReturn:
    """Say what is wrong with features and documents, all at once; no cluster is needed.

    PATHS are feature files, documents, or folders of them; without any, the suite's own, which
    also have to cover every requirement. Exit codes: 0 nothing is wrong, 1 something is, 2 usage.
    """
    from kuscia_conformance.lint import lint as look

    findings = look(paths)
    for problem in findings.problems:
        click.echo(str(problem).replace(f"{Path.cwd()}/", ""))
    count = len(findings.problems)
    click.echo(f"{count} wrong in {findings}" if count else str(findings))
    sys.exit(1 if count else 0)
