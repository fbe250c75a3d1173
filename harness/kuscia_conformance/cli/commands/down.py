"""The command `down`: ends the environment of `up`, or cleans a cluster after a crashed run."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from kuscia_conformance.errors import EnvironmentFailure, UsageError

if TYPE_CHECKING:
    from kuscia_conformance.kube.kubeconfig import Access


@click.command(epilog="Example: kuscia-conformance down --cluster kubeconfig:config")
@click.option(
    "--cluster",
    metavar="kubeconfig[:PATH[#CONTEXT]]",
    help="Your own cluster, named as in the run: undo what a crashed run has left on it.",
)
@click.option(
    "--force",
    is_flag=True,
    help="Do it even if a run is using the cluster. That run then ends.",
)
def down(cluster: str | None, force: bool) -> None:
    """Stop the cluster and the controller that `up` has started.

    Remove also what killed runs have left: processes, containers, folders, and objects in clusters
    that stay.

    With --cluster: clean your own cluster after a run that crashed on another machine. This deletes
    the objects that the run made, removes its labels and room from the nodes, and restores the
    resource definitions. It is safe to do this twice.
    """
    from kuscia_conformance.environment.background import take_down
    from kuscia_conformance.environment.remains import sweep

    access = _access(cluster) if cluster else None
    if access is None:
        click.echo("stopped" if take_down(click.echo) else "nothing to stop")
    left = sweep(click.echo)  # also deletes the lease of a killed run of this machine
    if access and cluster:
        asyncio.run(_down(access, cluster, force))
    if left:
        raise EnvironmentFailure("something could not be removed; see above")


def _access(cluster: str) -> Access:
    from kuscia_conformance.clusters.address import address_of
    from kuscia_conformance.kube.kubeconfig import read_access

    address = address_of(cluster)
    if address.kind != "kubeconfig":
        raise UsageError(
            f"--cluster {cluster}: only a cluster of your own can be cleaned",
            hint="name it as in the run: --cluster kubeconfig[:PATH[#CONTEXT]]",
        )
    return read_access(*address.kubeconfig)


async def _down(access: Access, where: str, force: bool) -> None:
    from kuscia_conformance.clusters import (
        preparing,
    )
    from kuscia_conformance.clusters.kubeconfig import (
        lease,
    )
    from kuscia_conformance.clusters.kubeconfig.undo import (
        undo,
    )
    from kuscia_conformance.kube.client import Api

    done = []

    def say(what: str) -> None:
        done.append(what)
        click.echo(what)

    await preparing.check_reachable(access, where)
    async with Api(access, preparing.MANAGER) as api:
        held = await lease.find(api)
        if held and not force and await lease.is_live(api, held, click.echo):
            raise lease.held_by_another(held, hint="--force cleans the cluster anyway")
        await undo(api, None, say)
        if await lease.release(api, None):
            say(f"deleted the lease of {lease.holder(held)}" if held else "deleted the lease")
    if not done:
        click.echo("nothing to undo")
