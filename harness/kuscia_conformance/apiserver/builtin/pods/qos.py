"""Computes a pod's quality-of-service class, which is in its status."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from itertools import chain

from kuscia_conformance.apiserver.builtin.quantities import number
from kuscia_conformance.kube.objects import Obj

_COUNTED = ("cpu", "memory")


def quality_of_service(spec: Obj) -> str:
    """Returns Guaranteed, Burstable or BestEffort. Only cpu and memory count."""
    containers = chain(spec.get("containers") or (), spec.get("initContainers") or ())
    all_resources = (
        [spec["resources"]]
        if spec.get("resources")
        else [container.get("resources") or {} for container in containers]
    )
    requests = _sum(all_resources, "requests")
    limits = _sum(all_resources, "limits")
    if not requests and not limits:
        return "BestEffort"
    limited = all(len(_amounts(each, "limits")) == len(_COUNTED) for each in all_resources)
    return "Guaranteed" if limited and requests == limits else "Burstable"


def _sum(all_resources: list[Obj], part: str) -> Counter[str]:
    total: Counter[str] = Counter()
    for resources in all_resources:
        total.update(_amounts(resources, part))
    return total


def _amounts(resources: Obj, part: str) -> dict[str, Decimal]:
    given = resources.get(part) or {}
    return {name: amount for name in _COUNTED if name in given and (amount := number(given[name]))}
