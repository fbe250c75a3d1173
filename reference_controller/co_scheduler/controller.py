"""How the runtime looks at a domain, and how much room pods and holds take on its nodes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from kuscia_conformance.kube.kuscia import TASK_RESOURCES
from kuscia_conformance.kube.objects import (
    NAMESPACES,
    NODES,
    PODS,
    Obj,
    Resource,
    annotations_of,
    has_ended,
    key_of,
    labels_of,
    name_of,
    namespace_of,
)
from reference_controller import names
from reference_controller.cache import Cache
from reference_controller.co_scheduler.fit import Amounts, Node, node_with_room, requests_of
from reference_controller.co_scheduler.seen import Gang, Seen
from reference_controller.co_scheduler.transitions import MACHINE
from reference_controller.task_resource.seen import reservation_of


class CoScheduler:
    """The key is a domain.

    All domains share one lock, so that two decisions never give away the same room.
    """

    name = "co_scheduler"
    machine = MACHINE

    def keys(self, resource: Resource, obj: Obj, cache: Cache) -> Iterable[str]:
        if resource == NODES:
            domain = labels_of(obj).get(names.DOMAIN)
            return [domain] if domain else []
        if resource == TASK_RESOURCES:
            return [namespace_of(obj) or ""]
        if resource == NAMESPACES:
            return [name_of(obj)]
        return _domains_of(obj, cache) if resource == PODS else []

    def lock(self, key: str) -> str:  # noqa: ARG002
        return "/co_scheduler"  # a task cannot have this name, so no other machine uses it

    def observe(self, cache: Cache, key: str, now: datetime) -> Seen | None:
        waiting = [pod for pod in cache.by(PODS, "namespace", key) if _waits(pod)]
        if not waiting or names.is_partner(cache.get(NAMESPACES, key)):
            return None
        gangs = [_gang(cache, resource) for resource in cache.by(TASK_RESOURCES, "namespace", key)]
        return Seen(
            now,
            key,
            gangs=tuple(sorted((gang for gang in gangs if gang.waiting), key=lambda g: g.age)),
            singles=tuple(pod for pod in waiting if names.TASK_RESOURCE not in annotations_of(pod)),
            strays=tuple(_strays(cache, waiting)),
            nodes=tuple(_room(cache, node) for node in cache.by(NODES, "domain", key)),
        )


def _domains_of(pod: Obj, cache: Cache) -> list[str]:
    """The pod's own, if it is for us; and, if it is bound, the one that its node serves."""
    ours = pod["spec"].get("schedulerName") == names.SCHEDULER
    domains = {namespace_of(pod)} if ours else set()
    node = cache.get(NODES, pod["spec"].get("nodeName") or "")
    if node:
        domains.add(labels_of(node).get(names.DOMAIN))
    return [domain for domain in domains if domain]


def _waits(pod: Obj) -> bool:
    spec = pod["spec"]
    ours = spec.get("schedulerName") == names.SCHEDULER and not spec.get("nodeName")
    return ours and "deletionTimestamp" not in pod["metadata"] and not _has_ended(pod)


def _has_ended(pod: Obj) -> bool:
    return has_ended(pod)


def _gang(cache: Cache, resource: Obj) -> Gang:
    pods = [pod for pod in cache.by(PODS, "resource", key_of(resource)) if _is_handed_over(pod)]
    bound = sum(1 for pod in pods if pod["spec"].get("nodeName"))
    return Gang(resource, tuple(pod for pod in pods if _waits(pod)), bound)


def _is_handed_over(pod: Obj) -> bool:
    return bool(labels_of(pod).get(names.TASK_RESOURCE_UID))


def _strays(cache: Cache, waiting: Iterable[Obj]) -> Iterator[tuple[Obj, str]]:
    """Yields pods whose TaskResource cannot reserve for them, and why (SCH-010 d and g).

    A pod whose annotation is still empty is left out: its group will soon name a TaskResource.
    """
    for pod in waiting:
        name, namespace = annotations_of(pod).get(names.TASK_RESOURCE), namespace_of(pod)
        if name and not cache.get(TASK_RESOURCES, name, namespace):
            yield pod, "waiting for task resource"
        elif name and not _is_handed_over(pod):
            yield pod, f"failed to get task resource {namespace}/{name} uid in pod labels"


def _room(cache: Cache, node: Obj) -> Node:
    bound = (pod for pod in cache.by(PODS, "node", name_of(node)) if not _has_ended(pod))
    taken = [requests_of(pod) for pod in bound]
    return node_with_room(node, [*taken, *_held(cache, name_of(node))])


def _held(cache: Cache, node: str) -> Iterator[Amounts]:
    """Yields the requests of the unbound pods that the node is held for, in any domain."""
    for resource in cache.by(TASK_RESOURCES, "holding", node):
        for pod_name, held in reservation_of(resource).items():
            pod = cache.get(PODS, pod_name, namespace_of(resource)) if held == node else None
            if pod and _waits(pod):
                yield requests_of(pod)
