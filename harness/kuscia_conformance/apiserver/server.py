"""One cluster's API server in memory: its store, kinds, users and controllers.

Handlers receive the `Server`; `router.handle` passes each request to its handler. The server's own
controllers run while the context `running` is open. The server takes the time only from the event
loop and from `now`, so that a virtual clock can drive all of it.
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
from kuscia_conformance.apiserver.controllers.endpoints import ServiceEndpoints
from kuscia_conformance.apiserver.controllers.garbage_collector import Collector
from kuscia_conformance.apiserver.controllers.namespaces import Namespaces
from kuscia_conformance.apiserver.kubelet import Kubelet, NoKubelet
from kuscia_conformance.apiserver.storage.outage import Outage
from kuscia_conformance.apiserver.storage.store import HISTORY, Key, Store
from kuscia_conformance.apiserver.views.discovery import built_in_kinds
from kuscia_conformance.apiserver.writes.create import create
from kuscia_conformance.apiserver.writes.options import WriteOptions
from kuscia_conformance.apiserver.writes.writer import Writer
from kuscia_conformance.kube.objects import Obj

#: The delay between a commit and the answer to the write, in seconds: about the time that a real
#: server and its etcd take. Controllers that read their own writes from a watch may rely on this
#: delay without knowing it. With 0, the answer may arrive before the watch event.
PACE = 0.008
#: The number of writes that `Server.writes` keeps.
REMEMBERED = 20_000
#: The number of clients whose latest request the server keeps.
CLIENTS = 100
UNAUTHORIZED = StatusError(401, "Unauthorized", "Unauthorized")


def _machine_time() -> datetime:
    return datetime.now(UTC)


@dataclass
class Server:
    """One cluster's API server, in memory.

    Creating it also creates the objects that every cluster has, such as the namespace `default`.
    """

    #: The users that may send requests, by token.
    tokens: dict[str, str] = field(default_factory=dict)
    pace: float = PACE
    now: Callable[[], datetime] = _machine_time
    random: Random = field(default_factory=Random)
    history: int = HISTORY
    kubelet: Kubelet = field(default_factory=NoKubelet)
    #: HOST:PORT, as discovery reports it.
    address: str = "127.0.0.1"
    #: The latest writes: time, user agent, verb, path, the store's version before and after, and
    #: whether a status was dropped.
    writes: deque[Obj] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    #: Whether watches are cut off (`/debug/watches`).
    outage: Outage = field(default_factory=Outage)
    #: The latest request of each client, by its user agent: time, user agent, verb and path.
    latest: dict[str, Obj] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.store = Store(self.history)
        self.writer = Writer(self.store, self.now, self.random)
        self.registry = Registry()
        self.registry.add(built_in_kinds({**strategies(), DEFINITIONS: DefinitionStrategy()}))
        self.establishing = Definitions(self.writer, self.registry)
        self.collector = Collector(self.writer, self._kind_of, self.registry.mapped)
        self.namespaces = Namespaces(self.writer, self.registry.collections)
        self.endpoints = ServiceEndpoints(self.writer, self.registry.collections)
        self.controllers = (self.establishing, self.collector, self.namespaces, self.endpoints)
        self.store.listeners.extend(controller.watch for controller in self.controllers)
        for obj in default_objects(self.now()):
            self._add_default(obj)

    def _add_default(self, obj: Obj) -> None:
        kind = self.registry.of_object(obj["apiVersion"], obj["kind"])
        if kind is None:
            raise LookupError(f"cannot create a default object: unknown kind {obj['kind']}")
        namespace = obj["metadata"].get("namespace", "")
        options = WriteOptions(False, "kube-apiserver", "Ignore", False)
        create(self.writer, Target(kind, namespace), obj, options)

    def _kind_of(self, key: Key) -> Kind | None:
        return self.registry.collections().get(key)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Runs the server's own controllers while the context is open.

        On exit it cancels them, and waits until they have ended.
        """
        tasks = [asyncio.create_task(controller.run()) for controller in self.controllers]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def authenticate(self, request: Request) -> None:
        """Sets `request.user` to the user of the request's bearer token.

        Raises StatusError (401) if the token is missing or unknown.
        """
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        user = self.tokens.get(token.strip())
        if scheme.lower() != "bearer" or user is None:
            raise UNAUTHORIZED
        request.user = user

    def hear(self, request: Request) -> None:
        """Records the request as its client's latest; only of the CLIENTS that came last."""
        who = request.user_agent
        self.latest.pop(who, None)
        at = self.now().isoformat(timespec="milliseconds")
        self.latest[who] = {"at": at, "who": who, "verb": request.method, "path": request.path}
        if len(self.latest) > CLIENTS:
            self.latest.pop(next(iter(self.latest)))

    def remember(self, request: Request, before: int) -> None:
        """Records a write that has taken the store from version `before` to its present one.

        `droppedStatus` says that it carried a status, which only a write to `/status` may change.
        """
        self.writes.append(
            {
                "at": self.now(),
                "who": request.user_agent,
                "verb": request.method,
                "path": request.path,
                "versions": (before, self.store.version),
                "droppedStatus": self.writer.dropped_status,
            }
        )

    def latest_writes(self) -> Iterator[Obj]:
        """Yields the recorded writes as JSON-compatible data, oldest first.

        `/debug/writes` serves them; the suite shows them when a scenario fails.
        """
        for each in self.writes:
            first, last = each["versions"]
            at = each["at"].isoformat(timespec="milliseconds")
            yield {**each, "at": at, "versions": list(range(first + 1, last + 1))}
