"""Tests how the loss of an API server ends everything that waits for it."""

import asyncio
import threading
from dataclasses import replace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from kuscia_conformance.environment import connection, liveness
from kuscia_conformance.errors import ClusterError, Unreachable
from kuscia_conformance.kube.kubeconfig import Access
from kuscia_conformance.kube.objects import PODS

BEAT = 0.1


@pytest.fixture(autouse=True)
def fast(monkeypatch):
    monkeypatch.setattr(liveness, "BEAT", BEAT)
    monkeypatch.setattr(connection, "WATCHED", ())


class Server:
    """A server in a thread of its own; `answer` is "ok", "busy" (503), "closing" or "silent"."""

    def __init__(self):
        self.answer, self.asked = "ok", threading.Event()

    async def _handle(self, request):
        self.asked.set()
        if self.answer == "closing":
            request.transport.abort()
        if self.answer == "silent":
            await asyncio.Event().wait()
        if request.query.get("watch"):
            await asyncio.Event().wait()
        return web.json_response({}, status=503 if self.answer == "busy" else 200)

    def __enter__(self):
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        application = web.Application()
        application.router.add_route("*", "/{rest:.*}", self._handle)
        self._server = TestServer(application)
        self._wait(self._server.start_server(shutdown_timeout=0.1))
        self.access = Access(str(self._server.make_url("")).rstrip("/"), None, lambda: None)
        return self

    def _wait(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)

    def __exit__(self, *_):
        self._wait(self._server.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def has_answered(self, times):
        for _ in range(times):
            self.asked.clear()
            assert self.asked.wait(30)


@pytest.fixture
def server():
    with Server() as running:
        yield running


@pytest.fixture
def connected(server):
    with connection.connect(server.access, "test") as opened:
        yield opened


def test_a_silent_server_ends_the_wait_for_an_event(server, connected):
    server.answer = "silent"
    with pytest.raises(Unreachable, match=r"has not answered for 0.5 s") as error:
        connected.journal.wait_beyond(0, 60)
    assert "kubectl get --raw /readyz" in str(error.value)


async def watch(api):
    async for _ in api.watch(PODS, version="1"):
        pass


def test_a_silent_server_ends_a_watch_and_every_later_request(server, connected):
    server.answer = "silent"
    with pytest.raises(Unreachable, match="has not answered for"):
        connected.run(watch(connected.api))
    server.answer = "ok"
    with pytest.raises(Unreachable, match="has not answered for"):
        connected.run(connected.api.raw("/version"))


def test_a_server_that_closes_every_connection_is_lost_too(server, connected):
    server.answer = "closing"
    with pytest.raises(Unreachable, match="has not answered for"):
        connected.journal.wait_beyond(0, 60)


def test_a_server_that_answers_with_errors_is_there(server, connected):
    server.answer = "busy"
    server.has_answered(liveness.MISSES * 2)
    assert connected.journal.lost is None


def test_the_loss_is_noticed_although_credentials_were_missing_for_a_while(server):
    asked: list[int] = []

    def authorization():
        asked.append(len(asked))
        if len(asked) == 2:
            raise ClusterError("the program has failed")

    access = replace(server.access, authorization=authorization)
    with connection.connect(access, "test") as connected:
        server.has_answered(2)
        server.answer = "silent"
        with pytest.raises(Unreachable, match="has not answered for"):
            connected.journal.wait_beyond(0, 60)


def test_a_server_that_answers_again_before_the_last_miss_is_there(server, connected):
    server.answer = "silent"
    server.has_answered(2)
    server.answer = "ok"
    server.has_answered(liveness.MISSES + 1)
    assert connected.journal.lost is None
