"""Tests when the controller process reports that it is ready."""

import asyncio
from typing import Any, cast

from kuscia_conformance.errors import Unreachable
from kuscia_conformance.kube.objects import LEASES
from reference_controller.lease import Election
from reference_controller.metrics import Metrics
from reference_controller.runtime import WATCHED
from reference_controller.server import Options, Process
from tests.reference_controller.fake import FakeWorld

ELECTION = Election("kube-system", "controller")
LEASE = {
    "metadata": {"namespace": "kube-system", "name": "controller"},
    "spec": {"holderIdentity": "other", "leaseDurationSeconds": 15},
}


class World(FakeWorld):
    rests = True


def started(world, options):
    api = cast(Any, world.api)
    api.metrics = Metrics()
    process = Process(cast(Any, world), api, options)
    return process, asyncio.create_task(process.run())


def lose_lists(world):
    """Makes the first list of each resource fail."""
    world.api.faults["list"] = [Unreachable("gone") for _ in WATCHED]


def test_the_process_is_ready_once_every_resource_is_listed():
    async def scenario(world):
        lose_lists(world)
        process, work = started(world, Options())
        await world.settle()
        assert not process.is_ready
        await world.advance(1)
        assert process.is_ready
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)

    asyncio.run(scenario(World()))


def test_a_standby_process_is_ready_and_a_new_leader_after_its_lists():
    async def scenario(world):
        await world.api.create(LEASES, LEASE)
        process, work = started(world, Options(election=ELECTION))
        await world.settle()
        for _ in range(7):
            await world.advance(2)
            assert process.is_ready
        lose_lists(world)
        await world.advance(2)
        assert not process.is_ready
        await world.advance(1)
        assert process.is_ready
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)

    asyncio.run(scenario(World()))
