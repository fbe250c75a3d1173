"""The command `list`: lists the checks, or the requirements with the checks that cover them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

import click

Row = tuple[str, ...]


@click.command(epilog="Example: kuscia-conformance list schedule 'clean-*' CR-06")
@click.option(
    "--requirements",
    is_flag=True,
    help="List the requirements, each with the checks that cover it.",
)
@click.argument("patterns", nargs=-1)
def list(requirements: bool, patterns: tuple[str, ...]) -> None:
    """List all checks, or the checks that PATTERNS name. Needs no cluster.

    A pattern is the name of a check, an area, a feature or a requirement, as for `run --only`. In
    it, * stands for any text and ? for one character.

    With --requirements, `source` says where a requirement comes from: a page of Kuscia's
    documentation (page, AppImage page), the resource definition (definition), Kubernetes' own rules
    (Kubernetes), what Kuscia's controller does where these are silent (original), or this suite
    (suite). On a terminal the columns have headings.
    """
    if requirements:
        show(("requirement", "strength", "source", "text", "checks"), [*_requirements(patterns)])
    else:
        show(("check", "strength", "level, needs", "title"), [*_checks(patterns)])


def _checks(patterns: tuple[str, ...]) -> Iterator[Row]:
    from kuscia_conformance.features.catalogue import checks_named, suite_cases
    from kuscia_conformance.features.checks import strength
    from kuscia_conformance.steps import definitions

    for check in checks_named(suite_cases(definitions()), patterns):
        level = " ".join([check.level, *sorted(check.needs)])
        yield check.id, strength(check) or "none", level, check.title


def _requirements(patterns: tuple[str, ...]) -> Iterator[Row]:
    from kuscia_conformance.features.catalogue import covering, requirements_named, suite_cases
    from kuscia_conformance.steps import definitions

    cases = suite_cases(definitions())
    for requirement in requirements_named(patterns):
        ids = " ".join(check.id for check in covering(requirement.id, cases))
        yield (
            requirement.id,
            requirement.strength,
            requirement.source,
            requirement.text,
            ids or "none",
        )


def show(headings: Row, rows: Sequence[Row]) -> None:
    """Prints the rows: as a table with headings on a terminal, else one line for each row.

    Outside a terminal it prints no headings and never cuts a line, so that programs can read it.
    """
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(*headings, box=None, header_style="bold", pad_edge=False)
        for row in rows:
            table.add_row(*map(Text, row))
        Console().print(table)
        return
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        click.echo("  ".join(cells).rstrip())
