"""The table of the co-scheduler, and what each of its transitions decides.

Each transition returns its decision, or None if it does not apply. The README shows the first line
of its docstring. The order matters: a worthless hold is withdrawn before pods are bound.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from kuscia_conformance.kube.objects import PODS, Obj, condition_of, key_of, name_of, time_text
from reference_controller.actions import Bind, PatchStatus
from reference_controller.co_scheduler.fit import Node, obstacle, place, requests_of
from reference_controller.co_scheduler.seen import Gang, Seen
from reference_controller.machine import Decision, Machine, Transitions, do
from reference_controller.task_resource import changes
from reference_controller.task_resource.seen import Phase


def withdraw(seen: Seen) -> Decision | None:
    """Withdraws a hold on a node that is gone, not ready or too full; the youngest goes first."""
    nodes = {node.name: node for node in seen.nodes}
    for gang in reversed(seen.gangs):
        for pod, name in gang.held:
            if why := _unsound(pod, nodes.get(name)):
                return _let_go(seen, gang, pod, f"node {name} {why}")
    return None


def bind(seen: Seen) -> Decision | None:
    """Binds the pods of each Schedulable gang to the nodes that are held for them (SCH-027)."""
    pairs = [pair for gang in seen.in_phase(Phase.SCHEDULABLE) for pair in gang.held]
    return _bind(pairs)


def reserve(seen: Seen) -> Decision | None:
    """Hold room for every gang that finds enough of it, the oldest first (SCH-021, SC-15)."""
    reserved, nodes = [], list(seen.nodes)
    for gang in seen.in_phase(Phase.RESERVING):
        placed, left = place(gang.waiting, nodes)
        if gang.is_complete and len(placed) >= gang.need:
            reserved.append(changes.reserve(gang.resource, placed, seen.now))
            nodes = left
    return do(reserved, why=f"{len(reserved)} task resources") if reserved else None


def reject(seen: Seen) -> Decision | None:
    """Some of a gang's pods would fit, but not enough: it is out of this round (SCH-023)."""
    for gang in seen.in_phase(Phase.RESERVING):
        placed, _ = place(gang.waiting, seen.nodes)
        if gang.is_complete and 0 < len(placed) < gang.need:
            lacking = next(pod for pod in gang.waiting if name_of(pod) not in placed)
            reason = changes.pod_failed(gang.resource, name_of(lacking))
            why = f"room for {len(placed)} pods, {gang.need} are needed"
            return do(changes.fail(gang.resource, reason, seen.now, final=False), why=why)
    return None


def bind_further(seen: Seen) -> Decision | None:
    """Pods of a gang that has been let go without them, or beyond its minimum (SCH-029)."""
    nodes, pairs = list(seen.nodes), list[tuple[Obj, str]]()
    for gang in seen.in_phase(Phase.SCHEDULABLE):
        placed, left = place(gang.unheld, nodes)
        if placed and len(placed) >= gang.need:
            pods = {name_of(pod): pod for pod in gang.unheld}
            pairs += [(pods[name], node) for name, node in placed.items()]
            nodes = left
    return _bind(pairs)


def bind_single(seen: Seen) -> Decision | None:
    """Binds a pod without the annotation task-resource as soon as it fits a node (SCH-010 c)."""
    placed, _ = place(seen.singles, seen.nodes)
    return _bind([(pod, placed[name_of(pod)]) for pod in seen.singles if name_of(pod) in placed])


def explain(seen: Seen) -> Decision | None:
    """Writes into the condition PodScheduled of unbound pods why they wait (VW-18)."""
    told = [
        PatchStatus(PODS, pod, {**(pod.get("status") or {}), "conditions": conditions})
        for pod, message in (*_without_room(seen), *_skipped(seen), *seen.strays)
        if (conditions := _unschedulable(seen, pod, message)) is not None
    ]
    return do(told, why=f"{len(told)} pods have to wait") if told else None


#: There is one phase; the first that applies is taken.
TRANSITIONS: Transitions[Seen] = {
    "": [withdraw, bind, reserve, reject, bind_further, bind_single, explain],
}

MACHINE: Machine[Seen] = Machine(lambda _: "", TRANSITIONS, {})


def _unsound(pod: Obj, node: Node | None) -> str:
    """Why a hold on the node is worth nothing, in words that follow its name; "" if it is."""
    if node is None:
        return "does not serve the domain any more"
    if not node.is_ready:
        return "is not ready"
    return "has shrunk" if node.is_short_of(requests_of(pod)) else ""


def _let_go(seen: Seen, gang: Gang, pod: Obj, why: str) -> Decision:
    if gang.phase == Phase.SCHEDULABLE:
        return do(changes.release_hold(gang.resource), why=why)
    reason = changes.pod_failed(gang.resource, name_of(pod))
    return do(changes.fail(gang.resource, reason, seen.now, final=False), why=why)


def _bind(pairs: list[tuple[Obj, str]]) -> Decision | None:
    why = ", ".join(f"{key_of(pod)} to {node}" for pod, node in pairs)
    return do([Bind(pod, node) for pod, node in pairs], why=why) if pairs else None


def _without_room(seen: Seen) -> Iterator[tuple[Obj, str]]:
    gangs = [gang for gang in seen.gangs if _waits_for_room(gang)]
    for pod in (*(pod for gang in gangs for pod in gang.unheld), *seen.singles):
        yield pod, _message(seen, pod)


def _skipped(seen: Seen) -> Iterator[tuple[Obj, str]]:
    """Yields the pods of gangs that are out of the round, and why they wait (SCH-010 e and f).

    Pods that have the condition PodScheduled from an earlier round keep it.
    """
    for gang in seen.gangs:
        if gang.phase in ("", Phase.PENDING, Phase.FAILED):
            what = f"task resource {key_of(gang.resource)} status phase is {gang.phase}"
            for pod in gang.waiting:
                if condition_of(pod, "PodScheduled") is None:
                    yield pod, f"{what}, skip scheduling pod"


def _waits_for_room(gang: Gang) -> bool:
    return gang.phase in (Phase.RESERVING, Phase.SCHEDULABLE) and gang.is_complete


def _unschedulable(seen: Seen, pod: Obj, message: str) -> list[Obj] | None:
    """Returns the pod's conditions with the reason why it waits; None if they say so already."""
    known = condition_of(pod, "PodScheduled") or {}
    if known.get("status") == "False" and known.get("message") == message:
        return None
    since = known.get("lastTransitionTime") if known.get("status") == "False" else None
    condition = {
        "type": "PodScheduled",
        "status": "False",
        "reason": "Unschedulable",
        "message": message,
        "lastTransitionTime": since or time_text(seen.now),
    }
    others = (pod.get("status") or {}).get("conditions") or []
    return [*(c for c in others if c["type"] != "PodScheduled"), condition]


def _message(seen: Seen, pod: Obj) -> str:
    """Returns for example `domain bob has no room: 1 node that lacks cpu`."""
    if not seen.nodes:
        return f"domain {seen.domain} has no room: no node serves it"
    counts = Counter(obstacle(pod, node) or "has room for too few pods" for node in seen.nodes)
    words = [f"{count} node{'s' * (count > 1)} that {why}" for why, count in sorted(counts.items())]
    return f"domain {seen.domain} has no room: {', '.join(words)}"
