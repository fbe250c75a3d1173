"""The history of one scenario's objects: its view of the journal, in the scenario's own names.

    API server ── watches ──► Journal (per process) ── `update` ──► History (per scenario)

Checks look at the whole history instead of the present state, so that they also find a state that
lasted only 20 ms.
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
    """Every version of one scenario's objects since it began, in its own names.

    An object belongs to the scenario if its name or namespace has the scenario's token, or if it
    is one of the borrowed nodes.
    """

    journal: Journal
    names: Names
    #: The names of the nodes that the scenario has borrowed.
    nodes: set[str] = field(default_factory=set)
    versions: list[Version] = field(default_factory=list)
    #: The place in `versions` where a Then begins to look: the end of the history at the last When,
    #: or the place that the last Then found. So successive Thens require an order, and a state that
    #: lasted only briefly between two steps is still found.
    cursor: int = 0
    began: datetime = field(init=False)
    _read: int = 0

    def __post_init__(self) -> None:
        self.began = self.journal.now()
        self._read = len(self.journal.versions)

    def update(self) -> None:
        """Adds the scenario's versions that the journal has received since the last update."""
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
        """Returns every version of one object, the oldest first."""
        return [v for v in self.versions if v.resource is resource and v.key == key]

    def latest(self, resource: Resource) -> dict[str, Version]:
        """Returns the newest version of each existing object of that kind, by key."""
        newest: dict[str, Version] = {}
        for version in self.versions:
            if version.resource is resource:
                newest[version.key] = version
        return {key: version for key, version in newest.items() if not version.gone}

    def until(self, look: Callable[[], T | None], seconds: float) -> T | None:
        """Calls `look` now and after each event, until it returns a value; returns that value.

        Returns None if `look` has found nothing after `seconds`. `look` should judge the whole
        history instead of the newest state, because one update may bring several versions.
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
        """Moves the cursor to the end of the history. A When calls it before it does something."""
        self.update()
        self.cursor = len(self.versions)

    def from_cursor(self, resource: Resource, key: str) -> list[tuple[int, Version]]:
        """Returns the object's version at the cursor and all later ones, with their places.

        If there is none at the cursor, the newest one before it counts: the object may not change
        again.
        """
        mine = [
            (place, version)
            for place, version in enumerate(self.versions)
            if version.resource is resource and version.key == key
        ]
        until_now = [pair for pair in mine if pair[0] <= self.cursor]
        return until_now[-1:] + [pair for pair in mine if pair[0] > self.cursor]

    def changes_within(self, seconds: float) -> bool:
        """Waits for `seconds` at most, and returns whether any object of the scenario changed."""
        self.update()
        count = len(self.versions)
        return self.until(lambda: len(self.versions) > count or None, seconds) is not None

    def seconds_since(self, moment: datetime) -> float:
        """Returns the seconds since that moment, by the clock of the cluster."""
        return (self.journal.now() - moment).total_seconds()

    def let_pass(self, seconds: float) -> None:
        """Waits for so many seconds, by the clock of the cluster."""
        deadline = self.journal.now() + timedelta(seconds=seconds)
        while (left := (deadline - self.journal.now()).total_seconds()) > 0:
            self.journal.wait_beyond(len(self.journal.versions), left)
