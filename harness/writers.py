"""Who wrote a field last: from the versions that were seen and the server's managed fields."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from harness.documents import Path, value_at
from harness.journal import Version
from harness.objects import Obj
from harness.timeline import seconds


def last_writer(versions: Sequence[Version], path: Path, start: datetime) -> str:
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
    number = version.object["metadata"].get("resourceVersion")
    return f"{_manager(version)}, {seconds(version, start):+.2f} s, version {number}"


def _manager(version: Version) -> str:
    """The manager of the newest entry for this version's status."""
    entries = version.object["metadata"].get("managedFields") or []
    entries = [entry for entry in entries if "f:status" in (entry.get("fieldsV1") or {})]
    newest: Obj = max(entries, key=lambda entry: entry.get("time", ""), default={})
    return str(newest.get("manager", "somebody"))
