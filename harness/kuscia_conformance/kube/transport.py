"""How requests travel: what `kube.client` needs of whatever carries them.

`kube.http` is what every real server wants; an `Access` may bring another way.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

JSON = "application/json"


@dataclass(frozen=True)
class Call:
    """One request; `params` of the same name may come several times."""

    method: str
    path: str
    params: Sequence[tuple[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


class Reply(Protocol):
    """An answer that has begun."""

    status: int

    async def read(self) -> bytes: ...

    def lines(self) -> AsyncIterator[bytes]:
        """Line by line as they come; Unreachable if the connection breaks."""
        ...


class Transport(Protocol):
    """A way to a server; every error that says that there was no answer is an Unreachable."""

    async def close(self) -> None: ...

    def open(self, call: Call) -> AbstractAsyncContextManager[Reply]: ...

    async def exec(self, call: Call) -> tuple[bytes, bytes]:
        """What a command in a container printed, and the Status it ended with, as JSON."""
        ...
