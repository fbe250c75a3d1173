"""The transport for real servers: HTTP/1.1 with TLS, by aiohttp.

It implements `kube.transport.Transport`. Errors of aiohttp and of the operating system become
Unreachable, so that callers need not know aiohttp.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import aiohttp

from kuscia_conformance.errors import Unreachable, api_error
from kuscia_conformance.kube.kubeconfig import Access
from kuscia_conformance.kube.transport import JSON, Call, Reply

EXEC_PROTOCOL, STATUS_CHANNEL = "v4.channel.k8s.io", b"\x03"
#: The longest time to open a connection, in seconds.
CONNECT_TIMEOUT = 15.0


class Http:
    """The connections of one client to one server. Create it inside an event loop."""

    #: The turns of the event loop that the callbacks of closed connections need.
    CALLBACKS = 4

    def __init__(self, access: Access, user_agent: str) -> None:
        self.access = access
        socks = (access.proxy or "").startswith("socks")
        #: The proxy of each request. That of SOCKS is the connector's, since aiohttp knows none.
        self._proxy = None if socks else access.proxy
        self._session = aiohttp.ClientSession(
            connector=_connector(access, socks=socks),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT),
            headers=[
                ("User-Agent", user_agent),
                ("Accept", JSON),
                ("Accept-Encoding", "identity"),
                *access.headers,
            ],
        )

    async def close(self) -> None:
        """Closes all connections, and waits until their transports are closed."""
        await self._session.close()
        # aiohttp closes the transports in callbacks. If the caller ended the loop now, they would
        # never run.
        for _turn in range(self.CALLBACKS):
            await asyncio.sleep(0)

    def open(self, call: Call) -> AbstractAsyncContextManager[Reply]:
        """Returns a context manager: entering it sends the call, leaving it frees the connection.

        Entering it raises Unreachable if the server does not answer.
        """
        request = self._session.request(
            call.method,
            self.access.server + call.path,
            data=call.body,
            params=call.params,
            headers=self._headers(call),
            proxy=self._proxy,
        )
        return _Opened(self, request)

    async def exec(self, call: Call) -> tuple[bytes, bytes]:
        """Runs the command of `call` over a WebSocket (protocol v4.channel.k8s.io).

        Returns the output and the Status, which Kubernetes sends on channel 3. Raises ApiError if
        the server refuses, and Unreachable if it does not answer or the connection breaks.
        """
        output, status = b"", b""
        # With the session's Accept (JSON) the server refuses (406): the answer is not JSON.
        headers = {"Accept": "*/*", **self._headers(call)}
        try:
            async with self._session.ws_connect(
                self.access.server + call.path,
                params=call.params,
                protocols=(EXEC_PROTOCOL,),
                headers=headers,
                proxy=self._proxy,
            ) as socket:
                async for message in socket:
                    if message.data[:1] == STATUS_CHANNEL:
                        status += message.data[1:]
                    else:
                        output += message.data[1:]
        except aiohttp.WSServerHandshakeError as error:  # the server has answered, and refuses
            why = f"the server refuses to run a command: {error.message}"
            raise api_error(error.status, {"message": why}) from error
        except (aiohttp.ClientError, OSError) as error:
            raise self.unreachable(error) from error
        return output, status

    def _headers(self, call: Call) -> dict[str, str]:
        authorization = self.access.authorization()
        return {**call.headers, **({"Authorization": authorization} if authorization else {})}

    def unreachable(self, error: BaseException) -> Unreachable:
        why, broke = str(error) or type(error).__name__, _broke(error)
        does = "has closed the connection" if broke else "does not answer"
        made = Unreachable(f"{self.access.server} {does}: {why}", broke=broke)
        if isinstance(error, aiohttp.ClientSSLError):
            made.hint = ABOUT_TLS
        return made


def _broke(error: BaseException) -> bool:
    """Returns whether the error is that of a connection which was open: a reset or an early end."""
    opening = isinstance(error, aiohttp.ClientConnectorError | TimeoutError)
    return (
        isinstance(error, aiohttp.ClientConnectionError | aiohttp.ClientPayloadError)
        and not opening
    )


def _connector(access: Access, *, socks: bool) -> aiohttp.TCPConnector:
    if not socks:
        return aiohttp.TCPConnector(limit=0, ssl=access.tls or True)
    # Imported late, because few clusters are behind a SOCKS proxy.
    from kuscia_conformance.kube.socks import SocksConnector

    return SocksConnector.from_url(str(access.proxy), rdns=True, limit=0, ssl=access.tls or True)


class _Opened:
    """An answer that has begun. Raises our errors, and returns the connection to the pool."""

    def __init__(self, http: Http, request: Any) -> None:
        self._http, self._request = http, request

    async def __aenter__(self) -> _Reply:
        try:
            self._response: aiohttp.ClientResponse = await self._request
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise self._http.unreachable(error) from error
        return _Reply(self._http, self._response)

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._response.release()
            return
        connection = self._response.connection
        if connection and connection.transport:
            # `close` alone would wait for the server to end TLS, maybe longer than the loop runs.
            connection.transport.abort()
        self._response.close()


#: What to do about a server whose certificate is refused, or that refuses ours.
ABOUT_TLS = "does the kubeconfig belong to this server? compare its certificate-authority-data"


class _Reply:
    def __init__(self, http: Http, response: aiohttp.ClientResponse) -> None:
        self._http, self._response = http, response
        self.status, self.headers = response.status, response.headers

    async def read(self) -> bytes:
        try:
            return await self._response.read()
        except (aiohttp.ClientError, OSError) as error:  # a timeout is an OSError
            raise self._http.unreachable(error) from error

    async def lines(self) -> AsyncIterator[bytes]:
        rest = b""
        try:
            async for chunk in self._response.content.iter_any():
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    if line:
                        yield line
        except (aiohttp.ClientError, OSError) as error:
            path = self._response.url.path
            raise Unreachable(f"the watch of {path} broke off: {error}") from error
