"""Tests the start of the simulated nodes beside the embedded server."""

import asyncio

import pytest

from kuscia_conformance.apiserver.http.in_process import access_to
from kuscia_conformance.apiserver.server import Server
from kuscia_conformance.clusters.embedded.nodes import at_work


class Broken(Exception):
    pass


def broken_world(api):
    class World:
        def __getattr__(self, name):
            raise Broken

    return World()


def test_nodes_that_fail_at_the_start_end_it_instead_of_being_awaited():
    async def start():
        server = Server({"token": "admin"}, 0)
        async with at_work(server, access_to(server, "token"), 2, broken_world):
            raise AssertionError("the nodes were never ready")

    with pytest.raises(Broken):
        asyncio.run(asyncio.wait_for(start(), 30))
