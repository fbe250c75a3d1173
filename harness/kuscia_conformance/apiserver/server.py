"""One cluster's API server, in memory: its store, kinds, users and controllers.

`Server` is what the handlers of requests are given; `router.handle` takes a request to them. The
server's own controllers work while `running` is entered. Time comes from the event loop and from
`now`, so that a virtual clock drives all of it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

from kuscia_conformance.apiserver.apimachinery.kinds import Kind
from kuscia_conformance.apiserver.apimachinery.registry import Registry, Target
from kuscia_conformance.apiserver.apimachinery.request import (
    Request,
)
from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError
from kuscia_conformance.apiserver.builtin import default_objects, strategies
from kuscia_conformance.apiserver.controllers.definitions import (
    DEFINITIONS,
    Definitions,
    DefinitionStrategy,
)
from kuscia_conformance.apiserver.controllers.garbage_collector import Collector
from kuscia_conformance.apiserver.controllers.namespaces import Namespaces
from kuscia_conformance.apiserver.kubelet import Kubelet, NoKubelet
from kuscia_conformance.apiserver.storage.store import HISTORY, Key, Store
from kuscia_conformance.apiserver.views.discovery import built_in_kinds
from kuscia_conformance.apiserver.writes.create import create
from kuscia_conformance.apiserver.writes.options import WriteOptions
from kuscia_conformance.apiserver.writes.writer import Writer
from kuscia_conformance.kube.objects import Obj

#: How long a write's answer is held back after the commit, in seconds: as long as a real server
#: and its etcd take. Controllers that read their own writes from a watch rely on it, knowingly or
#: not; 0 is a harsh mode.
PACE = 0.008
#: How many of the latest writes are remembered, with who has made them.
REMEMBERED = 20_000
UNAUTHORIZED = StatusError(401, "Unauthorized", "Unauthorized")


def _machine_time() -> datetime:
    return datetime.now(UTC)


@dataclass
class Server:
    """One cluster's API server, in memory."""

    #: Who may ask, by token.
    tokens: dict[str, str] = field(default_factory=dict)
    pace: float = PACE
    now: Callable[[], datetime] = _machine_time
    random: Random = field(default_factory=Random)
    history: int = HISTORY
    kubelet: Kubelet = field(default_factory=NoKubelet)
    #: HOST:PORT, as discovery tells it.
    address: str = "127.0.0.1"
    #: The latest writes: when, who, which, and the version that came of it.
    writes: deque[Obj] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def __post_init__(self) -> None:
        self.store = Store(self.history)
        self.writer = Writer(self.store, self.now, self.random)
        self.registry = Registry()
        self.registry.add(built_in_kinds({**strategies(), DEFINITIONS: DefinitionStrategy()}))
        self.establishing = Definitions(self.writer, self.registry)
        self.collector = Collector(self.writer, self._kind_of)
        self.namespaces = Namespaces(self.writer, self.registry.collections)
        self.controllers = (self.establishing, self.collector, self.namespaces)
        self.store.listeners.extend(controller.watch for controller in self.controllers)
        for obj in default_objects(self.now()):
            self._add_default(obj)

    def _add_default(self, obj: Obj) -> None:
        kind = self.registry.of_object(obj["apiVersion"], obj["kind"])
        if kind is None:
            raise LookupError(f"there is no {obj['kind']} to make")
        namespace = obj["metadata"].get("namespace", "")
        options = WriteOptions(False, "kube-apiserver", "Ignore", False)
        create(self.writer, Target(kind, namespace), obj, options)

    def _kind_of(self, key: Key) -> Kind | None:
        return self.registry.collections().get(key)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Have the server's own controllers at work meanwhile."""
        tasks = [asyncio.create_task(controller.run()) for controller in self.controllers]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def authenticate(self, request: Request) -> None:
        """Note who asks. StatusError (401) if nobody is known by that token."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        user = self.tokens.get(token.strip())
        if scheme.lower() != "bearer" or user is None:
            raise UNAUTHORIZED
        request.user = user

    def remember(self, request: Request, before: int) -> None:
        self.writes.append(
            {
                "at": self.now(),
                "who": request.user_agent,
                "verb": request.method,
                "path": request.path,
                "versions": (before, self.store.version),
            }
        )

    def latest_writes(self) -> Iterator[Obj]:
        """As plain data, the oldest first."""
        for each in self.writes:
            first, last = each["versions"]
            at = each["at"].isoformat(timespec="milliseconds")
            yield {**each, "at": at, "versions": list(range(first + 1, last + 1))}
