"""Kubernetes' rules for which nodes fit a pod: requests, node selectors, affinity, tolerations.

In Kubernetes a scheduler applies them when it chooses a node, and a kubelet applies them again when
it admits the pod. The functions are pure and serve both: the reference controller's co-scheduler
and the simulated kubelets.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TypeGuard

from kuscia_conformance.kube.objects import Obj, labels_of, name_of, quantity

Amounts = defaultdict[str, Decimal]


def requests_of(pod: Obj) -> Amounts:
    """Returns what the pod takes of its node, by resource, in base units (bytes, cores).

    Containers and sidecars run together, so their requests add up. Init containers run before, one
    after the other, each beside the sidecars before it; the largest of these sums counts if it is
    larger (KEP-753). Requests of the pod itself replace those of its containers (KEP-2837), and its
    overhead is added. A limit without a request counts as a request.
    """
    spec = pod["spec"]
    before, sidecars = _before(spec.get("initContainers") or ())
    together = total([sidecars, *map(_amounts, spec["containers"])])
    asked = _largest(together, before)
    asked |= _amounts(spec)
    return total([asked, _read(spec.get("overhead"))])


def total(parts: Iterable[Amounts]) -> Amounts:
    """Returns the sum of the amounts, by resource."""
    summed = Amounts(Decimal)
    for part in parts:
        for name, amount in part.items():
            summed[name] += amount
    return summed


def _before(containers: Iterable[Obj]) -> tuple[Amounts, Amounts]:
    """Returns the most that runs at a time before the containers, and the sum of the sidecars."""
    most, sidecars = Amounts(Decimal), Amounts(Decimal)
    for container in containers:
        beside = total([sidecars, _amounts(container)])
        most = _largest(most, beside)
        if container.get("restartPolicy") == "Always":
            sidecars = beside
    return most, sidecars


def _amounts(container: Obj) -> Amounts:
    resources = container.get("resources") or {}
    return _read({**(resources.get("limits") or {}), **(resources.get("requests") or {})})


def _read(amounts: Mapping[str, str] | None) -> Amounts:
    return Amounts(Decimal, {name: quantity(text) for name, text in (amounts or {}).items()})


def _largest(one: Amounts, other: Amounts) -> Amounts:
    return Amounts(Decimal, {name: max(one[name], other[name]) for name in {**one, **other}})


def selects(pod: Obj, node: Obj) -> bool:
    """Returns whether the pod's node selector and required node affinity fit the node."""
    selector = pod["spec"].get("nodeSelector") or {}
    if not selector.items() <= labels_of(node).items():
        return False
    affinity = (pod["spec"].get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    return required is None or any(_meets(node, term) for term in required["nodeSelectorTerms"])


def _meets(node: Obj, term: Obj) -> bool:
    """A term without requirements matches no node (Kubernetes' rule)."""
    fields = {"metadata.name": name_of(node)}
    facts = ((labels_of(node), "matchExpressions"), (fields, "matchFields"))
    requirements = [(known, each) for known, key in facts for each in term.get(key) or ()]
    return bool(requirements) and all(_holds(known, each) for known, each in requirements)


def _holds(facts: Mapping[str, str], requirement: Obj) -> bool:
    value, wanted = facts.get(requirement["key"]), requirement.get("values") or []
    match requirement["operator"]:
        case "In":
            return value in wanted
        case "NotIn":
            return value not in wanted
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
        case "Gt":
            return _is_whole(value) and int(value) > int(wanted[0])
        case _:
            return _is_whole(value) and int(value) < int(wanted[0])


def _is_whole(value: str | None) -> TypeGuard[str]:
    """Anybody may label a node, so a label's value may be any text.

    Gt and Lt do not hold for a value that is not a whole number.
    """
    return re.fullmatch(r"[+-]?[0-9]+", value or "") is not None


def tolerates(toleration: Obj, taint: Obj) -> bool:
    """Returns whether the toleration covers the taint.

    An absent or empty effect covers every effect. With the operator Exists, an absent or empty key
    covers every key.
    """
    if toleration.get("effect") not in (None, "", taint["effect"]):
        return False
    if toleration.get("operator") == "Exists":
        return toleration.get("key") in (None, "", taint["key"])
    same_value = (toleration.get("value") or "") == (taint.get("value") or "")
    return toleration.get("key") == taint["key"] and same_value
