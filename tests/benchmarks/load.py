"""An HTTP client with little overhead, so that the measured time is that of the server.

A `Connection` is a blocking TLS connection that stays open. It sends requests whose bytes were
built beforehand. A client library would use more CPU than the server on a machine with two cores.
"""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from urllib.parse import urlsplit

from kuscia_conformance.errors import UsageError
from kuscia_conformance.kube.kubeconfig import read_access

#: The number of bytes that one read may return.
_CHUNK = 1 << 18


class Connection:
    """A TLS connection to the server of an `Access`."""

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
        """Returns the status code and the body of the next answer."""
        head = self._until(b"\r\n\r\n").lower()
        code, length = int(head[9:12]), head.find(b"content-length: ")
        if length < 0:
            return code, b"".join(self.chunks())
        return code, self._exactly(int(head[length + 16 :].partition(b"\r")[0]))

    def ask(self, request):
        """Sends the request and returns the body; AssertionError if the status is 300 or more."""
        self.send(request)
        code, body = self.answer()
        assert code < 300, body[:1000]
        return body

    def begin(self, request):
        """Sends a request with an endless answer, such as a watch; `chunks` reads that answer."""
        self.send(request)
        head = self._until(b"\r\n\r\n")
        assert b" 200 " in head[:14], head

    def chunks(self):
        """Yields the chunks of an answer as they arrive."""
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
    """Returns the bytes of an HTTP request."""
    head = f"{method} {path} HTTP/1.1\r\nHost: {urlsplit(access.server).netloc}\r\n"
    head += f"Authorization: {access.authorization()}\r\nUser-Agent: benchmark\r\n"
    head += f"Accept: application/json\r\nContent-Type: {media_type}\r\n"
    return (head + f"Content-Length: {len(body)}\r\n\r\n").encode() + body


def seconds_of(work, access, shares):
    """Returns the seconds of work(connection, share) for all shares in parallel threads."""
    with ExitStack() as opened, ThreadPoolExecutor(len(shares)) as threads:
        connections = [opened.enter_context(Connection(access)) for _ in shares]
        start = time.perf_counter()
        list(threads.map(work, connections, shares))
        return time.perf_counter() - start


def first_answer(kubeconfig, within=60):
    """Waits for the kubeconfig and the first successful /readyz; returns time.monotonic() then."""
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
    """Returns a future with the result of `first_answer`, for a server that is being started."""
    looking = ThreadPoolExecutor(1)
    answered = looking.submit(first_answer, kubeconfig)
    looking.shutdown(wait=False)
    return answered
