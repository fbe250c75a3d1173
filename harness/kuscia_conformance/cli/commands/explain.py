"""`kuscia-conformance explain`: what a check does, what a requirement says, how a step reads."""

from __future__ import annotations

import click


@click.command(epilog="Example: kuscia-conformance explain run-pod-fails")
@click.argument("name", metavar="ID")
def explain(name: str) -> None:
    """Explain a check, a requirement or a step; no cluster is needed.

    ID is a check's (run-pod-fails, create-required#parties), a requirement's (SC-02), or a
    sentence ('the pods of bob finish').
    """
    from kuscia_conformance import steps
    from kuscia_conformance.cli import explanations as explaining
    from kuscia_conformance.features.catalogue import suite_cases

    click.echo(explaining.explain(name, suite_cases(steps.definitions()), steps.definitions()))
