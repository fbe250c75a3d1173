"""One scenario as the rules see it: the lives of its objects, and what the suite did to them.

An object made again under its name is another object, with a life of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from kuscia_conformance.environment.journal import Version
from kuscia_conformance.kube.kuscia import KUSCIA_TASKS
from kuscia_conformance.kube.objects import (
    PODS,
    Obj,
    Resource,
    name_of,
    namespace_of,
    phase_of,
    status_writer,
    time_from,
    uid_of,
    version_of,
)
from kuscia_conformance.scenario.blame import OURS

#: The phases of a finished task.
FINAL = ("Succeeded", "Failed")
#: Within how many seconds something "soon" happens, as for RN-04.
SOON = timedelta(seconds=10)
_KILL, _START = "the controller is killed", "the controller is started"


class Look(NamedTuple):
    """One thing that a rule looked at, and what was wrong there; "" if nothing was."""

    what: str
    at: datetime
    wrong: str = ""


class Act(NamedTuple):
    """A step that acted: its words, when it began and ended, and what it asked of the cluster."""

    text: str
    began: datetime
    ended: datetime
    requests: Sequence[str]


@dataclass(frozen=True)
class Change:
    """Two successive versions of one object."""

    before: Version
    after: Version

    @property
    def at(self) -> datetime:
        return self.after.at

    @property
    def versions(self) -> tuple[Version, Version]:
        return self.before, self.after


@dataclass(frozen=True, eq=False)
class Life:
    """All versions of one object, from its creation on."""

    resource: Resource
    key: str
    versions: Sequence[Version]
    story: Story

    @property
    def first(self) -> Version:
        return self.versions[0]

    @property
    def last(self) -> Version:
        return self.versions[-1]

    @property
    def ended(self) -> datetime | None:
        """When the object was deleted; None if it is still there."""
        return self.last.at if self.last.gone else None

    @cached_property
    def name(self) -> str:
        """The words for it in a breach: `task psi`, `pod alice/psi-0`."""
        if self.resource is KUSCIA_TASKS:
            return f"task {name_of(self.first.object)}"
        return f"{self.resource.kind.lower()} {self.key}"

    @cached_property
    def path(self) -> str:
        """The path of the object in the API, as requests name it."""
        return self.resource.path(namespace_of(self.first.object), name_of(self.first.object))

    @cached_property
    def changes(self) -> Sequence[Change]:
        """Each change that the suite had no part in: it neither wrote, nor had just written."""
        lived = [version for version in self.versions if not version.gone]
        return [
            Change(one, other)
            for one, other in pairwise(lived)
            if not self.story.is_ours(one) and not self._is_answer(other)
        ]

    @cached_property
    def states(self) -> Sequence[Version]:
        """Each version with a status whose writer was not the suite."""
        lived = [version for version in self.versions if not version.gone]
        return [each for each in lived if status_of(each) and not self.story.is_ours(each)]

    @cached_property
    def settled(self) -> Sequence[Version]:
        """The states without those that still answer a write of the suite into the status."""
        return [each for each in self.states if not self._is_answer(each)]

    def _is_answer(self, version: Version) -> bool:
        """Returns whether the suite wrote the version, or one so shortly before it."""
        return any(at <= version.at <= at + self.story.lag for at in self._ours)

    @cached_property
    def _ours(self) -> Sequence[datetime]:
        return [each.at for each in self.versions if self.story.is_ours(each)]

    def since(self, phase: str) -> datetime | None:
        """Returns when it first had the phase."""
        return next((each.at for each in self.states if phase_of(each.object) == phase), None)

    @cached_property
    def finished(self) -> datetime | None:
        """When the task first had a final phase; None if it had none."""
        return min((moment for moment in map(self.since, FINAL) if moment), default=None)

    @cached_property
    def bound(self) -> datetime | None:
        """When the pod got its node; None if it has none."""
        return next((v.at for v in self.versions if v.object["spec"].get("nodeName")), None)

    def is_gone_by(self, moment: datetime) -> bool:
        return self.ended is not None and self.ended <= moment

    def is_over_by(self, moment: datetime) -> bool:
        """Returns whether the task had finished by then, or was gone."""
        return self.is_gone_by(moment) or (self.finished is not None and self.finished <= moment)

    def exists(self, at: datetime) -> bool:
        """Returns whether it existed at that moment, as far as watches of two kinds agree."""
        born = self.first.at - self.story.lag <= at
        return born and (self.ended is None or at <= self.ended + self.story.lag)

    def at(self, moment: datetime) -> Obj:
        """Returns the object as it was at the moment."""
        then = [each for each in self.versions if each.at <= moment]
        return (then or self.versions)[-1 if then else 0].object


@dataclass(frozen=True, eq=False)
class Story:
    """Every version that a scenario saw until its steps had ended, and the acts of the suite."""

    seen: Sequence[Version]
    acts: Sequence[Act]
    began: datetime
    ended: datetime
    virtual: bool = False

    @cached_property
    def versions(self) -> Sequence[Version]:
        return self.seen if self.virtual else _in_written_order(self.seen)

    def earliest(self, life: Life, version: Version) -> datetime:
        """Returns the earliest moment that a time in a status may have which the version wrote.

        On a real clock this is the write before it, because each watch may be late by any time.
        """
        if self.virtual:
            return version.at.replace(microsecond=0) - self.lag
        before = [
            each for each in life.versions if version_of(each.object) < version_of(version.object)
        ]
        writer = status_writer(before[-1].object) if before else None
        made = life.first.object["metadata"].get("creationTimestamp")
        return when((writer or {}).get("time") or made) or life.first.at - self.lag

    @property
    def lag(self) -> timedelta:
        """By how much a watch may lag behind another, or a time in a status behind its write."""
        return timedelta(seconds=1 if self.virtual else 2.5)

    @cached_property
    def lives(self) -> Sequence[Life]:
        found: dict[tuple[str, str, str], list[Version]] = {}
        for each in self.versions:
            place = (each.resource.plural, each.key, uid_of(each.object))
            found.setdefault(place, []).append(each)
        return [Life(each[0].resource, each[0].key, each, self) for each in found.values()]

    @cached_property
    def _by_resource(self) -> dict[Resource, list[Life]]:
        found: dict[Resource, list[Life]] = {}
        for life in self.lives:
            found.setdefault(life.resource, []).append(life)
        return found

    def of(self, resource: Resource) -> Sequence[Life]:
        return self._by_resource.get(resource, ())

    @cached_property
    def tasks(self) -> Sequence[Life]:
        return self.of(KUSCIA_TASKS)

    def pods_of(self, task: Life) -> Sequence[Life]:
        """Returns the pods of a task, which it owns or names in its status."""
        return self._pods[task]

    @cached_property
    def _pods(self) -> dict[Life, Sequence[Life]]:
        """The pods of each task; each rule asks for them again and again."""
        return {task: self._find_pods(task) for task in self.tasks}

    def _find_pods(self, task: Life) -> Sequence[Life]:
        """Returns the pods of a task: those that it owns, and those that its status names.

        A pod that the suite made belongs to no task.
        """
        keys = {key for each in task.states for key in status_of(each).get("podStatuses") or {}}
        return [
            pod
            for pod in self.of(PODS)
            if not self.is_strange(pod)
            and (_is_owned(pod, task) or (pod.key in keys and _overlap(pod, task)))
        ]

    @cached_property
    def down(self) -> Sequence[tuple[datetime, datetime]]:
        """When the suite had killed the controller, from the kill to the start."""
        kills = [act.began for act in self.acts if act.text.startswith(_KILL)]
        starts = [act.ended for act in self.acts if act.text.startswith(_START)]
        return [(kill, next((s for s in starts if s >= kill), self.ended)) for kill in kills]

    def in_time(self, moment: datetime, within: timedelta = SOON) -> bool:
        """Returns whether the controller had all that time, and the story goes on as long."""
        until = moment + within
        return until <= self.ended and not any(a <= until and moment <= b for a, b in self.down)

    def acts_at(self, moment: datetime, within: timedelta) -> list[Act]:
        """Returns the acts during which the moment lay, or that had ended shortly before it."""
        return [act for act in self.acts if act.began <= moment <= act.ended + within]

    def acted(self, began: datetime, ended: datetime) -> bool:
        """Returns whether the suite began to ask anything of the cluster in that time."""
        return any(began <= act.began <= ended and act.requests for act in self.acts)

    def disturbed(self, began: datetime, ended: datetime) -> bool:
        """Returns whether the suite asked anything of the cluster in that time."""
        return any(
            a.began <= ended and began <= a.ended + self.lag and a.requests for a in self.acts
        )

    def is_ours(self, version: Version) -> bool:
        """Returns whether the version is the suite's own write into the status of a task."""
        return id(version) in self._ours

    @cached_property
    def _ours(self) -> set[int]:
        """The versions that the suite wrote: after a request the first in its name, or the first.

        A request that only removes fields leaves no name in `managedFields`. The name alone would
        not do either: for the rest of the second it may stand before the controller's.
        """
        found: set[int] = set()
        for act in self.acts:
            for key, count in Counter(filter(None, map(_task_written, act.requests))).items():
                tasks = (v for v in self.versions if v.resource is KUSCIA_TASKS and v.key == key)
                then = [v for v in tasks if act.began <= v.at <= act.ended + self.lag]
                left = [version for version in then if id(version) not in found]
                found.update(map(id, self._written_in(act, left, count)))
        return found

    def _written_in(self, act: Act, versions: Sequence[Version], count: int) -> Sequence[Version]:
        """Returns what an act may have written; on a real clock all that came while it lasted."""
        if named := [*filter(_names_us, versions)]:
            return named[:count]
        during = [] if self.virtual else [v for v in versions if v.at <= act.ended]
        return during or versions[:count]

    def is_strange(self, life: Life) -> bool:
        """Returns whether the suite itself made the object."""
        return bool([*self.asked("create", life)])

    def asked(self, verb: str, life: Life) -> Iterator[Act]:
        """Yields the acts in which the suite asked this of the object itself."""
        path = life.resource.path(namespace_of(life.first.object), name_of(life.first.object))
        for act in self.acts:
            if (
                act.began <= (life.ended or self.ended) + self.lag
                and f"{verb} {path}" in act.requests
            ):
                yield act

    def since_began(self, moment: datetime) -> str:
        return f"{(moment - self.began).total_seconds():+.2f} s"


def _in_written_order(seen: Sequence[Version]) -> list[Version]:
    """Returns the versions as the API server wrote them, each with the latest moment it allows.

    Each kind has a watch of its own, which may lag behind the others. A version is older than each
    with a higher resourceVersion, so it was written before any of those was seen.
    """
    found: list[Version] = []
    for version in sorted(seen, key=lambda each: -version_of(each.object)):
        at = min(version.at, found[-1].at) if found else version.at
        found.append(replace(version, at=at))
    return found[::-1]


def _task_written(request: str) -> str:
    """Returns the key of the task whose status the request writes; "" if it does something else."""
    if request.startswith("patch ") and request.endswith("/status") and "/kusciatasks/" in request:
        *_, namespace, _, name, _ = request.split("/")
        return f"{namespace}/{name}"
    return ""


def _names_us(version: Version) -> bool:
    """Returns whether the suite seems to have written the status last."""
    return str((status_writer(version.object) or {}).get("manager")).startswith(OURS)


def status_of(version: Version) -> Obj:
    return version.object.get("status") or {}


def when(text: object) -> datetime | None:
    """Returns the moment in a field of a status; None if there is none, or no time."""
    try:
        return time_from(str(text)) if text else None
    except ValueError:
        return None


def disorder(named: Iterable[tuple[str, object]]) -> str:
    """Returns which of these times of a status is before the one ahead of it; "" if none is.

    Each time has a name. One that is absent does not count.
    """
    times = [(name, moment) for name, text in named if (moment := when(text))]
    wrong = [(a, b) for (a, one), (b, other) in pairwise(times) if other < one]
    return f"{wrong[0][1]} is before {wrong[0][0]}" if wrong else ""


def party_of(entry: Obj) -> tuple[str, str]:
    return str(entry.get("domainID", "")), str(entry.get("role") or "")


def parties_of(task: Life) -> list[tuple[str, str]]:
    """Returns domain and role of each party, each once."""
    spec = task.first.object.get("spec") or {}
    return list(dict.fromkeys(party_of(party) for party in spec.get("parties") or []))


def needed(task: Life) -> int:
    """Returns how many parties a task needs: minReservedMembers, or all."""
    spec = task.first.object.get("spec") or {}
    asked = (spec.get("scheduleConfig") or {}).get("minReservedMembers")
    count = len(parties_of(task))
    return min(int(asked), count) if asked else count


def _is_owned(pod: Life, task: Life) -> bool:
    owners = pod.first.object["metadata"].get("ownerReferences") or []
    return any(owner.get("uid") == uid_of(task.first.object) for owner in owners)


def _overlap(pod: Life, task: Life) -> bool:
    return pod.first.at >= task.first.at and (task.ended is None or pod.first.at <= task.ended)
