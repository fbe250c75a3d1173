"""The simulated kubelet is held against what the real one was recorded to do."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
import yaml

from harness.api import Api
from harness.clusters import ClusterOptions, cluster
from harness.clusters.controlplane import is_available
from harness.kubeconfig import read_access
from harness.simulated_nodes import kubelet
from harness.world import World
from tests.recorded.play import give_room, plays, recording, run

#: The simulated kubelet's clock runs faster than the machine's, so that back-offs are short.
SPEED = 10
NODE = "fast-1"
PLAYS = plays()


class FastWorld(World):
    def __init__(self, api: Api):
        super().__init__(api)
        self._start = datetime.now(UTC)

    def now(self) -> datetime:
        return self._start + (datetime.now(UTC) - self._start) * SPEED

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(timedelta(seconds=seconds).total_seconds() / SPEED)


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    """The facts of every play on a simulated node of a control plane, all run at once."""
    if not is_available(None):
        pytest.skip("there is no kube-apiserver on this machine (KUBEBUILDER_ASSETS)")
    work = tmp_path_factory.mktemp("work")
    (work / "definitions").mkdir()
    with cluster(ClusterOptions("controlplane", work / "definitions", work, nodes=1)) as made:
        return asyncio.run(play_all(made.kubeconfig))


async def play_all(kubeconfig):
    async with Api(read_access(kubeconfig), "tests") as api:
        ready = asyncio.Event()
        kubelets = asyncio.create_task(kubelet.run(FastWorld(api), [NODE], on_ready=ready.set))
        await ready.wait()
        await give_room(api, NODE)
        try:
            played = await asyncio.gather(*(run(api, play, NODE, simulated=True) for play in PLAYS))
        finally:
            kubelets.cancel()
            with suppress(asyncio.CancelledError):
                await kubelets
    return {play.name: facts for play, facts in zip(PLAYS, played, strict=True)}


@pytest.mark.parametrize("name", [play.name for play in PLAYS])
def test_does_as_a_real_kubelet_does(simulated, name):
    recorded = list(yaml.safe_load_all(recording(name).read_text()))
    assert simulated[name] == recorded


def test_every_recording_has_its_pod():
    assert {path.stem for path in recording("x").parent.glob("*.yaml")} == {
        play.name for play in PLAYS
    }
