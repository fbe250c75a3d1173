"""Compares the reports of several runs: `python -m tests.verdicts report.yaml report.yaml …`.

Every check must have the same outcome on all clusters. A cluster is left out of the comparison of
a check that is not applicable to it, or that its run did not select.
"""

import sys
from pathlib import Path

import click
import yaml


def outcomes(report):
    """Returns the outcome of each check; checks that are not applicable are left out."""
    checks = report["checks"]
    return {check["id"]: check["outcome"] for check in checks if check["outcome"] != "skip"}


def differences(reports):
    """Yields a line for each check whose outcomes differ; `reports` is a mapping by name."""
    said = {name: outcomes(report) for name, report in reports.items()}
    checks = {id_: None for report in reports.values() for id_ in _ids(report)}
    for name, report in reports.items():
        if not report["partial"]:
            for check in checks.keys() - set(_ids(report)):
                yield f"{check}: {name} does not have it"
    for check in checks:
        words = {name: found[check] for name, found in said.items() if check in found}
        if len(set(words.values())) > 1:
            yield f"{check}: " + ", ".join(f"{name} says {word}" for name, word in words.items())


def _ids(report):
    return [check["id"] for check in report["checks"]]


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def main(files):
    """Exit with 1 if these reports differ in the outcome of a check."""
    reports = {str(file): yaml.safe_load(file.read_text()) for file in files}
    found = sorted(differences(reports))
    for line in found:
        click.echo(line)
    checks = {id_ for report in reports.values() for id_ in _ids(report)}
    click.echo(f"{len(checks)} checks in {len(files)} reports, {len(found)} differences")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
