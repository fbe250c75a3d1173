"""Runs the checks against variants of the reference controller, and prints which ones pass.

python -m tests.variants                         every variant
python -m tests.variants other-words binds-late  these variants
python -m tests.variants other-words+binds-late  both of them together
python -m tests.variants --together 8            every variant, in eight mixtures
python -m tests.variants --random 10 --seed 1    ten random combinations
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp

import click

from tests.mutation.forks import Finding
from tests.variants.catalogue import VARIANTS
from tests.variants.runs import Mixture, mixtures_of_all, random_mixtures, run_checks


def main() -> int:
    """Returns 1 if a check fails that has to pass."""
    options = _options()
    if options.list:
        click.echo("\n".join(f"{each.name}: {each.text}" for each in VARIANTS.values()))
        return 0
    mixtures = {each.id: each for each in _chosen(options)}
    passed = []

    def found(finding: Finding) -> None:
        passes = mixtures[finding.mutant].passes(finding)
        passed.extend([finding] if passes else [])
        click.echo(_line(finding, passes))

    folder = Path(mkdtemp(prefix="variants-"))
    run_checks(
        folder,
        mixtures.values(),
        found,
        workers=options.workers,
        only=[name for names in options.only for name in names.split(",")],
        keep=options.keep,
    )
    click.echo(f"{len(passed)} of {len(mixtures)} pass")
    return 0 if len(passed) == len(mixtures) else 1


def _line(finding: Finding, passes: bool) -> str:
    words = [f"{'pass' if passes else 'FAIL'} {finding.seconds:6.1f} s  {finding.mutant}"]
    if not passes:
        words += [f"    {finding.outcome}: {check}" for check in finding.checks]
        words += [f"    blamed: {', '.join(finding.requirements)}"]
    return "\n".join([*words, *([f"    {finding.out}"] if finding.out else [])])


def _chosen(options: argparse.Namespace) -> Sequence[Mixture]:
    chosen = [Mixture.of(name) for name in options.names]
    chosen += mixtures_of_all(options.together) if options.together else []
    chosen += random_mixtures(options.random, options.seed) if options.random else []
    return chosen or [Mixture.of(name) for name in VARIANTS]


def _options() -> argparse.Namespace:
    text = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        "python -m tests.variants", description=__doc__, formatter_class=text
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="run these variants")
    parser.add_argument("--list", action="store_true", help="print the variants, run none")
    parser.add_argument("--together", type=int, default=0, help="run all in so many mixtures")
    parser.add_argument("--random", type=int, default=0, help="run so many combinations")
    parser.add_argument("--seed", type=int, default=1, help="choose the same combinations again")
    parser.add_argument("--only", action="append", default=[], help="run these checks, `,` between")
    parser.add_argument("--keep", action="store_true", help="keep the results folders")
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
