"""Rules for the conditions of a task (VW-08)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from kuscia_conformance.environment.journal import Version
from kuscia_conformance.kube.objects import PODS, SERVICES, Obj, phase_of
from kuscia_conformance.scenario.rules.story import Life, Look, Story, disorder, status_of, when

CREATED, RUNNING, SUCCESS = "ResourceCreated", "Running", "Success"
KNOWN = (CREATED, RUNNING, SUCCESS)


def one_form(story: Story) -> Iterator[Look]:
    for task, state in _states(story):
        found = _list(state)
        types = [condition.get("type") for condition in found]
        twice = [each for each in types if types.count(each) > 1]
        odd = [each for each in found if each.get("status") not in ("True", "False", "Unknown")]
        wrong = f"the condition {twice[0]} occurs twice" if twice else ""
        yield Look(task.name, state.at, wrong or (f"a condition is {odd[0]}" if odd else ""))


def stay_true(story: Story) -> Iterator[Look]:
    for task in story.tasks:
        for change in task.changes:
            after = _by_type(change.after)
            for kind, before in _by_type(change.before).items():
                if kind in KNOWN and before.get("status") == "True":
                    now = after.get(kind, {}).get("status", "absent")
                    wrong = f"the condition {kind} was True and became {now}" * (now != "True")
                    yield Look(task.name, change.at, wrong)


def dated(story: Story) -> Iterator[Look]:
    for task in story.tasks:
        for change in task.changes:
            before = _by_type(change.before)
            for kind, now in _by_type(change.after).items():
                earliest = story.earliest(task, change.after)
                between = (earliest, change.at + story.lag)
                yield Look(task.name, change.at, _date(kind, before.get(kind), now, between))


def _date(kind: str, before: Obj | None, now: Obj, between: tuple[datetime, datetime]) -> str:
    """Returns what is wrong with the lastTransitionTime of a condition that a change wrote."""
    text = now.get("lastTransitionTime")
    if before and before.get("status") == now.get("status"):
        was = before.get("lastTransitionTime")
        return f"the condition {kind} stayed, and its date went from {was} to {text}" * (
            was != text
        )
    moment, (earliest, latest) = when(text), between
    if moment and earliest <= moment <= latest:
        return ""
    return f"the condition {kind} changed at {earliest:%H:%M:%S} or later, and is dated {text}"


def of_succeeded(story: Story) -> Iterator[Look]:
    for task, state in _states(story):
        if phase_of(state.object) == "Succeeded":
            found = _by_type(state)
            lacking = [k for k in KNOWN if found.get(k, {}).get("status") != "True"]
            wrong = f"Succeeded, and the condition {lacking[0]} is not True" if lacking else ""
            yield Look(task.name, state.at, wrong)


def in_order(story: Story) -> Iterator[Look]:
    for task, state in _states(story):
        if phase_of(state.object) == "Succeeded":
            yield Look(task.name, state.at, _disorder(state))


def _disorder(state: Version) -> str:
    status, found = status_of(state), _by_type(state)
    named = [("startTime", status.get("startTime"))]
    named += [(kind, found.get(kind, {}).get("lastTransitionTime")) for kind in KNOWN]
    named += [("completionTime", status.get("completionTime"))]
    return disorder(named)


def created_last(story: Story) -> Iterator[Look]:
    for task, state in _states(story):
        if _is_true(state, CREATED):
            missing = [*_missing(story, task, state)]
            wrong = f"ResourceCreated is True, though there is no {missing[0]}" if missing else ""
            yield Look(task.name, state.at, wrong)
            return


def _missing(story: Story, task: Life, state: Version) -> Iterator[str]:
    """Yields what the status names, or each party needs, and did not exist then."""
    status = status_of(state)
    for resource, field in ((PODS, "podStatuses"), (SERVICES, "serviceStatuses")):
        lives = story.of(resource)
        for key in status.get(field) or {}:
            if not any(life.key == key and life.exists(state.at) for life in lives):
                yield f"{resource.kind.lower()} {key}"
    if not any(pod.first.at <= state.at + story.lag for pod in story.pods_of(task)):
        yield f"pod of {task.name}"


def success_last(story: Story) -> Iterator[Look]:
    for task, state in _states(story):
        phase = phase_of(state.object)
        if phase != "Succeeded":
            wrong = f"the condition Success is True, and the phase {phase or 'absent'}"
            yield Look(task.name, state.at, wrong * _is_true(state, SUCCESS))


def _states(story: Story) -> Iterator[tuple[Life, Version]]:
    for task in story.tasks:
        yield from ((task, state) for state in task.settled)


def _list(version: Version) -> list[Obj]:
    return status_of(version).get("conditions") or []


def _by_type(version: Version) -> dict[str, Obj]:
    return {str(condition.get("type")): condition for condition in _list(version)}


def _is_true(version: Version, kind: str) -> bool:
    return _by_type(version).get(kind, {}).get("status") == "True"


JUDGES: Mapping[str, Callable[[Story], Iterator[Look]]] = {
    "conditions have one form": one_form,
    "conditions stay True": stay_true,
    "conditions are dated by their change": dated,
    "conditions of a Succeeded task": of_succeeded,
    "order of conditions": in_order,
    "ResourceCreated follows pods and services": created_last,
    "Success only when Succeeded": success_last,
}
