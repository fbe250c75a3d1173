"""Who owns what after a create, an update or a patch."""

from __future__ import annotations

from kuscia_conformance.apiserver.apimachinery.types import Type
from kuscia_conformance.apiserver.fields.managers import (
    Manager,
    Managers,
    capped,
    entry_of,
    known,
    lose,
    owned,
    written,
)
from kuscia_conformance.apiserver.fields.sets import Fields, union, without
from kuscia_conformance.apiserver.fields.walks import Changes, changes
from kuscia_conformance.kube.objects import Obj


def track(
    old: Obj | None,
    new: Obj,
    type: Type,
    manager: str,
    sub: str,
    api_version: str,
    now: str,
    resets: Fields | None = None,
) -> list[Obj]:
    """The managedFields of `new` after `manager` has written it.

    What is changed or added belongs to it and to nobody else, what is gone to nobody. Asked
    before the system fills in fields of its own, which belong to no writer. `resets` is what this
    subresource's writers cannot write, so that whatever they say of it counts for nothing.
    An object whose managers have been taken away has none until it is applied.
    """
    managers = known(old, new, sub, is_custom=not type.name)
    if old is not None and not managers:
        return []
    changed, removed = unless_reset(changes(old or {}, new, type), resets)
    return written(capped(_updated(managers, changed, removed, manager, sub, api_version, now)))


def unless_reset(found: Changes, resets: Fields | None) -> Changes:
    if not resets:
        return found
    changed, removed = found
    return without(changed, resets), without(removed, resets)


def _updated(
    managers: Managers,
    changed: Fields,
    removed: Fields,
    manager: str,
    sub: str,
    api_version: str,
    now: str,
) -> Managers:
    left = lose(managers, changed, removed)
    own = owned(changed)
    if own:
        me: Manager = (manager, "Update", api_version, sub)
        before = left.get(me)
        fields = union(own, before["fieldsV1"]) if before else own
        left[me] = entry_of(me, api_version, fields, now)
    return left
