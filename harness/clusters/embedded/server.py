"""The API server: who asks, for what, and which part of it answers.

`Server.handle` takes a request to an answer, whatever has carried it (`asgi`, `local`). It holds
the store, the kinds and the server's own controllers, which work while `running` is entered.
Time comes from the event loop and from `now`, so that a virtual clock drives all of it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

from harness.clusters.embedded import endpoints, resources
from harness.clusters.embedded.builtin import default_objects, strategies
from harness.clusters.embedded.collector import Collector
from harness.clusters.embedded.establishing import DEFINITIONS, Definitions, DefinitionStrategy
from harness.clusters.embedded.kinds import Kind
from harness.clusters.embedded.kubelets import Kubelet, Nobody
from harness.clusters.embedded.namespaces import Namespaces
from harness.clusters.embedded.options import WriteOptions
from harness.clusters.embedded.refusals import Refusal, bad_request
from harness.clusters.embedded.registry import Registry, Target, Unknown
from harness.clusters.embedded.request import Answer, Request, page_not_found, refused
from harness.clusters.embedded.store import HISTORY, Key, Store
from harness.clusters.embedded.views.discovery import built_in_kinds
from harness.clusters.embedded.writing import Writer
from harness.objects import Obj

log = logging.getLogger(__name__)

#: How long a write's answer is held back after the commit, in seconds: as long as a real server
#: and its etcd take. Controllers that read their own writes from a watch rely on it, knowingly or
#: not; 0 is a harsh mode.
PACE = 0.008
#: How many of the latest writes are remembered, with who has made them.
REMEMBERED = 20_000
#: The largest body, in bytes, that a server reads.
LARGEST_BODY = 3 * 1024 * 1024
UNAUTHORIZED = Refusal(401, "Unauthorized", "Unauthorized")


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
    kubelet: Kubelet = field(default_factory=Nobody)
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
        self.writer.create(Target(kind, namespace), obj, options)

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

    async def handle(self, request: Request) -> Answer:
        """The answer, also where the request cannot be understood; nothing is raised."""
        try:
            self.authenticate(request)
            return await self._route(request)
        except Unknown:
            return page_not_found()
        except Refusal as refusal:
            return refused(refusal)
        except RecursionError:
            return refused(bad_request("the document is nested too deeply"))
        except Exception:
            log.exception("%s %s: a bug", request.method, request.path)
            message = "Internal error occurred: a bug of the embedded server; see its log"
            return refused(Refusal(500, "InternalError", message))

    def authenticate(self, request: Request) -> None:
        """Refusal (401) if nobody is known by that token."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        user = self.tokens.get(token.strip())
        if scheme.lower() != "bearer" or user is None:
            raise UNAUTHORIZED
        request.user = user

    async def _route(self, request: Request) -> Answer:
        if len(request.body) > LARGEST_BODY:
            text = f"Request entity too large: limit is {LARGEST_BODY}"
            raise Refusal(413, "RequestEntityTooLarge", text)
        answer = endpoints.answer(self, request)
        if answer is None:
            before = self.store.version
            answer = resources.answer(self, self.registry.target(request.path), request)
            if request.method != "GET" and self.store.version != before:
                self._remember(request, before)
                if self.pace:
                    await asyncio.sleep(self.pace)
        return answer

    def _remember(self, request: Request, before: int) -> None:
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
