"""Roles and their bindings: the validation of rules, subjects and role references."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from kuscia_conformance.apiserver.apimachinery.kinds import Context, Strategy
from kuscia_conformance.apiserver.apimachinery.status_errors import (
    FieldError,
    invalid_value,
    not_supported,
    required,
)
from kuscia_conformance.apiserver.builtin.metadata import invalid_all
from kuscia_conformance.apiserver.builtin.names import path_segment, subdomain
from kuscia_conformance.apiserver.builtin.pods.defaults import put
from kuscia_conformance.apiserver.builtin.structs import invalid_struct
from kuscia_conformance.kube.objects import Obj

GROUP: Final = "rbac.authorization.k8s.io"
#: The kinds of subjects, and the API group of each.
_SUBJECTS: Final = {"ServiceAccount": "", "User": GROUP, "Group": GROUP}


class RoleStrategy(Strategy):
    """The strategy of Roles and ClusterRoles. Only a ClusterRole may name URLs."""

    counts_generations = False

    def __init__(self, namespaced: bool) -> None:
        self._namespaced = namespaced

    def default(self, obj: Obj, _context: Context) -> None:
        if not obj.get("rules"):
            obj["rules"] = None

    def validate(self, obj: Obj, _old: Obj | None, _sub: str) -> list[FieldError]:
        return [
            cause
            for index, rule in enumerate(obj.get("rules") or ())
            for cause in _rule(rule, f"rules[{index}]", self._namespaced)
        ]


def _rule(rule: Obj, at: str, namespaced: bool) -> Iterator[FieldError]:
    if not rule.get("verbs"):
        yield required(f"{at}.verbs", "verbs must contain at least one value")
    if urls := rule.get("nonResourceURLs"):
        if namespaced:
            said = "namespaced rules cannot apply to non-resource URLs"
            yield invalid_value(f"{at}.nonResourceURLs", urls, said)
        if any(rule.get(key) for key in ("apiGroups", "resources", "resourceNames")):
            said = "rules cannot apply to both regular resources and non-resource URLs"
            yield invalid_value(f"{at}.nonResourceURLs", urls, said)
        return
    for key, name in (("apiGroups", "api group"), ("resources", "resource")):
        if not rule.get(key):
            yield required(f"{at}.{key}", f"resource rules must supply at least one {name}")


class BindingStrategy(Strategy):
    """The strategy of RoleBindings and ClusterRoleBindings. The roleRef cannot be changed."""

    counts_generations = False

    def __init__(self, namespaced: bool) -> None:
        self._namespaced = namespaced
        self._kinds = ("Role", "ClusterRole") if namespaced else ("ClusterRole",)

    def default(self, obj: Obj, _context: Context) -> None:
        put(obj.setdefault("roleRef", {}), {"apiGroup": GROUP})
        for subject in obj.get("subjects") or ():
            if _SUBJECTS.get(subject.get("kind", "")):
                put(subject, {"apiGroup": GROUP})

    def validate(self, obj: Obj, old: Obj | None, _sub: str) -> list[FieldError]:
        causes: list[FieldError] = []
        if old is not None and obj["roleRef"] != old["roleRef"]:
            shown = _go_reference(obj["roleRef"])
            causes.append(invalid_struct("roleRef", shown, "cannot change roleRef"))
        causes += _reference(obj["roleRef"], self._kinds)
        for index, subject in enumerate(obj.get("subjects") or ()):
            causes += _subject(subject, f"subjects[{index}]", self._namespaced)
        return causes


def _go_reference(reference: Obj) -> dict[str, Any]:
    """Returns the reference as Kubernetes prints it: under Go's field names."""
    keys = {"APIGroup": "apiGroup", "Kind": "kind", "Name": "name"}
    return {shown: reference.get(key, "") for shown, key in keys.items()}


def _reference(reference: Obj, kinds: tuple[str, ...]) -> Iterator[FieldError]:
    group, kind, name = (reference.get(key, "") for key in ("apiGroup", "kind", "name"))
    if group != GROUP:
        yield not_supported("roleRef.apiGroup", group, (GROUP,))
    if kind not in kinds:
        yield not_supported("roleRef.kind", kind, kinds)
    if not name:
        yield required("roleRef.name")
    else:
        yield from invalid_all("roleRef.name", name, path_segment(name))


def _subject(subject: Obj, at: str, namespaced: bool) -> Iterator[FieldError]:
    kind, name, group = (subject.get(key, "") for key in ("kind", "name", "apiGroup"))
    if not name:
        yield required(f"{at}.name")
    if kind not in _SUBJECTS:
        yield not_supported(f"{at}.kind", kind, tuple(_SUBJECTS))
        return
    account = kind == "ServiceAccount"
    if account and name:
        yield from invalid_all(f"{at}.name", name, subdomain(name))
    if group != _SUBJECTS[kind]:
        yield not_supported(f"{at}.apiGroup", group, (_SUBJECTS[kind],))
    if account and not namespaced and not subject.get("namespace"):
        yield required(f"{at}.namespace")
