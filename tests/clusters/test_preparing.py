"""Tests waiting for a cluster until it is ready, and its time limit."""

import asyncio

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from kuscia_conformance.clusters import preparing
from kuscia_conformance.errors import ClusterError
from kuscia_conformance.kube.kubeconfig import Access


def wait_for(answers, alive=lambda: None):
    """Waits for a server that gives these status codes, the last one repeatedly.

    Returns the codes that are left at the end; the last one always is.
    """
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


def test_waiting_for_a_server_ends_with_its_last_answer_after_the_limit(monkeypatch):
    monkeypatch.setattr(preparing, "LONGEST_WAIT", 0.2)
    with pytest.raises(ClusterError, match="was not ready within") as caught:
        wait_for([500])
    assert caught.value.hint.startswith("it last answered: etcd failed\n")


def test_waiting_for_a_server_ends_when_its_process_has_ended():
    def gone():
        raise ClusterError("kube-apiserver has ended")

    with pytest.raises(ClusterError, match="has ended"):
        wait_for([500], alive=gone)
