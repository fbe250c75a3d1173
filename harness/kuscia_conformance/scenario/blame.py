"""Finds who wrote a field last, for the text of a failure.

The versions in the history show when a field changed. Who changed it comes from the server:

    the embedded cluster keeps a log of writes: client, request and time
    on other clusters `metadata.managedFields` names the client
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kuscia_conformance.documents import Path, value_at
from kuscia_conformance.environment.journal import Version
from kuscia_conformance.kube import objects
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.objects import Obj

#: The capability of clusters whose server logs requests, and the paths that return its logs: all
#: writes, and the latest request of each client.
REQUEST_LOG = "request-log"
_WRITES, _REQUESTS = "/debug/writes", "/debug/requests"
#: How the names of the suite's own clients begin: in user agents, and in managedFields.
OURS = "kuscia-conformance"


@dataclass(frozen=True)
class Write:
    """One request that has changed something.

    `who` is the client's user agent without its version.
    """

    who: str
    #: The verb and the short path, such as `PATCH kusciatasks/psi/status`.
    what: str
    at: datetime


@dataclass(frozen=True)
class Dropped:
    """Requests of one client that carried a status, which the server has dropped."""

    who: str
    what: str
    count: int
    last: datetime

    def text(self, start: datetime) -> str:
        """Returns what has happened and what to do, in seconds since `start`."""
        times = f" {self.count} times, the last" if self.count > 1 else ""
        after = f"{(self.last - start).total_seconds():+.2f} s"
        return (
            f"a status was sent to the resource itself, which drops it:{times} at {after}, "
            f"{self.what} by {self.who}; send it to {self.what.partition(' ')[2]}/status"
        )


async def known_writes(api: Api) -> dict[int, Write]:
    """Returns the server's latest writes, by the resourceVersions that they created."""
    writes = (await api.raw(_WRITES))["writes"]
    return {version: _write(each) for each in writes for version in each["versions"]}


async def dropped_statuses(api: Api, owns: Callable[[str], bool]) -> list[Dropped]:
    """Returns the clients that have sent a status to a resource itself, which drops it.

    `owns` says whether an object of a name is the scenario's.
    """
    writes = (await api.raw(_WRITES))["writes"]
    found: dict[tuple[str, str], list[datetime]] = {}
    for each in writes:
        write = _write(each)
        if each.get("droppedStatus") and owns(each["path"].rpartition("/")[2]):
            found.setdefault((write.who, write.what), []).append(write.at)
    return [Dropped(who, what, len(at), at[-1]) for (who, what), at in found.items()]


async def latest_request(api: Api, now: datetime) -> str:
    """Returns what the controller has asked the API server last, and how many seconds ago.

    Every client that is not the suite's own counts as the controller.
    """
    requests = (await api.raw(_REQUESTS))["requests"]
    theirs = [each for each in requests if not each["who"].startswith(OURS)]
    if not theirs:
        return "the controller has sent no request"
    latest = max(theirs, key=lambda each: objects.time_from(each["at"]))
    ago = (now - objects.time_from(latest["at"])).total_seconds()
    what = f"{latest['verb']} {_short(latest['path']) or latest['path']}"
    return f"the controller's latest request: {what}, {ago:.1f} s ago"


def _write(each: Obj) -> Write:
    who = each["who"].partition("/")[0] or "unknown"
    return Write(who, f"{each['verb']} {_short(each['path'])}", objects.time_from(each["at"]))


def _short(path: str) -> str:
    """Returns the path without group, version and namespace, which readers of a failure know."""
    words = path.strip("/").split("/")
    words = words[2 if words[0] == "api" else 3 :]
    return "/".join(words[2:] if words[:1] == ["namespaces"] and len(words) > 2 else words)


def last_writer(
    versions: Sequence[Version], path: Path, start: datetime, writes: Mapping[int, Write]
) -> str:
    """Returns who wrote the status field at `path` last, as `controller, +8.44 s, version 214`.

    `versions` are those of one object, the oldest first. Times are in seconds since `start`. The
    request follows if `writes` has it. Returns a dash if the field never had a value.
    """
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
    return str((objects.status_writer(version.object) or {}).get("manager", "unknown"))
