"""The command `explain`: what a check does, what a requirement says, what a step means."""

from __future__ import annotations

import click


@click.command(epilog="Example: kuscia-conformance explain run-pod-fails")
@click.argument("name", metavar="ID")
def explain(name: str) -> None:
    """Explain a check, a requirement or a step. Needs no cluster.

    ID is the id of a check (run-pod-fails, create-required#parties), the id of a requirement
    (SC-02), or a step in quotes ('the pods of bob finish').
    """
    from kuscia_conformance import steps
    from kuscia_conformance.cli import explanations as explaining
    from kuscia_conformance.features.catalogue import suite_cases

    click.echo(explaining.explain(name, suite_cases(steps.definitions()), steps.definitions()))
