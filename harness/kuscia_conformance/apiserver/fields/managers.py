"""The managers of an object: the entries of its metadata.managedFields, by manager.

An entry is the dictionary that is in the JSON. It is never changed in place: a changed entry is a
new dictionary. The first part of this module reads entries and says what a writer may do to them.
The second part writes them: their order, and their number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from kuscia_conformance.apiserver.fields.sets import (
    LEAF,
    Fields,
    difference,
    is_well_formed,
    union,
)
from kuscia_conformance.kube.objects import Obj

#: The key of an entry: manager, operation, apiVersion (for updates only), subresource.
Manager = tuple[str, str, str, str]
Managers = dict[Manager, Obj]


@dataclass(frozen=True)
class Author:
    """Who writes an object: the manager, the version, the subresource and the time."""

    manager: str
    api_version: str
    #: The time of the write, in the format of metadata.
    now: str
    #: The subresource; "" for the object itself.
    sub: str = ""
    #: The fields that a write through this subresource does not change. Their owners do not
    #: change either.
    resets: Fields | None = None

    def entry(self, operation: str) -> Manager:
        """Returns the key of the author's entry; for Apply it has no version."""
        version = "" if operation == "Apply" else self.api_version
        return (self.manager, operation, version, self.sub)


#: The most entries of updates that an object has; see `capped`.
MAX_UPDATERS: Final = 10
_MAX_NAME_BYTES: Final = 128

#: The fields that no manager owns.
_STRIPPED: Final[Fields] = {
    "f:apiVersion": LEAF,
    "f:kind": LEAF,
    "f:metadata": {
        ".": LEAF,
        "f:name": LEAF,
        "f:namespace": LEAF,
        "f:creationTimestamp": LEAF,
        "f:selfLink": LEAF,
        "f:uid": LEAF,
        "f:clusterName": LEAF,
        "f:generation": LEAF,
        "f:managedFields": LEAF,
        "f:resourceVersion": LEAF,
    },
}


def default_manager(user_agent: str) -> str:
    """Returns the manager of a writer that names none: its User-Agent up to the first slash."""
    name = "".join(filter(str.isprintable, user_agent.split("/")[0]))
    return name.encode()[:_MAX_NAME_BYTES].decode(errors="ignore")


def manager_of(entry: Mapping[str, Any]) -> Manager:
    """Returns the key of an entry of managedFields."""
    operation = entry["operation"]
    version = "" if operation == "Apply" else entry["apiVersion"]
    return (entry.get("manager", ""), operation, version, entry.get("subresource", ""))


def described(manager: Manager) -> str:
    """Returns a manager as the server names it in a conflict."""
    name, operation, version, sub = manager
    text = _quoted(name) + (f" with subresource {_quoted(sub)}" if sub else "")
    return f"{text} using {version}" if operation == "Update" else text


def identifier(manager: Manager) -> str:
    """Returns the text by which the server sorts managers."""
    name, operation, version, sub = manager
    parts = {"manager": name, "operation": operation, "apiVersion": version, "subresource": sub}
    return orjson.dumps({key: value for key, value in parts.items() if value}).decode()


def _quoted(text: str) -> str:
    return orjson.dumps(text).decode()


def read(listed: Sequence[Obj] | None) -> Managers:
    """Returns the entries by manager; they must be well-formed (see `known`)."""
    return {manager_of(entry): entry for entry in listed or ()}


def known(old: Obj | None, new: Obj, sub: str, is_custom: bool) -> Managers:
    """Returns the managers before a write: the old ones, unless the writer sets managedFields.

    A writer may set other entries. It may remove all entries with a list of one empty entry. An
    empty list does the same, except for custom kinds. A write of a subresource changes no managers
    in this way, and entries that cannot be read are ignored.
    """
    before: list[Obj] | None = old["metadata"].get("managedFields") if old else None
    given = new["metadata"].get("managedFields")
    if sub or given is None or given is before or given == before:
        return read(before)
    if not given and is_custom:
        return read(before)
    if not given or given == [{}]:
        return {}
    return read(given if all(map(_is_readable, given)) else before)


def _is_readable(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and entry.get("operation") in ("Apply", "Update")
        and bool(entry.get("apiVersion"))
        and entry.get("fieldsType") == "FieldsV1"
        and is_well_formed(entry.get("fieldsV1") or {})
    )


def owned(fields: Fields) -> Fields:
    """Returns the fields without those that no manager owns (apiVersion, the name, …)."""
    return difference(fields, _STRIPPED)


def entry_of(manager: Manager, api_version: str, fields: Fields, time: str | None) -> Obj:
    """Returns an entry of managedFields; `time` may be None, then the entry has no time."""
    name, operation, _, sub = manager
    entry: Obj = {"manager": name, "operation": operation, "apiVersion": api_version}
    if time is not None:
        entry["time"] = time
    entry |= {"fieldsType": "FieldsV1", "fieldsV1": fields}
    if sub:
        entry["subresource"] = sub
    return entry


def lose(managers: Managers, *lost: Fields) -> Managers:
    """Returns the managers without the fields in `lost`.

    A manager that owns nothing afterwards is left out.
    """
    left: Managers = {}
    for manager, entry in managers.items():
        before: Fields = entry.get("fieldsV1") or {}
        fields = before
        for some in lost:
            fields = difference(fields, some)
        if fields:
            left[manager] = entry if fields is before else {**entry, "fieldsV1": fields}
    return left


def written(managers: Managers) -> list[Obj]:
    """Returns the entries in the server's order: Apply before Update, then the oldest first."""
    return sorted(managers.values(), key=_place)


def _place(entry: Obj) -> tuple[str, ...]:
    get = entry.get
    return (
        entry["operation"],
        get("time", ""),
        get("manager", ""),
        entry["apiVersion"],
        get("subresource", ""),
    )


def capped(managers: Managers) -> Managers:
    """Returns the managers with at most MAX_UPDATERS entries of updates, where possible.

    The oldest entries with the same apiVersion become one entry, called `ancient-changes`.
    """
    updaters = [manager for manager in managers if manager[1] == "Update"]
    if len(updaters) <= MAX_UPDATERS:
        return managers
    updaters.sort(key=lambda manager: (managers[manager].get("time", ""), identifier(manager)))
    left = dict(managers)
    count = len(updaters)
    first: dict[str, Manager] = {}
    for manager in updaters:
        if count <= MAX_UPDATERS:
            break
        version = manager[2]
        if version in first:
            _put_into_bucket(left, manager, first[version])
            count -= 1
        else:
            first[version] = manager
    return left


def _put_into_bucket(managers: Managers, manager: Manager, first: Manager) -> None:
    bucket: Manager = ("ancient-changes", "Update", manager[2], "")
    entry = managers.pop(manager)
    held = managers.get(bucket) or managers.pop(first)
    fields = union(entry["fieldsV1"], held["fieldsV1"])
    managers[bucket] = entry_of(bucket, manager[2], fields, entry.get("time"))
