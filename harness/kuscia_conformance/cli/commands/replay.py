"""The command `replay`: judges the checks of a run again, from its evidence."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from kuscia_conformance.replay.run import Replayed


@click.command(epilog="Example: kuscia-conformance replay results --only view,run-pod-fails")
@click.argument("results", metavar="DIR", default="results", type=click.Path(path_type=Path))
@click.option(
    "--only",
    metavar="NAME,…",
    help="Replay only these checks, areas, features or requirements, as in `run --only`.",
)
@click.option(
    "--features",
    metavar="PATH",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A feature of your own, or a folder with them, if it has moved since the run. Repeatable.",
)
def replay(results: Path, only: str | None, features: tuple[Path, ...]) -> NoReturn:
    """Judge the checks of a run again, from its evidence in DIR. Needs no cluster.

    DIR is the folder that the run has written (default: results).
    Features and documents are those of today: change a document, and see what it would have said.
    Each check that would end otherwise is shown.

    Exit codes: 0 all checks end as in the run, 1 some end otherwise, 2 wrong usage, or DIR has no
    results, 3 some have no evidence, or have changed too much to be judged by it.
    """
    from kuscia_conformance.environment.settings import names_of_only
    from kuscia_conformance.replay.run import replay as judge_again

    patterns = names_of_only(only or "", given=only is not None)
    found = judge_again(results, patterns, features)
    for check in found.checks:
        for line in _shown(check):
            click.echo(line)
    click.echo(str(found))
    sys.exit(found.exit_code)


def _shown(check: Replayed) -> Iterator[str]:
    """Yields the lines for a check that does not end as in the run."""
    if check.word in ("same", "skipped"):
        return
    recorded, judged = check.recorded, check.judged
    yield f"{recorded.check.id}: {recorded.outcome} → {judged.outcome}"
    for name, (before, now) in check.decided_otherwise.items():
        yield f"  {name}: {before} → {now}"
    if judged.text:
        yield textwrap.indent(judged.text, "    ")
