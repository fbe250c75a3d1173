"""Who wrote a field last: from the versions that were seen, and what the server knows of writers.

A server that keeps a log of its writes (the embedded one) says who, what and when; of others the
managed fields say who.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kuscia_conformance.documents import Path, value_at
from kuscia_conformance.environment.journal import Version
from kuscia_conformance.kube import objects
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.objects import Obj

#: What an environment can whose server keeps such a log, and where it tells it.
REQUEST_LOG = "request-log"
_WRITES = "/debug/writes"


@dataclass(frozen=True)
class Write:
    """One request that has changed something."""

    who: str
    #: As `PATCH kusciatasks/psi/status`.
    what: str
    at: datetime


async def known_writes(api: Api) -> dict[int, Write]:
    """The server's latest writes, by the versions that came of them."""
    writes = (await api.raw(_WRITES))["writes"]
    return {version: _write(each) for each in writes for version in each["versions"]}


def _write(each: Obj) -> Write:
    who = each["who"].partition("/")[0] or "somebody"
    return Write(who, f"{each['verb']} {_short(each['path'])}", objects.time_from(each["at"]))


def _short(path: str) -> str:
    """The path without what a reader of a failure knows: group, version and namespace."""
    words = path.strip("/").split("/")
    words = words[2 if words[0] == "api" else 3 :]
    return "/".join(words[2:] if words[0] == "namespaces" and len(words) > 2 else words)


def last_writer(
    versions: Sequence[Version], path: Path, start: datetime, writes: Mapping[int, Write]
) -> str:
    """As `controller, +8.44 s, version 214`; a dash where the field was never there."""
    values = [value_at(version.object.get("status") or {}, path) for version in versions]
    changes = [
        index
        for index, value in enumerate(values)
        if value != (values[index - 1] if index else None)
    ]
    if not changes:
        return "–"
    version = versions[changes[-1]]
    number = objects.version_of(version.object)
    write = writes.get(number)
    if write:
        after = (write.at - start).total_seconds()
        return f"{write.who}, {after:+.2f} s, version {number}: {write.what}"
    after = (version.at - start).total_seconds()
    return f"{_manager(version)}, {after:+.2f} s, version {number}"


def _manager(version: Version) -> str:
    """The manager of the newest entry for this version's status."""
    entries = version.object["metadata"].get("managedFields") or []
    entries = [entry for entry in entries if "f:status" in (entry.get("fieldsV1") or {})]
    newest: Obj = max(entries, key=lambda entry: entry.get("time", ""), default={})
    return str(newest.get("manager", "somebody"))
