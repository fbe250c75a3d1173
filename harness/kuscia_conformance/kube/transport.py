"""The interface between `kube.client` and what carries its requests.

    kube.client  --Call-->  Transport  --Reply-->  kube.client

`kube.http` is the transport for real servers. `Access.connect` can name another one, such as calls
to an API server in the same process.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

JSON = "application/json"


@dataclass(frozen=True)
class Call:
    """One request. `params` are pairs, because a name may occur several times."""

    method: str
    path: str
    params: Sequence[tuple[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


class Reply(Protocol):
    """An answer whose status and headers have arrived, and whose body can be read."""

    status: int

    @property
    def headers(self) -> Mapping[str, str]: ...

    async def read(self) -> bytes:
        """Returns the whole body. Raises Unreachable if the connection breaks."""
        ...

    def lines(self) -> AsyncIterator[bytes]:
        """Yields the body line by line. Raises Unreachable if the connection breaks."""
        ...


class Transport(Protocol):
    """A way to one server. If the server does not answer, every method raises Unreachable."""

    async def close(self) -> None:
        """Closes all connections."""
        ...

    def open(self, call: Call) -> AbstractAsyncContextManager[Reply]:
        """Returns a context manager that sends the call and yields its reply."""
        ...

    async def exec(self, call: Call) -> tuple[bytes, bytes]:
        """Runs a command in a container.

        Returns what the command printed, and the Status with which it ended, as JSON.
        """
        ...
