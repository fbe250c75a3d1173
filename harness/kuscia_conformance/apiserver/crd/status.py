"""The status of a CustomResourceDefinition: the names that it gets, and whether its kind is served.

Two definitions of one group must not have the same names. A name belongs to the definition that got
it first. A definition is established, and its kind served, when it gets all its names.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kuscia_conformance.apiserver.crd.approval import approval_condition
from kuscia_conformance.kube.objects import Obj, condition_of, name_of

_RESOURCE_NAMES = ("plural", "singular")
_KIND_NAMES = ("kind", "listKind")


def status_of(obj: Obj, others: Iterable[Obj], now: str) -> Obj:
    """Returns the new status of a definition.

    `others` are the other definitions; those of other groups are ignored. `now` is the time for
    conditions that change, as text. A definition that was established once stays established.
    """
    rivals = [each for each in others if _are_rivals(obj, each)]
    names, conflict = _accepted_names(obj, rivals)
    wanted = [*approval_condition(obj), _accepted(conflict), _established(obj, conflict)]
    conditions = [_since(obj, condition, now) for condition in wanted]
    return {**obj["status"], "conditions": conditions, "acceptedNames": names}


def _are_rivals(obj: Obj, other: Obj) -> bool:
    return name_of(obj) != name_of(other) and obj["spec"]["group"] == other["spec"]["group"]


def _accepted_names(obj: Obj, rivals: list[Obj]) -> tuple[Obj, tuple[str, str] | None]:
    """Returns the accepted names, and the reason and message of the last conflict, or None.

    A name that conflicts keeps its former value.
    """
    asked: Obj = obj["spec"]["names"]
    had: Obj = obj["status"].get("acceptedNames") or {}
    names: Obj = {"plural": "", "kind": "", **had}
    conflict = None
    taken = _taken(rivals)
    for key in ("plural", "singular", "shortNames", "kind", "listKind"):
        clashes = [name for name in _new_names(asked, had, key) if name in taken[key]]
        if clashes:
            conflict = (f"{key[0].upper()}{key[1:]}Conflict", _in_use(clashes))
        else:
            _take(names, asked, key)
    _take(names, asked, "categories")
    return names, conflict


def _new_names(asked: Obj, had: Obj, key: str) -> list[str]:
    """Returns the names under a key that the definition asks for and does not have yet."""
    names = _listed(asked.get(key))
    return [name for name in names if name not in _listed(had.get(key))]


def _taken(rivals: list[Obj]) -> dict[str, set[str]]:
    accepted = [rival.get("status", {}).get("acceptedNames") or {} for rival in rivals]
    resources = {
        name
        for names in accepted
        for key in (*_RESOURCE_NAMES, "shortNames")
        for name in _listed(names.get(key))
    }
    kinds = {name for names in accepted for key in _KIND_NAMES for name in _listed(names.get(key))}
    of_resources = dict.fromkeys((*_RESOURCE_NAMES, "shortNames"), resources)
    return {**of_resources, **dict.fromkeys(_KIND_NAMES, kinds)}


def _listed(names: Any) -> list[str]:
    return list(names) if isinstance(names, list) else [names] if names else []


def _take(names: Obj, asked: Obj, key: str) -> None:
    names.pop(key, None)
    if asked.get(key):
        names[key] = asked[key]


def _in_use(names: list[str]) -> str:
    texts = [f'"{name}" is already in use' for name in names]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


def _accepted(conflict: tuple[str, str] | None) -> Obj:
    reason, message = conflict or ("NoConflicts", "no conflicts found")
    return _condition("NamesAccepted", reason, message, holds=conflict is None)


def _established(obj: Obj, conflict: tuple[str, str] | None) -> Obj:
    """Returns the condition Established; once true, it stays true."""
    before = condition_of(obj, "Established")
    if conflict is None or (before and before["status"] == "True"):
        message = "the initial names have been accepted"
        return _condition("Established", "InitialNamesAccepted", message, holds=True)
    return _condition("Established", "NotAccepted", "not all names are accepted", holds=False)


def _condition(kind: str, reason: str, message: str, *, holds: bool) -> Obj:
    return {"type": kind, "status": str(holds), "reason": reason, "message": message}


def _since(obj: Obj, condition: Obj, now: str) -> Obj:
    """Returns the condition with lastTransitionTime: `now` if its status has changed."""
    before = condition_of(obj, condition["type"])
    is_old = before is not None and before["status"] == condition["status"]
    since = before.get("lastTransitionTime") if before and is_old else now
    return {**condition, "lastTransitionTime": since}


def installing(obj: Obj, status: Obj) -> Obj:
    """Returns the status just before `status`, in which Established is False (Installing).

    Kubernetes writes this status first when a definition becomes established. Returns `status`
    itself if the definition was established before or is not established now.
    """
    established = condition_of({"status": status}, "Established") or {}
    before = condition_of(obj, "Established") or {"status": "False"}
    if established.get("status") != "True" or before["status"] == "True":
        return status
    message = established["message"]
    not_yet = _condition("Established", "Installing", message, holds=False)
    not_yet = _since(obj, not_yet, established["lastTransitionTime"])
    others = [each for each in status["conditions"] if each["type"] != "Established"]
    return {**status, "conditions": [*others, not_yet]}
