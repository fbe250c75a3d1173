"""Checks the guarantees of scheduling at every change of a store (scheduling.md REF-4).

`Promises` listens to the store, keeps the current objects, and collects violations in `broken`.
Some states are allowed for a short time only. These are checked after time has passed: just before
the next change, and when `look` is called. They count as late only while a controller runs.
"""

import json
from collections import defaultdict
from typing import Any

from kuscia_conformance.apiserver.storage.store import for_reading
from kuscia_conformance.clusters.borrowed_nodes import SLOT
from kuscia_conformance.environment.virtual_clock import BEGINNING
from kuscia_conformance.kube.kuscia import (
    DOMAIN_LABEL,
    KUSCIA_TASKS,
    TASK_RESOURCE_GROUPS,
    TASK_RESOURCES,
)
from kuscia_conformance.kube.objects import (
    CONFIG_MAPS,
    NODES,
    PODS,
    SERVICES,
    annotations_of,
    condition_of,
    key_of,
    labels_of,
    name_of,
    namespace_of,
    time_from,
    uid_of,
)
from reference_controller import names

#: The seconds for which the controller may use an old state, because its write is under way.
UNAWARE = 0.1
#: The tolerance for times in seconds: the clock is finer than the microseconds of a datetime.
EXACT = 0.001
#: The longest time, in seconds, for an immediate reaction.
SOON = 1.0
#: The same for the end of a lifecycle: status times are whole seconds, and several writes follow.
SOON_AFTER_LIFECYCLE = 2.0

WATCHED = {
    (resource.group, resource.plural): resource
    for resource in (
        NODES, PODS, SERVICES, CONFIG_MAPS, KUSCIA_TASKS, TASK_RESOURCE_GROUPS, TASK_RESOURCES,
    )
}  # fmt: skip
HOLDING, ENDED = ("Reserved", "Schedulable"), ("Succeeded", "Failed")


def phase_of(obj):
    return (obj.get("status") or {}).get("phase") or ""


def is_of_task(obj):
    return names.TASK_UID in labels_of(obj)


def node_of(pod):
    return pod["spec"].get("nodeName")


def slots_of(pod):
    return sum(
        int(((c.get("resources") or {}).get("requests") or {}).get(SLOT, 0))
        for c in pod["spec"]["containers"]
    )


def waits(pod):
    is_ending = "deletionTimestamp" in pod["metadata"]
    return not node_of(pod) and not is_ending and phase_of(pod) not in ENDED


def holds_of(resource):
    """Returns the node that a TaskResource has reserved for each pod, by pod name."""
    if phase_of(resource) not in HOLDING:
        return {}
    return json.loads(annotations_of(resource).get(names.RESERVATION) or "{}")


class Promises:
    """Listens to a store, and collects violations of the guarantees in `broken`.

    `now` returns the seconds of the clock. Set `controller_since` while a controller runs.
    """

    def __init__(self, store, now):
        self.now = now
        self.broken = []
        #: Whether changes are recorded only and not checked.
        self.deaf = False
        #: The time since which a controller runs; None while no controller runs.
        self.controller_since = None
        self.there: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
        #: The time at which each object entered its phase, by uid.
        self._entered = {}
        #: The deleted objects with the time of deletion, by resource and key.
        self._gone = {}
        self._retries = defaultdict(int)
        #: The time since which too few parties hold a reservation, by the group's uid.
        self._too_few_since = {}
        #: The last time at which something other than the scheduler changed the room of a domain.
        self._disturbed = defaultdict(lambda: -1.0)
        #: The pods of each TaskResource that were ever bound, and the time of the first binding.
        self._bound = defaultdict(set)
        self._bound_since = {}
        #: The time since which a group waits although all its pods would fit, by the group's uid.
        self._chance_since = {}
        store.listeners.append(self.changed)

    def changed(self, kind, change):
        """Records a change of the store, and checks it unless `deaf` is set."""
        resource = WATCHED.get(kind)
        if resource is None:
            return
        if not self.deaf:
            self.look()
        new = None if change.type == "DELETED" else for_reading(change.new)
        there, key = self.there[resource], _key(change.new)
        old = there.pop(key, None)
        if new is None:
            self._gone[resource, key] = (self.now(), old)
        else:
            there[key] = new
        if not self.deaf:
            self._judge(resource, old, new)

    def _judge(self, resource, old, new):
        self._note_phase(old, new)
        judge = {
            NODES: self._node,
            PODS: self._pod,
            TASK_RESOURCES: self._resource,
            TASK_RESOURCE_GROUPS: self._group,
            KUSCIA_TASKS: self._task,
        }.get(resource)
        if judge:
            judge(old, new)

    def _note_phase(self, old, new):
        if new and (old is None or uid_of(old) != uid_of(new) or phase_of(old) != phase_of(new)):
            self._entered[uid_of(new)] = self.now()

    def _break(self, text):
        self.broken.append(f"{self.now():.3f} s: {text}")

    # Room

    def _node(self, old, new):
        before, after = _room(old), _room(new)
        if after < before or old is None or new is None:
            self._disturbed[labels_of(new or old).get(DOMAIN_LABEL)] = self.now()

    def _pod(self, old, new):
        if new is None:
            if not node_of(old) or phase_of(old) not in ENDED:
                self._disturbed[namespace_of(old)] = self.now()
            return
        if not node_of(new) or (old and node_of(old)):
            return
        if is_of_task(new):
            self._judge_binding(new)
            self._judge_room(node_of(new), f"{key_of(new)} was bound")
        else:
            self._disturbed[namespace_of(new)] = self.now()

    def _judge_binding(self, pod):
        name = annotations_of(pod).get(names.TASK_RESOURCE)
        key = f"{namespace_of(pod)}/{name}"
        resource = self._recent(TASK_RESOURCES, key)
        if resource is None or phase_of(resource) != "Schedulable":
            self._break(
                f"{key_of(pod)} was bound while {key} was {resource and phase_of(resource)}"
            )
            return
        bound = self._bound[uid_of(resource)]
        bound.add(uid_of(pod))
        self._bound_since.setdefault(uid_of(resource), self.now())

    def _recent(self, resource, key):
        """Returns the object, or its last version if it was deleted within UNAWARE seconds."""
        since, gone = self._gone.get((resource, key), (-1.0, None))
        known = self.there[resource].get(key)
        return known or (gone if self.now() - since <= UNAWARE else None)

    def _judge_room(self, node, what):
        known = self.there[NODES].get(node)
        domain = labels_of(known).get(DOMAIN_LABEL) if known else None
        free = self._free().get(node, -1)
        if free < 0 and (known is None or self.now() - self._disturbed[domain] > UNAWARE):
            recently = self.now() - self._gone.get((NODES, node), (-1.0, None))[0] <= UNAWARE
            if known or not recently:
                self._break(f"{node} is short of {-free} slots: {what}")

    def _free(self, *, without=""):
        """Returns the free slots of each node; reservations of group `without` count as free."""
        free = {name: _room(node) for name, node in self.there[NODES].items()}
        for pod in self.there[PODS].values():
            if node_of(pod) in free and phase_of(pod) not in ENDED:
                free[node_of(pod)] -= slots_of(pod)
        for resource in self.there[TASK_RESOURCES].values():
            if _group_uid(resource) != without:
                for pod, node in self._held(resource):
                    if node in free:
                        free[node] -= slots_of(pod)
        return free

    def _held(self, resource):
        for name, node in holds_of(resource).items():
            pod = self.there[PODS].get(f"{namespace_of(resource)}/{name}")
            if pod and waits(pod):
                yield pod, node

    # Phases

    def _resource(self, old, new):
        group = self._recent(TASK_RESOURCE_GROUPS, _group_name(new or old))
        if group:
            self._count_holders(group)
        if new is None:
            self._disturbed[namespace_of(old)] = self.now()
            return
        for pod, node in self._held(new):
            if not old or holds_of(old).get(name_of(pod)) != node:
                self._judge_room(node, f"{key_of(new)} holds it for {key_of(pod)}")
        if phase_of(new) == "Schedulable" and (group is None or phase_of(group) != "Reserved"):
            self._break(f"{key_of(new)} is Schedulable, its group {group and phase_of(group)}")
        if old and phase_of(old) == "Schedulable" and phase_of(new) != "Schedulable":
            self._break(f"{key_of(new)} went from Schedulable to {phase_of(new)}")

    def _count_holders(self, group):
        if self._holders(group) >= group["spec"]["minReservedMembers"]:
            self._too_few_since.pop(uid_of(group), None)
        else:
            self._too_few_since.setdefault(uid_of(group), self.now())

    def _holders(self, group):
        return sum(phase_of(resource) in HOLDING for resource in self._resources(group))

    def _resources(self, group):
        return [r for r in self.there[TASK_RESOURCES].values() if _group_uid(r) == uid_of(group)]

    def _group(self, old, new):
        if new is None:
            return
        before, after = phase_of(old) if old else "", phase_of(new)
        name, uid = name_of(new), uid_of(new)
        if (before, after) == ("ReserveFailed", "Reserving"):
            self._retries[uid] += 1
        if ((new.get("status") or {}).get("retryCount") or 0) != self._retries[uid]:
            self._break(f"group {name} counts wrongly: {self._retries[uid]} retries")
        if before in ("Reserved", "Failed") and after != before:
            self._break(f"group {name} went from {before} to {after}")
        if after == "Reserved" != before:
            late = self.now() - self._too_few_since.get(uid, self.now())
            if uid in self._too_few_since and late > UNAWARE:
                self._break(f"group {name} is Reserved, and too few hold anything")

    def _task(self, old, new):
        before, after = phase_of(old) if old else "", phase_of(new) if new else ""
        if new and before in ENDED and uid_of(old) == uid_of(new) and after != before:
            self._break(f"task {name_of(new)} went from {before} to {after}")
        early = new and after == "Failed" and self.now() < _expiry(new) - EXACT
        if early and after != before and new["status"].get("reason") == "LifecycleExpired":
            self._break(f"task {name_of(new)} has expired before its time")

    # States that are allowed for a short time only

    def look(self):
        """Checks the states that have lasted until now."""
        if self.controller_since is None:
            return
        for group in self.there[TASK_RESOURCE_GROUPS].values():
            self._judge_group(group)
            self._judge_chance(group)
        for resource in self.there[TASK_RESOURCES].values():
            self._judge_hold(resource)
            self._judge_gang(resource)
        for task in self.there[KUSCIA_TASKS].values():
            self._judge_lifecycle(task)

    def _lasts(self, since, longest):
        """Tells whether a controller could see the state for more than `longest` seconds."""
        return self.now() > max(since, self.controller_since) + longest

    def _judge_group(self, group):
        phase, since = phase_of(group), self._entered[uid_of(group)]
        completed = "completionTime" in (group.get("status") or {})
        if completed != (phase in ("Reserved", "Failed")) and self._lasts(since, SOON):
            self._break(f"group {name_of(group)} is {phase}, completed: {completed}")
        if phase in ("ReserveFailed", "Failed"):
            for resource in self._resources(group):
                # The next round may have begun for the party and not yet for the group.
                held_since = self._entered[uid_of(resource)]
                if holds_of(resource) and self._lasts(max(since, held_since), SOON):
                    self._break(f"{key_of(resource)} holds on, its group is {phase}")

    def _judge_hold(self, resource):
        since, seconds = (
            self._entered[uid_of(resource)],
            resource["spec"]["resourceReservedSeconds"],
        )
        if phase_of(resource) == "Reserved" and self._lasts(since + seconds, SOON):
            self._break(f"{key_of(resource)} has held its room for more than {seconds} s")

    def _judge_gang(self, resource):
        """Checks SC-10 if no room and no pods were taken away since the binding."""
        bound, since = self._bound[uid_of(resource)], self._bound_since.get(uid_of(resource), 0)
        few = 0 < len(bound) < resource["spec"]["minReservedPods"]
        calm = self._disturbed[namespace_of(resource)] < since - UNAWARE
        if few and calm and self._lasts(since, SOON):
            self._break(f"only {len(bound)} pods of {key_of(resource)} are bound")

    def _judge_lifecycle(self, task):
        if phase_of(task) != "Pending" or "deletionTimestamp" in task["metadata"]:
            return
        group = self.there[TASK_RESOURCE_GROUPS].get(name_of(task))
        if group and phase_of(group) == "Reserved":
            return
        if self._lasts(_expiry(task), SOON_AFTER_LIFECYCLE):
            self._break(f"task {name_of(task)} waits beyond its lifecycle")

    # Liveness

    def _judge_chance(self, group):
        """Checks liveness: a group that waits with room for all its pods must be scheduled soon."""
        uid, waits = uid_of(group), phase_of(group) in ("Reserving", "ReserveFailed")
        if not (waits and self._has_room(group)):
            self._chance_since.pop(uid, None)
            return
        since = self._chance_since.setdefault(uid, self.now())
        if self._lasts(since, group["spec"]["retryIntervalSeconds"] + SOON):
            self._break(f"there was room for {name_of(group)} all the time")

    def _has_room(self, group):
        free = self._free(without=uid_of(group))
        resources = {key_of(resource) for resource in self._resources(group)}
        return all(
            f"{party['domainID']}/{party['taskResourceName']}" in resources
            and self._fits(party, free)
            for party in group["spec"]["parties"]
        )

    def _fits(self, party, free):
        domain = party["domainID"]
        pods = [self.there[PODS].get(f"{domain}/{pod['name']}") for pod in party["pods"]]
        if not all(pod and (waits(pod) or node_of(pod)) for pod in pods):
            return False
        if any(node_of(pod) for pod in pods):
            return True
        slots = slots_of(pods[0])
        nodes = [n for n in self.there[NODES].values() if _serves(n, domain)]
        return sum(max(free[name_of(node)], 0) // slots for node in nodes) >= len(pods)


def _key(stored):
    return f"{stored.namespace}/{stored.name}" if stored.namespace else stored.name


def _room(node):
    return int(node["status"].get("allocatable", {}).get(SLOT, 0)) if node else 0


def _group_name(resource):
    return annotations_of(resource).get(names.TASK_RESOURCE_GROUP)


def _group_uid(obj):
    return labels_of(obj).get(names.TASK_RESOURCE_GROUP_UID)


def _serves(node, domain):
    ready = (condition_of(node, "Ready") or {}).get("status") == "True"
    open_ = not node["spec"].get("unschedulable") and not node["spec"].get("taints")
    return labels_of(node).get(DOMAIN_LABEL) == domain and ready and open_


def _expiry(task):
    """Returns the end of the task's lifecycle in seconds of the virtual clock."""
    schedule = task["spec"].get("scheduleConfig") or {}
    started = (time_from(task["status"]["startTime"]) - BEGINNING).total_seconds()
    return started + (schedule.get("lifecycleSeconds") or 300)
