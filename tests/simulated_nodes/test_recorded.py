"""Compares the simulated kubelet with recordings of a real one."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.world import World
from tests.recorded.play import give_room, plays, recording, run, text
from tests.simulated_nodes.conftest import client, kubelets
from tests.simulated_nodes.virtual import NODE, virtually

#: On a real control plane the clock of the simulated kubelet runs this many times as fast as the
#: real one, so that back-offs are short.
SPEED = 10
PLAYS = plays()


class FastWorld(World):
    """A world whose clock runs SPEED times as fast as the real one."""

    def __init__(self, api: Api):
        super().__init__(api)
        self._start = datetime.now(UTC)

    def now(self) -> datetime:
        return self._start + (datetime.now(UTC) - self._start) * SPEED

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / SPEED)


@pytest.fixture(scope="module")
def simulated(request, plane):
    """Returns the facts of every play; all plays run together on one simulated node.

    On the embedded cluster the clock is virtual, because the load of the machine would change
    which of two events of a pod comes first.
    """
    if plane == "embedded":
        return virtually(lambda api: play_all(api, NODE))
    return asyncio.run(play_fast(request.getfixturevalue("one_node")))


async def play_fast(kubeconfig):
    async with client(kubeconfig) as api, kubelets(FastWorld(api), "fast-1"):
        return await play_all(api, "fast-1")


async def play_all(api, node):
    await give_room(api, node)
    played = await asyncio.gather(*(run(api, play, node, simulated=True) for play in PLAYS))
    return {play.name: facts for play, facts in zip(PLAYS, played, strict=True)}


@pytest.mark.parametrize("name", [play.name for play in PLAYS])
def test_the_events_of_a_pod_equal_those_of_a_real_kubelet(simulated, name):
    assert text(simulated[name]) == recording(name).read_text()


def test_every_recording_has_a_pod():
    assert {path.stem for path in recording("x").parent.glob("*.yaml")} == {
        play.name for play in PLAYS
    }
