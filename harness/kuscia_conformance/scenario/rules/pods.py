"""Rules for pods and what they need, for nodes, and for objects of others (RN, SC, CL, CR)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from kuscia_conformance.kube.kuscia import TASK_RESOURCE_GROUPS
from kuscia_conformance.kube.objects import (
    CONFIG_MAPS,
    PODS,
    SERVICES,
    Obj,
    has_ended,
    namespace_of,
    phase_of,
)
from kuscia_conformance.scenario.capacity import overcommitted
from kuscia_conformance.scenario.rules.story import (
    SOON,
    Change,
    Life,
    Look,
    Story,
    parties_of,
    status_of,
)

#: Within how many seconds an object is gone that the suite has deleted.
_GRACE = timedelta(seconds=40)
#: What the kubelet, the scheduler and the API server write into objects of anybody.
_OTHERS_WRITE = ("nodeName", "clusterIP", "clusterIPs", "nodePort", "healthCheckNodePort")


def services_exist(story: Story) -> Iterator[Look]:
    for task in story.tasks:
        running = next((s for s in task.states if phase_of(s.object) == "Running"), None)
        if running is None:
            continue
        for key in status_of(running).get("serviceStatuses") or {}:
            if any(key.startswith(f"{pod.key}-") and pod.ended for pod in story.pods_of(task)):
                continue  # it goes with its pod, or is not made any more
            there = any(s.key == key and s.exists(running.at) for s in story.of(SERVICES))
            wrong = f"Running, and there is no service {key}"
            yield Look(task.name, running.at, wrong * (not there))
        for pod in (pod for pod in story.pods_of(task) if not pod.ended):
            for missing in _unmounted(story, pod, running.at):
                yield Look(task.name, running.at, f"Running, and {missing}")
        yield Look(task.name, running.at)


def maps_exist(story: Story) -> Iterator[Look]:
    for task in story.tasks:
        for pod in story.pods_of(task):
            if pod.bound and _mounted(pod):
                missing = [*_unmounted(story, pod, pod.bound)]
                yield Look(pod.name, pod.bound, f"bound, and {missing[0]}" if missing else "")


def enough_are_bound(story: Story) -> Iterator[Look]:
    for task in story.tasks:
        parties = Counter(domain for domain, _ in parties_of(task))
        for domain, bound in _bindings(story, task).items():
            first = min((moment for moment in bound if moment), default=None)
            if first is None or parties[domain] != 1 or not story.in_time(first):
                continue
            if story.acted(first, first + SOON) or task.is_over_by(first + SOON):
                continue
            soon = sum(moment is not None and moment <= first + SOON for moment in bound)
            least = _least(task, domain, len(bound))
            wrong = f"{soon} pods of {domain} are bound, and minReservedPods is {least}"
            yield Look(task.name, first, wrong * (soon < least))


def room_suffices(story: Story) -> Iterator[Look]:
    for task in story.tasks:
        for pod in story.pods_of(task):
            if pod.bound:
                yield Look(pod.name, pod.bound)
    yield from (Look("nodes", story.ended, text) for text in overcommitted(story.versions))


def none_runs_on(story: Story) -> Iterator[Look]:
    for task in story.tasks:
        ended = task.finished
        if ended is None or not story.in_time(ended) or task.is_gone_by(ended + SOON):
            continue
        for pod in story.pods_of(task):
            then = pod.at(ended + SOON)
            lives = pod.first.at <= ended + SOON and not pod.is_gone_by(ended + SOON)
            goes = has_ended(then) or "deletionTimestamp" in then["metadata"]
            wrong = f"{pod.name} is {phase_of(then) or 'Pending'} 10 s after the end"
            yield Look(task.name, ended, wrong * (lives and not goes))


def created_once(story: Story) -> Iterator[Look]:
    for task in story.tasks:
        found: dict[str, list[Life]] = defaultdict(list)
        for pod in story.pods_of(task):
            found[pod.key].append(pod)
        for pods in found.values():
            again = len(pods) > 1 and not any([*story.asked("delete", pods[0])])
            wrong = f"{pods[0].name} was created {len(pods)} times" * again
            yield Look(task.name, pods[-1].first.at, wrong)


def strangers_stay(story: Story) -> Iterator[Look]:
    given = _given(story)
    for resource in (PODS, SERVICES, CONFIG_MAPS):
        for life in story.of(resource):
            if not story.is_strange(life) or life.key in given:
                continue
            yield Look(life.name, life.first.at)
            for change in life.changes:
                if not _changed_by_us(story, life, change.at):
                    yield Look(life.name, change.at, _difference(change))
            if life.ended and not _deleted_by_us(story, life, life.ended):
                yield Look(life.name, life.ended, "was deleted, and not by the suite")


def _given(story: Story) -> set[str]:
    """Returns the pods that a group lists: the suite made them, and gave them to the controller."""
    versions = (version for group in story.of(TASK_RESOURCE_GROUPS) for version in group.versions)
    parties = (party for v in versions for party in v.object["spec"].get("parties") or ())
    return {f"{p['domainID']}/{pod['name']}" for p in parties for pod in p.get("pods") or ()}


def spec_stays(story: Story) -> Iterator[Look]:
    for task in story.tasks:
        yield Look(task.name, task.first.at)
        for change in task.changes:
            one, other = (v.object.get("spec") or {} for v in (change.before, change.after))
            if one != other and not _changed_by_us(story, task, change.at):
                fields = sorted(k for k in {**one, **other} if one.get(k) != other.get(k))
                yield Look(task.name, change.at, f"spec.{fields[0]} was changed")


def _difference(change: Change) -> str:
    """Returns which part of an object changed that belongs to its maker; "" if none did."""
    one, other = (_own_part(version.object) for version in (change.before, change.after))
    fields = sorted(name for name in {**one, **other} if one.get(name) != other.get(name))
    return f"{fields[0]} was changed, and not by the suite" if fields else ""


def _own_part(obj: Obj) -> Obj:
    metadata = obj["metadata"]
    kept = {name: metadata.get(name) for name in ("labels", "ownerReferences", "finalizers")}
    spec = {k: v for k, v in (obj.get("spec") or {}).items() if k not in _OTHERS_WRITE}
    return {
        **kept,
        "data": obj.get("data"),
        **{f"spec.{name}": part for name, part in spec.items()},
    }


def _changed_by_us(story: Story, life: Life, moment: datetime) -> bool:
    """Returns whether the suite changed the object itself at the moment."""
    acts = story.acts_at(moment, story.lag)
    verbs = (request.partition(" ") for act in acts for request in act.requests)
    return any(verb in ("patch", "update") and path == life.path for verb, _, path in verbs)


def _deleted_by_us(story: Story, life: Life, moment: datetime) -> bool:
    """Returns whether the suite deleted the object, or its namespace; a pod may take its time."""
    wanted = {f"delete {life.path}", f"delete /api/v1/namespaces/{life.key.partition('/')[0]}"}
    return any(wanted.intersection(act.requests) for act in story.acts_at(moment, _GRACE))


def _mounted(pod: Life) -> list[str]:
    """Returns the config maps that the pod cannot start without."""
    volumes = pod.first.object["spec"].get("volumes") or []
    found = [volume.get("configMap") or {} for volume in volumes]
    return [each["name"] for each in found if each.get("name") and not each.get("optional")]


def _unmounted(story: Story, pod: Life, moment: datetime) -> Iterator[str]:
    namespace = namespace_of(pod.first.object)
    for name in _mounted(pod):
        maps = [life for life in story.of(CONFIG_MAPS) if life.key == f"{namespace}/{name}"]
        if not any(life.exists(moment) for life in maps):
            yield f"there is no config map {namespace}/{name}, which {pod.name} mounts"


def _bindings(story: Story, task: Life) -> dict[str, list[datetime | None]]:
    """Returns when each pod of each domain was bound; None for one that never was."""
    found: dict[str, list[datetime | None]] = defaultdict(list)
    for pod in story.pods_of(task):
        found[str(namespace_of(pod.first.object))].append(pod.bound)
    return found


def _least(task: Life, domain: str, there: int) -> int:
    parties = (task.first.object.get("spec") or {}).get("parties") or []
    asked = [party.get("minReservedPods") for party in parties if party.get("domainID") == domain]
    least = asked[0] if asked and asked[0] else there
    return min(int(least), there)


JUDGES: Mapping[str, Callable[[Story], Iterator[Look]]] = {
    "services exist while running": services_exist,
    "mounted config maps exist": maps_exist,
    "enough pods are bound together": enough_are_bound,
    "room is never exceeded": room_suffices,
    "no pod runs on": none_runs_on,
    "each pod is created once": created_once,
    "strangers' objects are left alone": strangers_stay,
    "the spec is left alone": spec_stays,
}
