"""Kubernetes' rules for which nodes fit a pod: node selectors, node affinity, tolerations.

In Kubernetes a scheduler applies them when it chooses a node, and a kubelet applies them again when
it admits the pod. The functions are pure and serve both: the reference controller's co-scheduler
and the simulated kubelets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeGuard

from kuscia_conformance.kube.objects import Obj, labels_of, name_of


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
