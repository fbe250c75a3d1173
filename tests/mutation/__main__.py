"""Runs the checks against mutants of the reference controller, and prints what came of them.

    python -m tests.mutation --sample 400 --seed 1      400 of all mutants, about 20 minutes
    python -m tests.mutation --file kuscia_task/pods.py all mutants of one module
    python -m tests.mutation --again                    the survivors of an earlier run once more

Findings are appended to the file of --results. A mutant that has a finding there is not run again,
so a run that was ended goes on where it was.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from tests.mutation.forks import KILLED, Finding, Forks, suite_run, survey
from tests.mutation.mutants import Mutant, all_mutants, sample
from tests.mutation.results import Likely, Results, explained, table


def main() -> int:
    """Returns 1 if a mutant has survived that `survivors.yaml` does not explain."""
    options = _options()
    results = Results.read(options.results)
    mutants = _chosen(options, results)
    likely = Likely.of(results.findings.values())

    def found(finding: Finding) -> None:
        results.add(finding)
        likely.learn(finding)
        seconds = f"{finding.seconds:5.1f} s"
        click.echo(f"{len(results.findings):5} {finding.outcome:8} {seconds}  {finding.mutant}")

    with TemporaryDirectory(prefix="mutation-") as folder:
        run = suite_run(Path(folder))
        survey(Forks(run, mutants, likely.order, found, options.workers, options.every))
    click.echo(table(results.findings.values()))
    left = [each for each in results.findings.values() if each.outcome != KILLED]
    unexplained = [each for each in left if each.mutant not in explained()]
    for each in unexplained:
        click.echo(f"{each.outcome}: {each.mutant}")
    return 1 if unexplained else 0


def _chosen(options: argparse.Namespace, results: Results) -> Sequence[Mutant]:
    """Returns the mutants to run; those that `--again` runs lose their findings."""
    mutants = [each for each in all_mutants() if options.file in ("", each.path)]
    if options.sample:
        mutants = sample(mutants, options.sample, options.seed)
    if options.again:
        for name in [name for name, each in results.findings.items() if each.outcome != KILLED]:
            del results.findings[name]
    return [each for each in mutants if each.id not in results.findings]


def _options() -> argparse.Namespace:
    text = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        "python -m tests.mutation", description=__doc__, formatter_class=text
    )
    parser.add_argument("--results", type=Path, default=Path("mutation.ndjson"))
    parser.add_argument("--sample", type=int, default=0, help="run so many; 0: all")
    parser.add_argument("--seed", type=int, default=1, help="choose the same sample again")
    parser.add_argument("--file", default="", help="run the mutants of one module")
    parser.add_argument("--again", action="store_true", help="run survivors once more")
    parser.add_argument("--every", action="store_true", help="find all checks that fail, not one")
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
