"""Writes and reads `events.ndjson`: every version of a scenario's objects, in the order seen.

Each line is one JSON object. `managedFields` are left out. Of a task, `writer` says who wrote the
status last, because the text of a failure names this client.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from kuscia_conformance.environment.journal import WATCHED, Version
from kuscia_conformance.errors import NotRecorded
from kuscia_conformance.evidence.files import writing
from kuscia_conformance.evidence.lines import lines_of
from kuscia_conformance.kube.kuscia import KUSCIA_TASKS
from kuscia_conformance.kube.objects import Obj, status_writer

EVENTS = "events.ndjson"
_KINDS = {resource.kind: resource for resource in WATCHED}


def write_events(folder: Path, versions: Iterable[Version]) -> None:
    """Writes the versions, which have the scenario's own names, into the folder of a check.

    Raises HarnessError if that is not possible.
    """
    path = folder / EVENTS
    with writing(path):
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            for version in versions:
                file.write(orjson.dumps(_line(version), option=orjson.OPT_APPEND_NEWLINE))


def _line(version: Version) -> Obj:
    metadata = version.object["metadata"]
    bare = {field: value for field, value in metadata.items() if field != "managedFields"}
    writer = status_writer(version.object) if version.resource is KUSCIA_TASKS else None
    return {
        "at": version.at.isoformat(timespec="microseconds"),
        "event": version.event,
        "kind": version.resource.kind,
        "key": version.key,
        **({"writer": writer} if writer else {}),
        "object": {**version.object, "metadata": bare},
    }


def read_events(folder: Path) -> list[Version]:
    """Returns the versions. Raises NotRecorded, with file and line, if the file is damaged."""
    return [_version(folder, number, line) for number, line in lines_of(folder / EVENTS)]


def _version(folder: Path, number: int, line: Any) -> Version:
    try:
        obj, resource = line["object"], _KINDS[line["kind"]]
        obj["metadata"]["name"]
        if "writer" in line:
            written = {**line["writer"], "fieldsV1": {"f:status": {}}}
            obj["metadata"]["managedFields"] = [written]
        at = datetime.fromisoformat(line["at"])
        return Version(at, str(line["event"]), resource, obj, obj)
    except (KeyError, TypeError, ValueError) as error:
        text = f"{folder / EVENTS}:{number}: this is not an event: {type(error).__name__} {error}"
        raise NotRecorded(text) from error
