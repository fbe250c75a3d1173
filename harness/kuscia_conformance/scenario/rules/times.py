"""Rules for startTime, completionTime and lastReconcileTime (VW-03), and for rest (RN-13).

Times in a status are whole seconds, cut off: a time is up to one second before its moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from kuscia_conformance.environment.journal import Version
from kuscia_conformance.kube import objects
from kuscia_conformance.kube.kuscia import KUSCIA_TASKS, TASK_RESOURCE_GROUPS, TASK_RESOURCES
from kuscia_conformance.kube.objects import Obj, name_of, phase_of
from kuscia_conformance.scenario.rules.story import (
    FINAL,
    SOON,
    Change,
    Life,
    Look,
    Story,
    status_of,
    when,
)

START, COMPLETION, RECONCILED = "startTime", "completionTime", "lastReconcileTime"
_SECOND = timedelta(seconds=1)
#: What a controller writes to say what it has done: its own write does not stir it.
_WRITTEN = (KUSCIA_TASKS, TASK_RESOURCE_GROUPS, TASK_RESOURCES)
#: For how long nothing may change before a task counts as at rest.
_REST = timedelta(seconds=5)


def start_is_first(story: Story) -> Iterator[Look]:
    for task in story.tasks:
        first = next((each for each in task.states if when(status_of(each).get(START))), None)
        started = when(status_of(first).get(START)) if first else None
        if first is None or started is None or _restored(task, first):
            continue
        made = when(task.first.object["metadata"].get("creationTimestamp"))
        wrong = f"startTime {_clock(started)} is before the creation" * bool(
            made and started < made
        )
        yield Look(task.name, first.at, wrong or _not_now(story, task, first, START))


def completion_follows(story: Story) -> Iterator[Look]:
    for task in story.tasks:
        for state in task.states:
            completed = when(status_of(state).get(COMPLETION))
            started = when(status_of(state).get(START))
            if completed and started:
                wrong = f"completionTime {_clock(completed)} is before startTime {_clock(started)}"
                yield Look(task.name, state.at, wrong * (completed < started))
        yield from _completed(story, task)


def _completed(story: Story, task: Life) -> Iterator[Look]:
    final = next((state for state in task.states if phase_of(state.object) in FINAL), None)
    if final is None:
        return
    ended = final.at
    found = [s for s in task.states if when(status_of(s).get(COMPLETION)) and s.at >= ended]
    if found and found[0].at <= ended + SOON:
        text = status_of(found[0])[COMPLETION]
        completed = when(text) or ended
        # Whoever adds it by a second write may take the moment of either.
        odd = not story.earliest(task, final) <= completed <= found[0].at + story.lag
        wrong = f"completionTime is {_clock(completed)}, and the task finished at {_clock(ended)}"
        yield Look(task.name, found[0].at, wrong * odd)
    elif story.in_time(ended) and (task.ended is None or task.ended > ended + SOON):
        yield Look(task.name, ended, "finished, and has no completionTime 10 s later")


def completion_is_last(story: Story) -> Iterator[Look]:
    for task in story.tasks:
        for state in task.settled:
            phase, completed = phase_of(state.object), status_of(state).get(COMPLETION)
            if phase not in FINAL:
                wrong = f"{phase or 'no phase'}, with completionTime {completed}" * bool(completed)
                yield Look(task.name, state.at, wrong)


def _stays(field: str) -> Callable[[Story], Iterator[Look]]:
    def judge(story: Story) -> Iterator[Look]:
        for task in story.tasks:
            for change in task.changes:
                one, other = (status_of(v).get(field) for v in (change.before, change.after))
                if one:
                    wrong = f"{field} was {one} and became {other}" * (one != other)
                    yield Look(task.name, change.at, wrong)

    return judge


def reconciled_goes_on(story: Story) -> Iterator[Look]:
    for task in story.tasks:
        for state in task.states:
            moved, started = (when(status_of(state).get(f)) for f in (RECONCILED, START))
            if moved and started:
                wrong = f"lastReconcileTime {_clock(moved)} is before startTime {_clock(started)}"
                yield Look(task.name, state.at, wrong * (moved < started))
        for change in task.changes:
            one, other = (when(status_of(v).get(RECONCILED)) for v in (change.before, change.after))
            if one:
                back = other is None or other < one
                wrong = f"lastReconcileTime went from {_clock(one)} to {_clock(other)}" * back
                yield Look(task.name, change.at, wrong)


def reconciled_moves(story: Story) -> Iterator[Look]:
    for task in story.tasks:
        for state in task.states[:1]:
            yield _moved(story, task, state)
        for change in task.changes:
            if _content(change.before) != _content(change.after):
                yield _moved(story, task, change.after)


def _moved(story: Story, task: Life, state: Version) -> Look:
    moved = when(status_of(state).get(RECONCILED))
    if moved is None:
        return Look(task.name, state.at, "the status changed, and has no lastReconcileTime")
    return Look(task.name, state.at, _not_now(story, task, state, RECONCILED))


def quiet(story: Story) -> Iterator[Look]:
    for task in story.tasks:
        moved = [moment for moment in map(task.since, ("Running", *FINAL)) if moment]
        if not moved:
            continue  # a waiting task has timers: rounds, holds, its lifecycle
        groups = (
            life
            for life in story.of(TASK_RESOURCE_GROUPS)
            if life.key == name_of(task.first.object)
        )
        for life in (task, *groups):
            for change in life.changes:
                if change.before.at >= min(moved) and not _adds_completion(change):
                    # A lifecycle that is over moves the phase, though nothing else changes.
                    moves = any(moment <= change.at <= moment + _REST for moment in moved)
                    idle = not moves and not _stirred(story, change.at)
                    wrong = "it was written, though nothing had changed for 5 s" * idle
                    yield Look(life.name, change.at, wrong)


def _adds_completion(change: Change) -> bool:
    """Returns whether the task has got its completionTime, for which there is time (VW-03c)."""
    before, after = (status_of(version) for version in (change.before, change.after))
    return COMPLETION in after and COMPLETION not in before


def _stirred(story: Story, at: datetime) -> bool:
    """Returns whether anything of which tasks consist changed in the seconds before."""
    began = at - _REST
    others = (each for each in story.versions if each.resource not in _WRITTEN)
    return any(began <= v.at <= at for v in others) or story.disturbed(began, at)


def _content(version: Version) -> Obj:
    """Returns a status without what may change alone (D-20)."""
    left_out = (RECONCILED, COMPLETION)
    return {name: part for name, part in status_of(version).items() if name not in left_out}


def _not_now(story: Story, task: Life, state: Version, field: str) -> str:
    """Returns what is wrong with a time that has to be the moment of its write."""
    found = when(status_of(state).get(field))
    if found and story.earliest(task, state) <= found <= state.at + _SECOND:
        return ""
    return f"{field} is {_clock(found)}, and was written at {_clock(state.at)}"


def _restored(task: Life, state: Version) -> bool:
    """Returns whether the suite had written into the status before."""
    return any(version.at < state.at and status_of(version) for version in task.versions)


def _clock(moment: datetime | None) -> str:
    return objects.time_text(moment)[11:-1] if moment else "none"


JUDGES: Mapping[str, Callable[[Story], Iterator[Look]]] = {
    "startTime is when the task was first handled": start_is_first,
    "startTime stays": _stays(START),
    "completionTime follows the final phase": completion_follows,
    "completionTime only with a final phase": completion_is_last,
    "completionTime stays": _stays(COMPLETION),
    "lastReconcileTime never decreases": reconciled_goes_on,
    "lastReconcileTime moves with the status": reconciled_moves,
    "quiet at rest": quiet,
}
