"""Rules for podStatuses and serviceStatuses (VW-09, VW-11, VW-16)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from kuscia_conformance.environment.journal import Version
from kuscia_conformance.kube.objects import SERVICES, Obj, is_ready, labels_of, phase_of
from kuscia_conformance.scenario.rules.story import (
    FINAL,
    SOON,
    Life,
    Look,
    Story,
    disorder,
    status_of,
    when,
)

#: How far a pod has come; the two ends are equally far.
_RANK = {"": 0, "Pending": 0, "Running": 1, "Succeeded": 2, "Failed": 2}


def _stay(field: str) -> Callable[[Story], Iterator[Look]]:
    def judge(story: Story) -> Iterator[Look]:
        for task in story.tasks:
            for change in task.changes:
                one, other = (status_of(v).get(field) or {} for v in (change.before, change.after))
                if one:
                    lost = sorted(one.keys() - other.keys())
                    yield Look(task.name, change.at, f"{field} lost {lost[0]}" if lost else "")

    return judge


def follows_pod(story: Story) -> Iterator[Look]:
    for task, state, key, entry in _entries(story, "podStatuses"):
        pods = [pod for pod in story.pods_of(task) if pod.key == key]
        if pods and entry.get("podPhase") in ("Running", "Succeeded"):
            seen = {
                phase_of(v.object) for p in pods for v in p.versions if v.at <= state.at + story.lag
            }
            ahead = max(map(_rank, seen), default=0) < _rank(entry["podPhase"])
            odd = entry["podPhase"] == "Succeeded" and "Succeeded" not in seen
            wrong = f"podPhase of {key} is {entry['podPhase']}, and the pod was {_last(seen)}"
            yield Look(task.name, state.at, wrong * (ahead or odd))
    yield from _catches_up(story)


def _catches_up(story: Story) -> Iterator[Look]:
    for task in story.tasks:
        for pod in story.pods_of(task):
            for phase in ("Running", *FINAL):
                since = next((v.at for v in pod.versions if phase_of(v.object) == phase), None)
                if since and story.in_time(since) and not task.is_over_by(since + SOON):
                    shown = [_pod_entry(s, pod.key) for s in task.states if s.at <= since + SOON]
                    found = {str(entry.get("podPhase", "")) for entry in shown}
                    wrong = f"{pod.name} was {phase}, and podPhase 10 s later {_last(found)}"
                    late = max(map(_rank, found), default=0) < _rank(phase)
                    yield Look(task.name, since, wrong * late)


def follows_node(story: Story) -> Iterator[Look]:
    for task, state, key, entry in _entries(story, "podStatuses"):
        pods = [pod for pod in story.pods_of(task) if pod.key == key]
        if pods and entry.get("nodeName"):
            nodes = {v.object["spec"].get("nodeName") for pod in pods for v in pod.versions}
            wrong = f"nodeName of {key} is {entry['nodeName']}" * (entry["nodeName"] not in nodes)
            yield Look(task.name, state.at, wrong)
    yield from _keeps_node(story)
    for task in story.tasks:
        for pod in story.pods_of(task):
            since = pod.bound
            if since and story.in_time(since) and not task.is_over_by(since + SOON):
                shown = [_pod_entry(s, pod.key) for s in task.states if s.at <= since + SOON]
                named = any(entry.get("nodeName") for entry in shown)
                wrong = f"{pod.name} was bound, and its entry has no nodeName 10 s later"
                yield Look(task.name, since, wrong * (not named))


def _keeps_node(story: Story) -> Iterator[Look]:
    for task in story.tasks:
        for change in task.changes:
            before, after = (status_of(v).get("podStatuses") or {} for v in change.versions)
            for key in before.keys() & after.keys():
                one, other = (entries[key].get("nodeName") for entries in (before, after))
                if one:
                    wrong = f"nodeName of {key} was {one} and became {other}" * (one != other)
                    yield Look(task.name, change.at, wrong)


def times_of_pods(story: Story) -> Iterator[Look]:
    for task, state, key, entry in _entries(story, "podStatuses"):
        made = task.first.object["metadata"].get("creationTimestamp")
        fields = [("creation of the task", made)]
        fields += [(name, entry.get(name)) for name in ("createTime", "startTime", "readyTime")]
        wrong = disorder(fields)
        yield Look(task.name, state.at, f"of {key}, {wrong}" if wrong else "")


def service_created(story: Story) -> Iterator[Look]:
    for task, state, key, entry in _entries(story, "serviceStatuses"):
        lives = [life for life in story.of(SERVICES) if life.key == key]
        if lives and entry.get("createTime"):
            born = {life.first.object["metadata"].get("creationTimestamp") for life in lives}
            wrong = f"createTime of {key} is {entry['createTime']}, and it was created {min(born)}"
            yield Look(task.name, state.at, wrong * (entry["createTime"] not in born))


def service_ready(story: Story) -> Iterator[Look]:
    for task, state, key, entry in _entries(story, "serviceStatuses"):
        ready = when(entry.get("readyTime"))
        if ready is None:
            continue
        before = [("its createTime", when(entry.get("createTime")))]
        before += [(f"the start of {pod.name}", _start(pod)) for pod in _behind(story, task, key)]
        wrong = [name for name, moment in before if moment and ready < moment]
        if any(moment for _, moment in before):
            text = f"readyTime of {key} is before {wrong[0]}" if wrong else ""
            yield Look(task.name, state.at, text)
        if pods := [*_behind(story, task, key)]:
            unready = not any(_was_ready(pod, state.at + story.lag) for pod in pods)
            text = f"{key} has a readyTime, though its pod was never ready" * unready
            yield Look(task.name, state.at, text)


def _behind(story: Story, task: Life, key: str) -> Iterator[Life]:
    """Yields the pods of the task to which a service leads by its selector."""
    for service in story.of(SERVICES):
        selector = service.last.object["spec"].get("selector")
        if service.key == key and selector:
            for pod in story.pods_of(task):
                same = pod.key.partition("/")[0] == key.partition("/")[0]
                if same and selector.items() <= labels_of(pod.last.object).items():
                    yield pod


def _was_ready(pod: Life, moment: datetime) -> bool:
    return any(is_ready(version.object) for version in pod.versions if version.at <= moment)


def _start(pod: Life) -> datetime | None:
    starts = [(v.object.get("status") or {}).get("startTime") for v in pod.versions]
    return next((when(text) for text in starts if text), None)


def _entries(story: Story, field: str) -> Iterator[tuple[Life, Version, str, Obj]]:
    """Yields each entry of each state of each task, once for each content."""
    for task in story.tasks:
        known: dict[str, Obj] = {}
        for state in task.states:
            for key, entry in (status_of(state).get(field) or {}).items():
                if known.get(key) != entry:
                    known[key] = entry
                    yield task, state, key, entry


def _pod_entry(state: Version, key: str) -> Obj:
    return (status_of(state).get("podStatuses") or {}).get(key) or {}


def _rank(phase: str) -> int:
    return _RANK.get(phase, 0)


def _last(phases: set[str]) -> str:
    return max(phases, key=_rank, default="") or "without phase"


JUDGES: Mapping[str, Callable[[Story], Iterator[Look]]] = {
    "entries of pods stay": _stay("podStatuses"),
    "entries of services stay": _stay("serviceStatuses"),
    "podPhase follows the pod": follows_pod,
    "nodeName follows the pod": follows_node,
    "times of pods are in order": times_of_pods,
    "createTime of services is their creation": service_created,
    "services are ready after their pods start": service_ready,
}
