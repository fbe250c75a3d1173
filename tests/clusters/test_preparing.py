"""Waiting for a cluster: until it is ready, but not for ever."""

import asyncio

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from kuscia_conformance.clusters import preparing
from kuscia_conformance.errors import ClusterError
from kuscia_conformance.kube.kubeconfig import Access


def wait_for(answers, alive=lambda: None):
    """Wait for a server that gives these answers, the last for ever."""
    left = list(answers)

    async def readyz(_):
        code = left.pop(0) if len(left) > 1 else left[0]
        return web.json_response({"message": "etcd failed"}, status=code)

    async def scene():
        application = web.Application()
        application.router.add_get("/readyz", readyz)
        async with TestServer(application) as server:
            access = Access(str(server.make_url("")).rstrip("/"), None, lambda: None)
            await preparing.wait_until_ready(access, alive=alive)

    asyncio.run(scene())
    return left


def test_a_server_that_is_not_ready_is_asked_again():
    assert wait_for([500, 500, 200]) == [200]


def test_a_server_that_never_is_ready_is_given_up_with_its_last_answer(monkeypatch):
    monkeypatch.setattr(preparing, "LONGEST_WAIT", 0.2)
    with pytest.raises(ClusterError, match="was not ready within") as caught:
        wait_for([500])
    assert caught.value.hint == "it last answered: etcd failed"


def test_a_server_that_has_ended_is_not_waited_for():
    def gone():
        raise ClusterError("kube-apiserver has ended")

    with pytest.raises(ClusterError, match="has ended"):
        wait_for([500], alive=gone)
