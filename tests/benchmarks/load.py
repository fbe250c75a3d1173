"""A client that costs little, so that what is timed is the server.

A `Connection` is one of TLS, kept alive, and blocks; what it sends has been put together
beforehand. No client library: on two cores it would take more than the server.
"""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from urllib.parse import urlsplit

from kuscia_conformance.errors import UsageError
from kuscia_conformance.kube.kubeconfig import read_access

#: How much is read at a time.
_CHUNK = 1 << 18


class Connection:
    """One connection to the server that an `Access` names."""

    def __init__(self, access):
        address = urlsplit(access.server)
        plain = socket.create_connection((address.hostname, address.port))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = access.tls.wrap_socket(plain, server_hostname=address.hostname)
        self._left = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def send(self, request):
        self._socket.sendall(request)

    def answer(self):
        """The code and the body of the next answer."""
        head = self._until(b"\r\n\r\n").lower()
        code, length = int(head[9:12]), head.find(b"content-length: ")
        if length < 0:
            return code, b"".join(self.chunks())
        return code, self._exactly(int(head[length + 16 :].partition(b"\r")[0]))

    def ask(self, request):
        """Send it; the body of the answer. AssertionError if it is a refusal."""
        self.send(request)
        code, body = self.answer()
        assert code < 300, body[:1000]
        return body

    def begin(self, request):
        """Send a request whose answer goes on and on; it is read by `chunks`."""
        self.send(request)
        head = self._until(b"\r\n\r\n")
        assert b" 200 " in head[:14], head

    def chunks(self):
        """The pieces of an answer, as they come."""
        while size := int(self._until(b"\r\n"), 16):
            yield self._exactly(size + 2)[:-2]
        self._exactly(2)

    def _until(self, end):
        while (found := self._left.find(end)) < 0:
            self._left += self._more()
        text, self._left = self._left[:found], self._left[found + len(end) :]
        return text

    def _exactly(self, size):
        parts, there = [self._left], len(self._left)
        while there < size:
            parts.append(self._more())
            there += len(parts[-1])
        whole = b"".join(parts)
        self._left = whole[size:]
        return whole[:size]

    def _more(self):
        data = self._socket.recv(_CHUNK)
        if not data:
            raise EOFError("the server has closed the connection")
        return data


def request(access, method, path, body=b"", media_type="application/json"):
    """A request, as bytes."""
    head = f"{method} {path} HTTP/1.1\r\nHost: {urlsplit(access.server).netloc}\r\n"
    head += f"Authorization: {access.authorization()}\r\nUser-Agent: benchmark\r\n"
    head += f"Accept: application/json\r\nContent-Type: {media_type}\r\n"
    return (head + f"Content-Length: {len(body)}\r\n\r\n").encode() + body


def seconds_of(work, access, shares):
    """How long it takes to do work(connection, share) for each share, all at the same time."""
    with ExitStack() as opened, ThreadPoolExecutor(len(shares)) as threads:
        connections = [opened.enter_context(Connection(access)) for _ in shares]
        start = time.perf_counter()
        list(threads.map(work, connections, shares))
        return time.perf_counter() - start


def first_answer(kubeconfig, within=60):
    """The moment at which a server first says that it is ready, once it has told where it is."""
    deadline, access = time.monotonic() + within, None
    while time.monotonic() < deadline:
        try:
            access = access or read_access(kubeconfig)
            with Connection(access) as connection:
                connection.ask(request(access, "GET", "/readyz"))
                return time.monotonic()
        except (OSError, UsageError, AssertionError):
            time.sleep(0.002)
    raise TimeoutError(f"{kubeconfig}: no answer")


def beginning(kubeconfig):
    """The future of that moment, for a server that is being started meanwhile."""
    looking = ThreadPoolExecutor(1)
    answered = looking.submit(first_answer, kubeconfig)
    looking.shutdown(wait=False)
    return answered
