"""Everything that was seen to happen: every version of every object, from one set of watches.

`Journal` is filled by the watches, and `scenario.history.History` reads it: one scenario's view.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TypeVar

from kuscia_conformance.kube import kuscia, objects
from kuscia_conformance.kube.client import Event
from kuscia_conformance.kube.objects import Obj, Resource
from kuscia_conformance.kube.world import Listed, World, follow

T = TypeVar("T")

WATCHED = (
    kuscia.KUSCIA_TASKS,
    objects.PODS,
    objects.SERVICES,
    objects.CONFIG_MAPS,
    objects.NODES,
    kuscia.TASK_RESOURCE_GROUPS,
    kuscia.TASK_RESOURCES,
)


@dataclass(frozen=True)
class Version:
    """One version of one object, and when it was seen."""

    at: datetime
    event: str
    resource: Resource
    #: In the scenario's own names, once a History has taken it in.
    object: Obj
    #: As the server has it.
    real: Obj

    @cached_property
    def key(self) -> str:
        return objects.key_of(self.object)

    @property
    def gone(self) -> bool:
        return self.event == "DELETED"


def machine_time() -> datetime:
    return datetime.now(UTC)


@dataclass
class Journal:
    """The versions in the order in which they came; safe to read from any thread."""

    versions: list[Version] = field(default_factory=list)
    #: Of these the newest of each object that exists, by its resource's plural and its key.
    newest: dict[tuple[str, str], Version] = field(default_factory=dict)
    #: The clock by which it is waited: the one that the versions are stamped by.
    now: Callable[[], datetime] = machine_time
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def add(self, version: Version) -> None:
        with self._changed:
            self.versions.append(version)
            place = (version.resource.plural, version.key)
            if version.gone:
                self.newest.pop(place, None)
            else:
                self.newest[place] = version
            self._changed.notify_all()

    def there(self, resource: Resource) -> list[Version]:
        """The newest version of each object of that kind that exists."""
        with self._changed:
            return [v for (plural, _), v in self.newest.items() if plural == resource.plural]

    def wait_beyond(self, count: int, seconds: float) -> bool:
        """Wait until there are more versions than `count`; False if that took too long."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.versions) > count, max(seconds, 0))

    async def keep(self, world: World, resource: Resource, listed: Callable[[], None]) -> None:
        """Keep up with a resource for ever; `listed` is called once what exists is in."""
        known: dict[str, Version] = {}
        async for news in follow(world, resource):
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
    """A list as the events that lead to it from what is known."""
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
