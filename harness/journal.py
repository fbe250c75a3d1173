"""Everything that was seen to happen: every version of every object, from one set of watches.

`Journal` is filled by the watches and waited on by the steps. A `History` is one
scenario's view of it, in the scenario's own names. Assertions are functions of a history,
so that a state that lasted 20 ms is seen.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TypeVar

from harness import objects
from harness.api import Event
from harness.naming import Names
from harness.objects import Obj, Resource
from harness.world import Listed, World, follow

T = TypeVar("T")

WATCHED = (
    objects.KUSCIA_TASKS,
    objects.PODS,
    objects.SERVICES,
    objects.CONFIG_MAPS,
    objects.NODES,
    objects.TASK_RESOURCE_GROUPS,
    objects.TASK_RESOURCES,
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


@dataclass
class History:
    """What happened to one scenario's objects, in its own names, since it began."""

    journal: Journal
    names: Names
    #: Real names of the nodes that the scenario has borrowed.
    nodes: set[str] = field(default_factory=set)
    versions: list[Version] = field(default_factory=list)
    began: datetime = field(init=False)
    _read: int = 0

    def __post_init__(self) -> None:
        self.began = self.journal.now()
        self._read = len(self.journal.versions)

    def update(self) -> None:
        """Take in what the journal has got since."""
        end = len(self.journal.versions)
        for version in self.journal.versions[self._read : end]:
            if self._concerns(version):
                self.versions.append(replace(version, object=self.names.incoming(version.object)))
        self._read = end

    def _concerns(self, version: Version) -> bool:
        if version.resource is objects.NODES:
            return version.key in self.nodes
        namespace = objects.namespace_of(version.object)
        if namespace in (None, objects.TASK_NAMESPACE):
            return self.names.owns(objects.name_of(version.object))
        return self.names.owns(namespace or "")

    def of(self, resource: Resource, key: str) -> list[Version]:
        """Every version of one object, the oldest first."""
        return [v for v in self.versions if v.resource is resource and v.key == key]

    def latest(self, resource: Resource) -> dict[str, Version]:
        """The newest version of each object of that kind that still exists, by key."""
        newest: dict[str, Version] = {}
        for version in self.versions:
            if version.resource is resource:
                newest[version.key] = version
        return {key: version for key, version in newest.items() if not version.gone}

    def until(self, look: Callable[[], T | None], seconds: float) -> T | None:
        """What `look` finds, tried again at each event; None if it found nothing in that time.

        `look` is to judge the whole history, not the newest state.
        """
        deadline = self.journal.now() + timedelta(seconds=seconds)
        while True:
            self.update()
            if (found := look()) is not None:
                return found
            left = (deadline - self.journal.now()).total_seconds()
            if not self.journal.wait_beyond(self._read, left):
                return None
