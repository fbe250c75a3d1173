"""The journal: every version of every watched object, in the order in which the watches saw it.

One set of watches per process fills a `Journal`. Each scenario reads it through its own
`scenario.history.History`. Checks therefore also find states that lasted only a few milliseconds,
and scenarios that run at the same time do not need watches of their own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TypeVar

from kuscia_conformance.errors import Unreachable
from kuscia_conformance.kube import kuscia, objects
from kuscia_conformance.kube.client import Event
from kuscia_conformance.kube.objects import Obj, Resource
from kuscia_conformance.kube.world import Listed, World, follow

T = TypeVar("T")

WATCHED = (
    kuscia.KUSCIA_TASKS,
    objects.PODS,
    objects.SERVICES,
    objects.ENDPOINTS,
    objects.CONFIG_MAPS,
    objects.NODES,
    kuscia.TASK_RESOURCE_GROUPS,
    kuscia.TASK_RESOURCES,
)
#: The label selectors by which some are watched. Endpoints that Kubernetes itself keeps say nothing
#: that services and pods do not say, and every version that is seen costs time.
_SELECTORS = {objects.ENDPOINTS: "endpoints.kubernetes.io/managed-by!=endpoint-controller"}


@dataclass(frozen=True)
class Version:
    """One version of one object, and when it was seen.

    `event` is the type of the watch event: ADDED, MODIFIED or DELETED.
    """

    at: datetime
    event: str
    resource: Resource
    #: The object; in a History with the scenario's own names, in the journal as in `real`.
    object: Obj
    #: The object as the API server sent it, with its real names.
    real: Obj

    @cached_property
    def key(self) -> str:
        """The object's `namespace/name`, or its name if it has no namespace."""
        return objects.key_of(self.object)

    @property
    def gone(self) -> bool:
        """Whether this version is the object's last, sent with its deletion."""
        return self.event == "DELETED"


def machine_time() -> datetime:
    """Returns the time of the machine's clock, in UTC."""
    return datetime.now(UTC)


@dataclass
class Journal:
    """The versions in the order in which they came, safe to read from any thread.

    The loop's thread adds versions; the thread of the steps reads them and waits for more.
    """

    versions: list[Version] = field(default_factory=list)
    #: The newest version of each existing object, by its resource's plural and its key.
    newest: dict[tuple[str, str], Version] = field(default_factory=dict)
    #: The clock of the cluster: versions get their time from it, and deadlines use it.
    now: Callable[[], datetime] = machine_time
    #: After how many seconds a scenario interrupts its waiting to look after the controller.
    longest: float = 0.5
    #: The error of an API server that does not answer any more: nothing will be added.
    lost: Unreachable | None = None
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def lose(self, error: Unreachable) -> None:
        """Says that the API server is lost, to all threads that wait."""
        with self._changed:
            self.lost = error
            self._changed.notify_all()

    def add(self, version: Version) -> None:
        """Appends a version and wakes the threads that wait for one."""
        with self._changed:
            self.versions.append(version)
            place = (version.resource.plural, version.key)
            if version.gone:
                self.newest.pop(place, None)
            else:
                self.newest[place] = version
            self._changed.notify_all()

    def there(self, resource: Resource) -> list[Version]:
        """Returns the newest version of each existing object of that kind."""
        with self._changed:
            return [v for (plural, _), v in self.newest.items() if plural == resource.plural]

    def wait_beyond(self, count: int, seconds: float) -> bool:
        """Waits until there are more than `count` versions; returns False after `seconds`.

        Raises Unreachable once the API server is lost.
        """
        with self._changed:
            self._changed.wait_for(lambda: self.lost or len(self.versions) > count, max(seconds, 0))
            if self.lost:
                raise self.lost
            return len(self.versions) > count

    async def keep(self, world: World, resource: Resource, listed: Callable[[], None]) -> None:
        """Adds all existing objects of a resource, and then every change, until cancelled.

        Calls `listed` when all existing objects were added. After a lost watch that needs a new
        list, it adds the differences, so that a deletion in between is not missed.
        """
        known: dict[str, Version] = {}
        async for news in follow(world, resource, labels=_SELECTORS.get(resource, "")):
            for event in _events(news, known):
                version = Version(world.now(), event.type, resource, event.object, event.object)
                self.add(version)
                if event.type == "DELETED":
                    known.pop(version.key, None)
                else:
                    known[version.key] = version
            if isinstance(news, Listed):
                listed()


def _events(news: Listed | Event, known: dict[str, Version]) -> Iterator[Event]:
    """Yields a watch's event, or for a list the events that lead from `known` to it."""
    if isinstance(news, Event):
        yield news
        return
    listed = {objects.key_of(obj): obj for obj in news.objects}
    for key in [key for key in known if key not in listed]:
        yield Event("DELETED", known[key].object)
    for key, obj in listed.items():
        before = known.get(key)
        if before is None or objects.version_of(before.object) < objects.version_of(obj):
            yield Event("MODIFIED" if before else "ADDED", obj)
