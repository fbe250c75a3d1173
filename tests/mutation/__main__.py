"""Runs the checks against mutants of the reference controller, and prints what came of them.

    python -m tests.mutation --sample 400 --seed 1      400 of all mutants, about 30 minutes
    python -m tests.mutation --file kuscia_task/pods.py all mutants of one module
    python -m tests.mutation --sample 400 --first 30    a quick look, with the 30 likeliest checks
    python -m tests.mutation --again                    the survivors of an earlier run once more
    python -m tests.mutation --clause CR-02             until two mutants break a requirement
    python -m tests.mutation --guards                   write features/guards.yaml from all findings

Findings are appended to the file of --results. A mutant that has a finding there is not run again,
so a run that was ended goes on where it was. A mutant runs with the checks that execute its line.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from tests.mutation.definitions import definition_mutants
from tests.mutation.forks import KILLED, Finding, Forks, suite_run, survey
from tests.mutation.guards import ENOUGH, chosen, counted, thin, write, written
from tests.mutation.lines import Executed
from tests.mutation.mutants import Mutant, all_mutants, sample
from tests.mutation.results import Likely, Results, disagreements, table
from tests.mutation.search import Search, lost


def main() -> int:
    """Returns 1 if something is to be done: see the functions that it calls."""
    options = _options()
    results = Results.read(options.results)
    if options.verify:
        return _verify()
    if options.guards:
        return _guards(results)
    likely = Likely.of(results.findings.values())
    executed = Executed.of_today(options.results.with_suffix(".lines.json"))

    def found(finding: Finding) -> None:
        likely.learn(finding)
        if finding.outcome == KILLED or not options.clause:
            results.add(finding)
        seconds = f"{finding.seconds:5.1f} s"
        click.echo(f"{len(results.findings):5} {finding.outcome:8} {seconds}  {finding.mutant}")

    def order(mutant: Mutant, _checks: Sequence[str]) -> Sequence[str]:
        return likely.order(mutant, executed.checks_of(mutant))[: options.first or None]

    if options.clause:
        kills = chosen(results.findings.values(), _names())
        wanted = thin(kills) if options.clause == ["all"] else options.clause
        Search(executed, likely, kills, found, options.most).run(wanted)
        return _guards(results)
    with TemporaryDirectory(prefix="mutation-") as folder:
        mutants, run = _chosen(options, results), suite_run(Path(folder))
        survey(Forks(run, mutants, order, found, options.workers, options.every))
    return _say_what_came(results)


def _say_what_came(results: Results) -> int:
    """Prints the table. Returns 1 if a mutant survives without a reason, or is killed with one."""
    findings = results.findings.values()
    click.echo(table(findings))
    problems = disagreements(findings)
    click.echo("\n".join(problems))
    return 1 if problems else 0


def _guards(results: Results) -> int:
    """Writes the guards. Returns 1 if a requirement has too few of them."""
    kills = chosen(results.findings.values(), _names())
    write(kills)
    for name in thin(kills):
        click.echo(f"{name}: {counted(kills)[name]} of {ENOUGH} wrong controllers")
    return 1 if thin(kills) else 0


def _verify() -> int:
    """Returns 1 if a mutant of the guards passes the check that is said to kill it."""
    passed = lost(written())
    for kill in passed:
        click.echo(f"{kill.check} does not blame {kill.requirement} for {kill.name}")
    return 1 if passed else 0


def _names() -> set[str]:
    return {mutant.id for mutant in (*all_mutants(), *definition_mutants())}


def _chosen(options: argparse.Namespace, results: Results) -> Sequence[Mutant]:
    """Returns the mutants to run; those that `--again` runs lose their findings."""
    everything = [*all_mutants(), *definition_mutants()]
    if options.again:
        again = [name for name, each in results.findings.items() if each.outcome != KILLED]
        for name in again:
            del results.findings[name]
        return [each for each in everything if each.id in again]
    mutants = [each for each in everything if options.file in ("", each.path)]
    if options.sample:
        mutants = sample(mutants, options.sample, options.seed)
    return [each for each in mutants if each.id not in results.findings]


def _options() -> argparse.Namespace:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        "python -m tests.mutation", description=__doc__, formatter_class=raw
    )
    parser.add_argument("--results", type=Path, default=Path("mutation.ndjson"))
    parser.add_argument("--sample", type=int, default=0, help="run so many; 0: all")
    parser.add_argument("--seed", type=int, default=1, help="choose the same sample again")
    parser.add_argument("--file", default="", help="run the mutants of one module")
    parser.add_argument("--first", type=int, default=0, help="run so many likely checks; 0: all")
    parser.add_argument("--again", action="store_true", help="run survivors once more")
    parser.add_argument("--every", action="store_true", help="find all checks that fail, not one")
    text = "look for mutants that break a requirement; all: those with too few"
    parser.add_argument("--clause", action="append", default=[], help=text)
    parser.add_argument("--most", type=int, default=40, help="with --clause: try so many for each")
    parser.add_argument("--guards", action="store_true", help="write features/guards.yaml")
    parser.add_argument("--verify", action="store_true", help="run the mutants of that file")
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
