"""What happened to one scenario's objects: its view of the journal, in its own names.

Assertions are functions of a history, so that a state that lasted 20 ms is seen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from kuscia_conformance.environment.journal import Journal, Version
from kuscia_conformance.kube import kuscia, objects
from kuscia_conformance.kube.objects import Resource
from kuscia_conformance.scenario.names import Names

T = TypeVar("T")


@dataclass
class History:
    """What happened to one scenario's objects, in its own names, since it began."""

    journal: Journal
    names: Names
    #: Real names of the nodes that the scenario has borrowed.
    nodes: set[str] = field(default_factory=set)
    versions: list[Version] = field(default_factory=list)
    #: Where a Then begins to look: where the last When stood, or what the last Then has found. So
    #: successive Thens say an order, and a state that came and went in between is still found.
    cursor: int = 0
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
        if namespace in (None, kuscia.TASK_NAMESPACE):
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

    def act(self) -> None:
        """A When is about to do something: what follows is looked for from here on."""
        self.update()
        self.cursor = len(self.versions)

    def from_cursor(self, resource: Resource, key: str) -> list[tuple[int, Version]]:
        """Returns an object's state at the cursor and every later one, with their places."""
        mine = [
            (place, version)
            for place, version in enumerate(self.versions)
            if version.resource is resource and version.key == key
        ]
        before = [pair for pair in mine if pair[0] < self.cursor]
        return before[-1:] + [pair for pair in mine if pair[0] >= self.cursor]

    def changes_within(self, seconds: float) -> bool:
        """Returns whether anything of the scenario's changes in that time."""
        self.update()
        count = len(self.versions)
        return self.until(lambda: len(self.versions) > count or None, seconds) is not None

    def seconds_since(self, moment: datetime) -> float:
        """Returns the seconds since then, by the clock of the cluster."""
        return (self.journal.now() - moment).total_seconds()

    def let_pass(self, seconds: float) -> None:
        """Does nothing for so long, by the clock of the cluster."""
        deadline = self.journal.now() + timedelta(seconds=seconds)
        while (left := (deadline - self.journal.now()).total_seconds()) > 0:
            self.journal.wait_beyond(len(self.journal.versions), left)
