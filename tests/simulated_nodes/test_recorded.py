"""Compares the simulated kubelet with recordings of a real one."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.world import World
from tests.recorded.play import give_room, plays, recording, run, text
from tests.simulated_nodes.conftest import client, kubelets

#: The clock of the simulated kubelet runs this many times faster, so that back-offs are short.
SPEED = 10
NODE = "fast-1"
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
def simulated(one_node):
    """Returns the facts of every play; all plays run together on one simulated node."""
    return asyncio.run(play_all(one_node))


async def play_all(kubeconfig):
    async with client(kubeconfig) as api, kubelets(FastWorld(api), NODE):
        await give_room(api, NODE)
        played = await asyncio.gather(*(run(api, play, NODE, simulated=True) for play in PLAYS))
    return {play.name: facts for play, facts in zip(PLAYS, played, strict=True)}


@pytest.mark.parametrize("name", [play.name for play in PLAYS])
def test_the_events_of_a_pod_equal_those_of_a_real_kubelet(simulated, name):
    assert text(simulated[name]) == recording(name).read_text()


def test_every_recording_has_a_pod():
    assert {path.stem for path in recording("x").parent.glob("*.yaml")} == {
        play.name for play in PLAYS
    }
