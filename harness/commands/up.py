"""`kuscia-conformance up`: a cluster and a controller that stay, for runs that take seconds."""

from __future__ import annotations

from typing import Any

import click

from harness.commands import suite_options


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
    """Make a cluster and a controller, and leave them standing in the background.

    `run --reuse` and `pytest --reuse` use them; `kuscia-conformance down` ends them.
    """
    from harness.standing import bring_up, folder

    environment = bring_up(chosen, click.echo)
    context = f" --context {environment.context}" if environment.context else ""
    click.echo(f"{environment.cluster} stands, with the controller {environment.controller}")
    click.echo("  run scenarios on it:  kuscia-conformance run --reuse my.feature")
    click.echo(f"  look at it:           kubectl --kubeconfig {environment.kubeconfig}{context}")
    click.echo(f"  the controller's log: {environment.controller_log or folder() / 'log'}")
    click.echo("  end it:               kuscia-conformance down")
