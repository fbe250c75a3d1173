"""`kuscia-conformance down`: end what `up` has made, or undo what a crashed run has left."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from kuscia_conformance.errors import UsageError

if TYPE_CHECKING:
    from kuscia_conformance.kube.kubeconfig import Access


@click.command(epilog="Example: kuscia-conformance down --cluster kubeconfig:config")
@click.option(
    "--cluster",
    metavar="kubeconfig[:PATH[#CONTEXT]]",
    help="Undo what runs have done to this cluster of yours and have not undone themselves.",
)
@click.option("--force", is_flag=True, help="Even while a run holds the cluster; it then ends.")
def down(cluster: str | None, force: bool) -> None:
    """End the cluster and the controller that `up` has made, or what is left of them.

    With --cluster: undo what a crashed run has left on a cluster that exists. Nodes are given
    back, definitions put back; what the run has made is deleted. It may be done twice.
    """
    if cluster is None:
        from kuscia_conformance.environment.background import take_down

        click.echo("ended" if take_down(click.echo) else "nothing stands")
        return
    from kuscia_conformance.clusters.address import address_of
    from kuscia_conformance.kube.kubeconfig import read_access

    address = address_of(cluster)
    if address.kind != "kubeconfig":
        raise UsageError(
            f"--cluster {cluster}: only what was done to a cluster of yours can be undone",
            hint="name it as in the run: --cluster kubeconfig[:PATH[#CONTEXT]]",
        )
    asyncio.run(_down(read_access(*address.kubeconfig), cluster, force))


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
            raise lease.held_by_another(held, hint="--force undoes what it has done nevertheless")
        await undo(api, None, say)
        if await lease.release(api, None):
            say(f"deleted the lease of {lease.holder(held)}" if held else "deleted the lease")
    if not done:
        click.echo("nothing to undo")
