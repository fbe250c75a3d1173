"""Tests waiting for a cluster until it is ready, and its time limit."""

import asyncio
import ssl

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from kuscia_conformance.clusters import preparing
from kuscia_conformance.errors import ClusterError
from kuscia_conformance.kube.http import ABOUT_TLS
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


def test_a_failed_tls_handshake_has_a_hint_of_its_own():
    trusted = ssl.create_default_context()

    async def scene():
        async with TestServer(web.Application()) as server:
            url = str(server.make_url("")).replace("http:", "https:").rstrip("/")
            await preparing.check_reachable(Access(url, trusted, lambda: None), "here")

    with pytest.raises(ClusterError) as error:
        asyncio.run(scene())
    assert error.value.hint == ABOUT_TLS
    assert "running" not in str(error.value)
