"""Records the pods again: `python -m tests.recorded --kubeconfig FILE [NAME …]`."""

from __future__ import annotations

import asyncio

import click

from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import read_access
from kuscia_conformance.kube.objects import NODES, name_of
from tests.recorded.play import Play, give_room, plays, recording, run, text

#: The number of pods that run at a time: few, so that the kubelet has time to report every state.
AT_ONCE = 3


async def record(kubeconfig: str, names: tuple[str, ...]) -> None:
    async with Api(read_access(kubeconfig), "recorded") as api:
        nodes, _ = await api.list(NODES)
        node = name_of(nodes[-1])
        await give_room(api, node)
        gate = asyncio.Semaphore(AT_ONCE)

        async def keep(play: Play) -> None:
            async with gate:
                facts = await run(api, play, node, simulated=False)
            recording(play.name).write_text(text(facts))
            click.echo(f"{play.name}: {len(facts)} events")

        chosen = [play for play in plays() if not names or play.name in names]
        async with asyncio.TaskGroup() as group:
            for play in chosen:
                group.create_task(keep(play))


@click.command()
@click.option("--kubeconfig", required=True, type=click.Path(exists=True, dir_okay=False))
@click.argument("names", nargs=-1)
def main(kubeconfig, names):
    """Run the pods of `pods/` on a cluster with real kubelets and write `seen/`."""
    asyncio.run(record(kubeconfig, names))


if __name__ == "__main__":
    main()
