"""Server-side apply: merges the configuration of one manager into an object.

`apply` goes through these steps:

1. Check that the configuration fits its type (`checking`).
2. Merge it into the live object, and remove the fields that the manager applied last time but not
   this time, unless others own them (`merging`).
3. Refuse conflicts with other managers, unless forced; for kubectl there is an exception.
4. Update the managers: the author owns the fields in the configuration, others lose changed ones.
"""

from __future__ import annotations

from typing import Any, cast

import orjson

from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError, bad_request
from kuscia_conformance.apiserver.apimachinery.types import Type
from kuscia_conformance.apiserver.fields.checking import faults
from kuscia_conformance.apiserver.fields.kubectl import (
    allowed_by_last_applied,
    update_last_applied,
)
from kuscia_conformance.apiserver.fields.managers import (
    Author,
    Manager,
    Managers,
    described,
    entry_of,
    identifier,
    lose,
    owned,
    read,
    written,
)
from kuscia_conformance.apiserver.fields.merging import merge, remove, with_structs
from kuscia_conformance.apiserver.fields.places import hold, without_blanks
from kuscia_conformance.apiserver.fields.sets import (
    Fields,
    difference,
    intersection,
    paths,
    union,
    without,
)
from kuscia_conformance.apiserver.fields.tracking import unless_reset
from kuscia_conformance.apiserver.fields.walks import as_given, changes, fields_of
from kuscia_conformance.kube.objects import Obj

#: The manager that gets the fields of an object without managers, at its first apply.
_BEFORE = "before-first-apply"

Conflicts = dict[Manager, Fields]


def apply(current: Obj | None, config: Obj, type: Type, author: Author, *, force: bool) -> Obj:
    """Returns a new object: `current` with `config` applied, managedFields included.

    `current` is the live object, or None if it does not exist yet. `config` must be as the client
    sent it, neither pruned nor defaulted. Defaults of the result are not filled in yet.

    Raises StatusError: 400 if the configuration has managedFields, 500 if it does not fit its type,
    and 409 if it would change fields that others own and `force` is false.
    """
    _check(config, type)
    live: Obj = hold(_without_managers(current), type) if current else {}
    managers = _managers(current, live, type, author)
    me = author.entry("Apply")
    claimed = fields_of(config, type)
    claimed = without(claimed, author.resets) if author.resets else claimed
    last: Obj | None = managers.get(me)
    merged = merge(live, config, type) if live else config
    if last:
        merged = _pruned(merged, type, [claimed, *_sets(managers, me)], last["fieldsV1"])
    changed, removed = unless_reset(changes(live, merged, type, as_given), author.resets)
    others = {key: entry for key, entry in managers.items() if key != me}
    if not force:
        _refuse_conflicts(_conflicts(others, changed), live, type, author)
    left = lose(others, changed, removed)
    if own := owned(claimed):
        # An apply that changes nothing keeps its time. If its manager is new, it has no time.
        time = author.now if merged != live else (last or {}).get("time")
        left[me] = entry_of(me, author.api_version, own, time)
    return _result(without_blanks(merged, type), config, author.manager, left)


def _check(config: Obj, type: Type) -> None:
    """Raises StatusError: 400 for managedFields, 500 if the configuration is not of its type."""
    given = config.get("metadata")
    metadata = given if isinstance(given, dict) else {}
    if metadata.get("managedFields") is not None:
        raise bad_request("metadata.managedFields must be nil")
    if wrong := faults(config, type):
        names = (metadata.get(key) for key in ("namespace", "name"))
        named = "/".join(name if isinstance(name, str) else "" for name in names)
        about = f"{named}; {_kind(config)}"
        raise StatusError(500, "", f"failed to create typed patch object ({about}): {wrong}")


def _kind(config: Obj) -> str:
    version = config.get("apiVersion", "")
    return f"{version if '/' in version else '/' + version}, Kind={config.get('kind', '')}"


def _without_managers(obj: Obj) -> Obj:
    metadata = {key: value for key, value in obj["metadata"].items() if key != "managedFields"}
    return {**obj, "metadata": metadata}


def _managers(current: Obj | None, live: Obj, type: Type, author: Author) -> Managers:
    """Returns the managers of the current object.

    An object without managers gets one that owns all its fields, so that the first apply can
    conflict with earlier writes.
    """
    if current is None:
        return {}
    managers = read(current["metadata"].get("managedFields"))
    if managers:
        return managers
    before: Manager = (_BEFORE, "Update", author.api_version, author.sub)
    fields = owned(unless_reset(changes({}, live, type), author.resets)[0])
    return {before: entry_of(before, author.api_version, fields, author.now)} if fields else {}


def _sets(managers: Managers, besides: Manager) -> list[Fields]:
    return [entry.get("fieldsV1") or {} for key, entry in managers.items() if key != besides]


def _pruned(merged: Obj, type: Type, claims: list[Fields], last: Fields) -> Obj:
    """Returns the object without the fields that the manager gave up and that no other owns."""
    mine = with_structs(last, type)
    there = with_structs(fields_of(merged, type), type)
    cut = remove(merged, mine, type) or {}
    kept = with_structs(fields_of(cut, type), type)
    for claim in claims:
        kept = union(kept, with_structs(claim, type))
    cut = remove(merged, difference(there, kept), type) or {}
    gone = difference(there, with_structs(fields_of(cut, type), type))
    return cast(Obj, remove(merged, intersection(gone, mine), type) or {})


def _conflicts(others: Managers, changed: Fields) -> Conflicts:
    shared = {key: intersection(e.get("fieldsV1") or {}, changed) for key, e in others.items()}
    found = {key: fields for key, fields in shared.items() if fields}
    return dict(sorted(found.items(), key=lambda item: identifier(item[0])))


def _refuse_conflicts(conflicts: Conflicts, live: Obj, type: Type, author: Author) -> None:
    """Raises StatusError (409) if there are conflicts.

    For kubectl, fields that its client-side apply has set do not count.
    """
    if conflicts and author.manager == "kubectl":
        allowed = allowed_by_last_applied(live, type, author.api_version)
        left = {key: difference(fields, allowed) for key, fields in conflicts.items()}
        conflicts = {key: fields for key, fields in left.items() if fields}
    if conflicts:
        raise _conflict({key: list(paths(fields)) for key, fields in conflicts.items()})


def _conflict(found: dict[Manager, list[str]]) -> StatusError:
    pairs = [(described(key), path) for key, listed in found.items() for path in listed]
    causes = [_cause(who, path) for who, path in pairs]
    if len(pairs) == 1:
        who, path = pairs[0]
        message = f"Apply failed with 1 conflict: conflict with {who}: {path}"
    else:
        lines = [
            line
            for key, listed in found.items()
            for line in [f"conflicts with {described(key)}:", *(f"- {path}" for path in listed)]
        ]
        message = f"Apply failed with {len(pairs)} conflicts: " + "\n".join(lines)
    return StatusError(409, "Conflict", message, {"causes": causes})


def _cause(who: str, path: str) -> dict[str, str]:
    return {"reason": "FieldManagerConflict", "message": f"conflict with {who}", "field": path}


def _result(merged: Obj, config: Obj, manager: str, managers: Managers) -> Obj:
    result: Any = orjson.loads(orjson.dumps(merged))
    if manager == "kubectl":
        update_last_applied(result, config)
    if managers:
        result.setdefault("metadata", {})["managedFields"] = written(managers)
    return cast(Obj, result)
