"""The command `up`: starts a cluster and a controller that stay, so that later runs are fast."""

from __future__ import annotations

from typing import Any

import click

from kuscia_conformance.cli.commands import suite_options
from kuscia_conformance.pytest_plugin import options


@click.command(epilog="Example: kuscia-conformance up --cluster controlplane")
@suite_options(
    "cluster",
    "controller",
    "nodes",
    "install-crds",
    "kind-image",
    "workload-image",
    "assets",
    "setup",
)
def up(**chosen: Any) -> None:
    """Start a cluster and a controller in the background.

    `run --reuse` and `pytest --kuscia-reuse` use them, so that a run takes seconds.
    `kuscia-conformance down` stops them.

    Exit codes: 0 both run, 2 wrong usage, 3 interrupted, 4 one of them could not be started, or a
    program of --controller has ended within a second. Nothing is left then.
    """
    from kuscia_conformance.environment.background import bring_up, folder
    from kuscia_conformance.environment.settings import read_settings

    # The environment goes on between two runs, when no run could move a virtual clock.
    choice = options.chosen({**chosen, "clock": "real"})
    with choice.naming_sources():
        settings = read_settings(choice.texts, choice.given, stays=True)
        environment = bring_up(settings, click.echo)
    context = f" --context {environment.context}" if environment.context else ""
    click.echo(f"{environment.cluster} runs, with the controller {environment.controller}")
    click.echo("  run scenarios on it:  kuscia-conformance run --reuse my.feature")
    click.echo(f"  look at it:           kubectl --kubeconfig {environment.kubeconfig}{context}")
    click.echo(f"  the controller's log: {environment.controller_log or folder() / 'log'}")
    click.echo("  stop it:              kuscia-conformance down")
