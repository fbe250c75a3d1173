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

from kuscia_conformance.clusters.inventory import OF_KUBERNETES
from kuscia_conformance.environment.journal import Journal, Version
from kuscia_conformance.evidence.tape import Tape, Wait
from kuscia_conformance.kube import kuscia, objects
from kuscia_conformance.kube.objects import Resource
from kuscia_conformance.scenario.names import Names

T = TypeVar("T")


def clock_in_words(*, virtual: bool) -> str:
    """Returns how a failure names the clock by which its scenario has waited."""
    return "the virtual clock" if virtual else "the machine's clock"


@dataclass(frozen=True)
class Act:
    """What the suite itself has done: the step, and when it began to act."""

    at: datetime
    text: str


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
    #: Called before each wait, and while it lasts. Raises an error if nothing more is to come.
    watch: Callable[[], object] = lambda: None
    #: What the running step asked and how long it waited.
    tape: Tape = field(default_factory=Tape)
    #: The acts of the suite so far, and the step that runs, in the words of the timeline.
    acts: list[Act] = field(default_factory=list)
    doing: str = ""
    #: The clock by which the scenario waits, in the words of `clock_in_words`.
    clock: str = ""
    _read: int = 0

    def __post_init__(self) -> None:
        self.began = self.journal.now()
        self.tape.now = self.journal.now
        self._read = len(self.journal.versions)

    def update(self) -> None:
        """Adds the scenario's versions that the journal has received since the last update."""
        while self._read < len(self.journal.versions):
            self._read_one()

    def _read_one(self) -> bool:
        """Reads the journal's next version, and returns whether the scenario has it now."""
        version = self.journal.versions[self._read]
        self._read += 1
        if concerns := self._concerns(version):
            self.versions.append(replace(version, object=self.names.incoming(version.object)))
        return concerns

    def _concerns(self, version: Version) -> bool:
        if version.resource is objects.NODES:
            return version.key in self.nodes
        if (version.resource.plural, objects.name_of(version.object)) in OF_KUBERNETES:
            return False  # not the controller's; one has a certificate, and events are published
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

        Returns None if `look` has found nothing in the events of the next `seconds`. The moment of
        an event decides, and not the moment at which this thread wakes. `look` sees one event more
        with each call, and never one from after the deadline.
        """
        wait = self.tape.wait(self.journal.now, seconds)
        found = look()
        while found is None and self._goes_on(wait):
            found = look()
        wait.end(len(self.versions), found=found is not None)
        return found

    def _goes_on(self, wait: Wait) -> bool:
        """Adds the scenario's next version; returns False if there is none until the deadline."""
        journal = self.journal
        while True:
            while self._read < len(journal.versions):
                if journal.versions[self._read].at > wait.deadline:
                    return False
                if self._read_one():
                    return True
            left = (wait.deadline - journal.now()).total_seconds()
            if not self._wait_beyond(self._read, left):
                return False

    def _wait_beyond(self, count: int, seconds: float) -> bool:
        """Waits as the journal does, and calls `watch` in between."""
        while True:
            self.watch()
            now = min(seconds, self.journal.longest)
            if self.journal.wait_beyond(count, now):
                return True
            seconds -= now
            if seconds <= 0:
                return False

    @property
    def waited(self) -> float:
        """For how many seconds the latest wait of the step has lasted until now."""
        return (self.journal.now() - self.tape.waits[-1].began).total_seconds()

    def act(self) -> None:
        """Moves the cursor to the end of the history. A When calls it before it does something.

        The first call within a step is the moment of the suite's act.
        """
        self.update()
        self.cursor = len(self.versions)
        if self.doing:
            self.acts.append(Act(self.journal.now(), self.doing))
            self.doing = ""

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
        return (self.now() - moment).total_seconds()

    def now(self) -> datetime:
        """Returns the time of the cluster's clock; in a replay, the time at which it was asked."""
        asked = self.tape.ask("the time", lambda: self.journal.now().isoformat())
        return datetime.fromisoformat(asked)

    def later(self, seconds: float) -> datetime:
        """Waits for any event, for `seconds` at most, and returns the time after that."""
        asked = self.tape.ask("the time, after an event or a pause", lambda: self._later(seconds))
        return datetime.fromisoformat(asked)

    def _later(self, seconds: float) -> str:
        self._wait_beyond(len(self.journal.versions), seconds)
        return self.journal.now().isoformat()

    def let_pass(self, seconds: float) -> None:
        """Waits for so many seconds, by the clock of the cluster."""
        deadline = self.journal.now() + timedelta(seconds=seconds)
        while (left := (deadline - self.journal.now()).total_seconds()) > 0:
            self._wait_beyond(len(self.journal.versions), left)
