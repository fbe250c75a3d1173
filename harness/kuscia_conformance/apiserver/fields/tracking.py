"""Finds who owns which field after a create, an update or a patch.

Server-side apply has rules of its own: see `applying`.
"""

from __future__ import annotations

from kuscia_conformance.apiserver.apimachinery.types import Type
from kuscia_conformance.apiserver.fields.managers import (
    Author,
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


def track(old: Obj | None, new: Obj, type: Type, author: Author) -> list[Obj]:
    """Returns the managedFields of `new` after the author has written it.

    Fields that are changed or added belong to the author alone. Fields that are removed have no
    owner. Call it before the server fills in fields of its own, because these belong to no writer.
    If a writer has removed all managers of an object, it has none until the next apply.
    """
    managers = known(old, new, author.sub, is_custom=not type.name)
    if old is not None and not managers:
        return []
    changed, removed = unless_reset(changes(old or {}, new, type), author.resets)
    return written(capped(_updated(managers, changed, removed, author)))


def unless_reset(found: Changes, resets: Fields | None) -> Changes:
    """Returns the changes without the fields in `resets` (see `Author.resets`)."""
    if not resets:
        return found
    changed, removed = found
    return without(changed, resets), without(removed, resets)


def _updated(managers: Managers, changed: Fields, removed: Fields, author: Author) -> Managers:
    left = lose(managers, changed, removed)
    own = owned(changed)
    if own:
        me = author.entry("Update")
        before = left.get(me)
        fields = union(own, before["fieldsV1"]) if before else own
        left[me] = entry_of(me, author.api_version, fields, author.now)
    return left
