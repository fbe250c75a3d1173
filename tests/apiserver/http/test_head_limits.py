"""Tests that the head of a request is limited in size and time, as with kube-apiserver."""

import asyncio
from contextlib import suppress
from threading import Thread

import pytest
import uvicorn
from uvicorn.server import ServerState

from kuscia_conformance.apiserver.http.head_limits import (
    LARGEST_HEAD,
    SLOWEST_HEAD,
    LimitedProtocol,
)
from kuscia_conformance.environment.virtual_clock import VirtualLoop

MEBIBYTE = 1024 * 1024
POST = b"POST /api/v1/namespaces HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"


def send(https, head):
    """Sends until the server closes the connection, and returns its answer."""
    with https.connect() as connection:
        with suppress(OSError):  # The server does not read to the end.
            connection.sendall(head)
        try:
            return connection.recv(65536)
        except OSError:
            return b""


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"GET / HTTP/1.1\r\nx: " + b"a" * 40 * MEBIBYTE, id="a value"),
        pytest.param(b"GET / HTTP/1.1\r\n" + b"a" * 2 * MEBIBYTE, id="a name"),
        pytest.param(b"GET /" + b"a" * 2 * MEBIBYTE, id="the path"),
        pytest.param(b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * MEBIBYTE, id="many headers"),
    ],
)
def test_a_head_that_is_too_large_is_answered_with_431_before_any_token(https, head):
    assert send(https, head).startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")


def test_a_head_below_the_limit_is_read(https):
    head = https.head("GET", "/readyz", "x: " + "a" * (LARGEST_HEAD - 4096), "connection: close")
    assert https.raw(head).endswith(b"ok")


@pytest.mark.parametrize("rest", [b"0\r\nx: ", b"2;"], ids=["trailer", "chunk extension"])
def test_what_comes_beside_the_chunks_of_a_body_has_the_same_limit(https, rest):
    assert send(https, POST + b"2\r\n{}\r\n" + rest + b"a" * 40 * MEBIBYTE) == b""


def test_other_clients_are_answered_during_a_large_head(https):
    sending = Thread(target=send, args=(https, b"GET / HTTP/1.1\r\nx: " + b"a" * 200 * MEBIBYTE))
    sending.start()
    assert all(https.answers() for _ in range(10))
    sending.join()


def test_a_body_that_is_too_large_is_refused_before_its_end(https):
    head = https.head("POST", "/api/v1/namespaces", f"content-length: {60 * MEBIBYTE}")
    with https.connect() as connection:
        connection.sendall(head + b"x" * 4 * MEBIBYTE)
        assert connection.recv(65536).startswith(b"HTTP/1.1 413 ")


class Pipe(asyncio.Transport):
    """The server's end of a connection: what was written, and whether it was closed."""

    def __init__(self):
        super().__init__()
        self.closed = False

    def close(self):
        self.closed = True


async def application(scope, receive, send):
    await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("sent", "closed"),
    [
        (b"", True),
        (b"GET / HTT", True),
        (b"GET / HTTP/1.1\r\nx: y\r\n", True),
        (b"GET / HTTP/1.1\r\nx: y\r\n\r\n", False),
    ],
)
def test_a_connection_without_a_whole_head_is_closed_after_a_time(sent, closed):
    config = uvicorn.Config(application, lifespan="off", log_config=None)
    config.load()
    pipe, loop = Pipe(), VirtualLoop()

    async def connect():
        protocol = LimitedProtocol(config, ServerState(), {}, loop)
        protocol.connection_made(pipe)
        protocol.data_received(sent)
        await asyncio.sleep(SLOWEST_HEAD + 1)
        was_closed = pipe.closed
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return was_closed

    try:
        assert loop.run_until_complete(connect()) == closed
    finally:
        loop.close()
