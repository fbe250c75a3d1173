"""The deploy template of a party: `choose` takes it from the AppImage, `merge` changes it.

Choosing follows kusciatask.md KT-121. Merging follows the concept page (CR-06): a field that the
party's own template sets replaces the whole field of the AppImage's template. In a container two
fields are merged instead: `env` by name, and `resources` by resource.
"""

from __future__ import annotations

from collections.abc import Sequence

from kuscia_conformance.kube.objects import Obj

_UNSET: tuple[object, ...] = (None, "", [], {})


def choose(templates: Sequence[Obj], role: str) -> Obj | None:
    """The first template of that role, else the last without role, else for no role the first."""
    for template in templates:
        if role in (template.get("role") or "").strip(",").split(","):
            return template
    for template in reversed(templates):
        if not template.get("role"):
            return template
    return templates[0] if templates and not role else None


def merge(template: Obj, party: Obj) -> Obj:
    """Returns the deploy template with the changes of the party's own `template` (CR-06)."""
    spec, changes = template["spec"], party.get("spec") or {}
    restart = changes.get("restartPolicy") or party.get("restartPolicy")
    merged = {**spec, **_set({**changes, "restartPolicy": restart})}
    merged["containers"] = _containers(spec.get("containers", []), changes.get("containers") or [])
    replicas = party.get("replicas")
    return {**template, "spec": merged, **({} if replicas is None else {"replicas": replicas})}


def _containers(base: Sequence[Obj], changes: Sequence[Obj]) -> list[Obj]:
    """Returns the containers, paired by name or else by position; others are added."""
    merged = list(base)
    places = {container["name"]: place for place, container in enumerate(base)}
    named = {places.get(container["name"]) for container in changes}
    for position, container in enumerate(changes):
        place = places.get(container["name"], None if position in named else position)
        if place is None or place >= len(base):
            merged.append(container)
        else:
            merged[place] = _container(base[place], container)
    return merged


def _container(base: Obj, changes: Obj) -> Obj:
    changed = _set(changes)
    merged = {**base, **changed}
    if base.get("env") and "env" in changed:
        merged["env"] = _by_name(base["env"], changed["env"])
    if base.get("resources") and "resources" in changed:
        merged["resources"] = _resources(base["resources"], changed["resources"])
    return merged


def _by_name(base: Sequence[Obj], changes: Sequence[Obj]) -> list[Obj]:
    return list({entry["name"]: entry for entry in (*base, *changes)}.values())


def _resources(base: Obj, changes: Obj) -> Obj:
    return {
        kind: {**(base.get(kind) or {}), **(changes.get(kind) or {})}
        for kind in ("requests", "limits")
        if base.get(kind) or changes.get(kind)
    }


def _set(fields: Obj) -> Obj:
    return {name: value for name, value in fields.items() if value not in _UNSET}
