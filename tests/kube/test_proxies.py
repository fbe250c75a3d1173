"""Tests that a proxy which refuses, hangs up or is not there is a server that does not answer."""

import asyncio
import socket
import threading
from contextlib import contextmanager

import pytest

from kuscia_conformance.errors import ApiError, Unreachable
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import Access


@contextmanager
def proxy(*replies):
    """Yields the port of a proxy that sends these replies to each connection, and hangs up."""

    def serve():
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client:
                for reply in replies:
                    client.recv(4096)
                    client.sendall(reply)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def ask(url):
    async def asked():
        access = Access("http://cluster.invalid:1", None, lambda: None, proxy=url)
        async with Api(access, "test") as api:
            await api.raw("/version")

    asyncio.run(asked())


@pytest.mark.parametrize(
    "replies",
    [(b"\x05\x00", b"\x05\x05\x00\x01" + bytes(6)), (b"\x05\xff",), (b"hello",), ()],
)
def test_a_socks_proxy_that_refuses_or_hangs_up_is_a_server_that_does_not_answer(replies):
    said = "^http://cluster.invalid:1 does not answer: .*SOCKS"
    with proxy(*replies) as port, pytest.raises(Unreachable, match=said):
        ask(f"socks5://127.0.0.1:{port}")


def test_the_answer_of_an_http_proxy_that_refuses_is_told():
    answer = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
    with proxy(answer) as port, pytest.raises(ApiError, match="HTTP 403"):
        ask(f"http://127.0.0.1:{port}")


@pytest.mark.parametrize("scheme", ["socks5", "http"])
def test_a_proxy_that_is_not_there_is_named(scheme):
    said = r"^http://cluster.invalid:1 does not answer: .*127\.0\.0\.1:1"
    with pytest.raises(Unreachable, match=said):
        ask(f"{scheme}://127.0.0.1:1")
