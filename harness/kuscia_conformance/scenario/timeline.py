"""The timeline of a scenario: one line for people per change that matters.

      +0.00  [suite] the task "psi" is created
      +0.00  task psi created
      +0.31  pod alice/psi-0 created
      +0.35  pod alice/psi-0 bound to simulated-1
      +0.40  task psi Pending  (×37, the last at +9.30)

What the suite itself does is marked, and stands where it began. `tellers` has the words for the
changes of each kind. A text that comes often stands once, where it came first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from kuscia_conformance.environment.journal import Version
from kuscia_conformance.kube import kuscia, objects
from kuscia_conformance.scenario.history import History
from kuscia_conformance.scenario.tellers import WORDS, Told, short, tell

#: How many lines a failure shows, the newest ones; events.ndjson has everything.
SHOWN = 40
#: How often the same text is repeated. One that comes more often stands once, with its count.
REPEATED = 3
#: So many writes of one object within so much time are a flood.
FLOOD, FLOOD_TIME = 50, timedelta(seconds=3)
#: Marks what the suite has done.
SUITE = "[suite]"
#: Changes of the same kind in several objects stand on one line if they come within this time.
TOGETHER = timedelta(seconds=0.05)
#: How many objects such a line names.
NAMED = 6


def timeline(history: History) -> list[str]:
    """Returns all lines, with the seconds since the scenario's first task was created."""
    start = first_task(history)
    acts = [Told(act.at, SUITE, "", act.text) for act in history.acts]
    # Acts come first: what follows from an act has the same moment on a virtual clock.
    told = sorted([*acts, *_changes(history.versions)], key=lambda each: each.at)
    return list(_lines(_once(told, start), start))


def _lines(told: Iterable[Told], start: datetime) -> Iterator[str]:
    for first, *others in _together(told):
        names = [each.name for each in (first, *others)]
        more = [f"{len(names) - NAMED} more"] if len(names) > NAMED else []
        named = ", ".join([*names[:NAMED], *more])
        words = (f"{first.kind}{'s' * bool(others)}", named, first.change)
        yield f"{_since(first.at, start):+7.2f}  {' '.join(word for word in words if word)}"


def _together(told: Iterable[Told]) -> Iterator[list[Told]]:
    """Yields successive changes that say the same of objects of one kind, in groups."""
    group: list[Told] = []
    for each in told:
        if group and not _belongs(each, group[0]):
            yield group
            group = []
        group.append(each)
    if group:
        yield group


def _belongs(told: Told, first: Told) -> bool:
    same = (told.kind, told.change) == (first.kind, first.change)
    return same and told.kind != SUITE and told.at - first.at <= TOGETHER


def first_task(history: History) -> datetime:
    """Returns when the scenario's first task was seen, or the scenario's start without a task."""
    tasks = (v.at for v in history.versions if v.resource is kuscia.KUSCIA_TASKS)
    return next(tasks, history.began)


def seconds(version: Version, start: datetime) -> float:
    """Returns the seconds from `start` until the version was seen."""
    return _since(version.at, start)


def _since(at: datetime, start: datetime) -> float:
    return (at - start).total_seconds()


def _changes(versions: Iterable[Version]) -> Iterator[Told]:
    before: dict[tuple[str, str], Version] = {}
    for version in versions:
        key = (version.resource.plural, version.key)
        last = before.get(key)
        there = last.object if last and not last.gone else None
        yield from tell(version, there, again=bool(last))
        before[key] = version


def _once(told: Sequence[Told], start: datetime) -> Iterator[Told]:
    """Yields the changes in their order; one that comes often comes once, with its count."""
    moments: defaultdict[str, list[datetime]] = defaultdict(list)
    for each in told:
        moments[each.text].append(each.at)
    often = set[str]()
    for each in told:
        times = moments[each.text]
        if len(times) <= REPEATED:
            yield each
        elif each.text not in often:
            often.add(each.text)
            count = f"(×{len(times)}, the last at {_since(times[-1], start):+.2f})"
            yield replace(each, change=f"{each.change}  {count}")


def floods(versions: Iterable[Version]) -> list[str]:
    """Returns a line for each object that was written FLOOD times or more within FLOOD_TIME.

    The nodes are left out, because the controller does not write them.
    """
    times: defaultdict[str, list[datetime]] = defaultdict(list)
    for version in versions:
        if version.resource in WORDS and version.resource is not objects.NODES:
            times[f"{WORDS[version.resource]} {short(version)}"].append(version.at)
    return [
        f"a flood of writes: {name} was written {len(at)} times in {_since(at[-1], at[0]):.1f} s"
        for name, at in times.items()
        if _is_flood(at)
    ]


def _is_flood(times: Sequence[datetime]) -> bool:
    spans = zip(times, times[FLOOD - 1 :], strict=False)
    return any(last - first <= FLOOD_TIME for first, last in spans)
