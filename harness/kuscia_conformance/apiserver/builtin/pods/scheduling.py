"""Validates where a pod may run: node selector, tolerations, affinity, spread and gates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kuscia_conformance.apiserver.apimachinery.status_errors import (
    FieldError,
    duplicate,
    forbidden_field,
    invalid_value,
    not_supported,
    required,
)
from kuscia_conformance.apiserver.builtin.metadata import invalid_all, validate_labels
from kuscia_conformance.apiserver.builtin.names import label_value, qualified_name, subdomain
from kuscia_conformance.kube.objects import Obj

EFFECTS: Final = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_OPERATORS: Final = ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")
_UNSATISFIABLE: Final = ("DoNotSchedule", "ScheduleAnyway")
_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED: Final = "preferredDuringSchedulingIgnoredDuringExecution"


def scheduling(spec: Obj) -> Iterator[FieldError]:
    """Yields the errors in the fields of a pod's spec that the scheduler reads."""
    yield from validate_labels(spec.get("nodeSelector") or {}, "spec.nodeSelector")
    yield from _node(spec)
    yield from _affinity(spec.get("affinity") or {})
    for index, toleration in enumerate(spec.get("tolerations") or ()):
        yield from _toleration(toleration, f"spec.tolerations[{index}]")
    for index, constraint in enumerate(spec.get("topologySpreadConstraints") or ()):
        yield from _spread(constraint, f"spec.topologySpreadConstraints[{index}]")
    yield from _gates(spec.get("schedulingGates") or [])


def _node(spec: Obj) -> Iterator[FieldError]:
    if node := spec.get("nodeName"):
        yield from invalid_all("spec.nodeName", node, subdomain(node))
        if spec.get("schedulingGates"):
            said = "cannot be set until all schedulingGates have been cleared"
            yield forbidden_field("spec.nodeName", said)


def _gates(gates: list[Obj]) -> Iterator[FieldError]:
    taken: set[str] = set()
    for index, gate in enumerate(gates):
        at, name = f"spec.schedulingGates[{index}]", gate.get("name", "")
        yield from invalid_all(at, name, qualified_name(name))
        if name in taken:
            yield duplicate(at, name)
        taken.add(name)


def _toleration(toleration: Obj, at: str) -> Iterator[FieldError]:
    key, operator = toleration.get("key", ""), toleration.get("operator", "")
    value, effect = toleration.get("value", ""), toleration.get("effect", "")
    if key:
        yield from invalid_all(f"{at}.key", key, qualified_name(key))
    elif operator != "Exists":
        said = "operator must be Exists when `key` is empty"
        said = f'{said}, which means "match all values and all keys"'
        yield invalid_value(f"{at}.operator", operator, said)
    if toleration.get("tolerationSeconds") is not None and effect != "NoExecute":
        said = "effect must be 'NoExecute' when `tolerationSeconds` is set"
        yield invalid_value(f"{at}.effect", effect, said)
    if operator in ("", "Equal"):
        yield from invalid_all(f"{at}.operator", value, label_value(value))
    elif operator != "Exists":
        yield not_supported(f"{at}.operator", operator, ("Equal", "Exists"))
    elif value:
        said = "value must be empty when `operator` is 'Exists'"
        yield invalid_value(f"{at}.operator", value, said)
    if effect and effect not in EFFECTS:
        yield not_supported(f"{at}.effect", effect, EFFECTS)


def _spread(constraint: Obj, at: str) -> Iterator[FieldError]:
    skew, way = constraint.get("maxSkew", 0), constraint.get("whenUnsatisfiable", "")
    if skew <= 0:
        yield invalid_value(f"{at}.maxSkew", skew, "must be greater than zero")
    if not constraint.get("topologyKey"):
        yield required(f"{at}.topologyKey", "can not be empty")
    if way not in _UNSATISFIABLE:
        yield not_supported(f"{at}.whenUnsatisfiable", way, _UNSATISFIABLE)


def _affinity(affinity: Obj) -> Iterator[FieldError]:
    at = "spec.affinity"
    needed = (affinity.get("nodeAffinity") or {}).get(_REQUIRED)
    if needed is not None:
        yield from _terms(needed, f"{at}.nodeAffinity.{_REQUIRED}.nodeSelectorTerms")
    for kind in ("podAffinity", "podAntiAffinity"):
        part, place = affinity.get(kind) or {}, f"{at}.{kind}"
        for index, term in enumerate(part.get(_REQUIRED) or ()):
            yield from _topology(term, f"{place}.{_REQUIRED}[{index}]")
        for index, weighted in enumerate(part.get(_PREFERRED) or ()):
            term = weighted.get("podAffinityTerm") or {}
            yield from _topology(term, f"{place}.{_PREFERRED}[{index}].podAffinityTerm")


def _terms(needed: Obj, at: str) -> Iterator[FieldError]:
    terms = needed.get("nodeSelectorTerms") or []
    if not terms:
        yield required(at, "must have at least one node selector term")
    for index, term in enumerate(terms):
        for number, expression in enumerate(term.get("matchExpressions") or ()):
            yield from _expression(expression, f"{at}[{index}].matchExpressions[{number}]")


def _expression(expression: Obj, at: str) -> Iterator[FieldError]:
    key, operator = expression.get("key", ""), expression.get("operator", "")
    values = expression.get("values") or []
    if operator not in _OPERATORS:
        yield invalid_value(f"{at}.operator", operator, "not a valid selector operator")
    elif operator in ("In", "NotIn") and not values:
        said = "must be specified when `operator` is 'In' or 'NotIn'"
        yield required(f"{at}.values", said)
    elif operator in ("Exists", "DoesNotExist") and values:
        said = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
        yield forbidden_field(f"{at}.values", said)
    elif operator in ("Gt", "Lt") and len(values) != 1:
        said = "must be specified single value when `operator` is 'Lt' or 'Gt'"
        yield required(f"{at}.values", said)
    yield from invalid_all(f"{at}.key", key, qualified_name(key))


def _topology(term: Obj, at: str) -> Iterator[FieldError]:
    key = term.get("topologyKey", "")
    if not key:
        yield required(f"{at}.topologyKey", "can not be empty")
    yield from invalid_all(f"{at}.topologyKey", key, qualified_name(key))
