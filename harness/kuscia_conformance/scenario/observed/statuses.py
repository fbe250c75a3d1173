"""The status of a task: compared with documents, and followed from version to version.

A task that was deleted and created again under its name is another task: versions of the earlier
one do not count (`lifetime`, `is_of`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from kuscia_conformance import documents
from kuscia_conformance.documents import Context
from kuscia_conformance.environment.journal import Version
from kuscia_conformance.errors import MissingDocument, NotFound
from kuscia_conformance.features.tasks import Task
from kuscia_conformance.kube import objects
from kuscia_conformance.kube.kuscia import KUSCIA_TASKS, TASK_NAMESPACE
from kuscia_conformance.scenario.blame import last_writer
from kuscia_conformance.scenario.observed.nearest import Nearest, nearest
from kuscia_conformance.scenario.scenario import Scenario
from kuscia_conformance.scenario.timeline import first_task, seconds

#: For how many seconds nothing may change before `--update` writes the status to a document.
QUIET = 1.5


TASK = r'"(?P<task>[^"]+)"'


DOCUMENT = rf'the status of {TASK} matches "(?P<file>[^"]+)"(?: within (?P<limit>\d+) s)?'


def await_status(scenario: Scenario, name: str, file: str, limit: str | None) -> None:
    """Waits until a version of the task's status matches the document, from the cursor on.

    The cursor then moves to that version. `limit` is in seconds, None for the usual timeout. With
    `--update` a document that does not match is written again. A missing one is always written.
    """
    __tracebackhide__ = True
    task = scenario.applied.task(name)
    within = scenario.timeouts.of(limit)
    try:
        document = scenario.files.document(file)
    except MissingDocument:
        update(scenario, task.key, file)
        return
    context, looked_at = Context(nodes=scenario.domains.nodes), set[int]()

    def matching() -> int | None:
        for place, version in scenario.history.from_cursor(KUSCIA_TASKS, task.key):
            if not is_of(task, version) or place in looked_at:
                continue
            looked_at.add(place)
            if not documents.compare(document, status_of(version), context):
                return place
        return None

    if not scenario.updating:
        scenario.history.cursor = scenario.expect.until(
            matching,
            within,
            lambda: mismatch_text(scenario, task, document, context),
            lambda: wrong_fields(scenario, task, document, context),
        )
    elif (found := scenario.history.until(matching, within)) is not None:
        scenario.history.cursor = found
    else:
        update(scenario, task.key, file)


def update(scenario: Scenario, key: str, file: str) -> None:
    """Writes the document from the task's status, once nothing has changed for QUIET seconds.

    The check fails if the task has no status.
    """
    __tracebackhide__ = True
    while scenario.history.changes_within(QUIET):
        pass
    places = [(i, v) for i, v in scenario.history.from_cursor(KUSCIA_TASKS, key) if not v.gone]
    if not places or not status_of(places[-1][1]):
        scenario.expect.fail(f"expected: a status, to write {file}\nactual:   no status")
    scenario.history.cursor, version = places[-1]
    text = documents.write_status(status_of(version))
    scenario.wrote.append(str(scenario.files.write(file, text)))


def phases_of(scenario: Scenario, name: str) -> list[str]:
    """Returns the phases that the task has entered since it was last created, in their order."""
    phases = groupby(status_of(version).get("phase") for version in lifetime(scenario, name))
    return [phase for phase, _ in phases if phase]


def became_true(scenario: Scenario, name: str, types: Sequence[str]) -> list[str]:
    """Returns the types in `types` whose condition became True, in the order of becoming True."""
    found: list[str] = []
    for version in lifetime(scenario, name):
        for condition in status_of(version).get("conditions") or []:
            kind = condition.get("type")
            if condition.get("status") == "True" and kind in types and kind not in found:
                found.append(kind)
    return found


def require_started_later(scenario: Scenario, name: str, seconds: int) -> None:
    """Waits for a startTime, and fails the check unless it is that long after the task's creation.

    One second less is enough, because both times are cut to whole seconds.
    """
    __tracebackhide__ = True

    def started() -> Version | None:
        versions = lifetime(scenario, name)
        return next((v for v in versions if status_of(v).get("startTime")), None)

    found = scenario.expect.until(
        started, scenario.timeouts.status, lambda: "expected: a startTime\nactual:   absent"
    )
    created, start = found.object["metadata"]["creationTimestamp"], status_of(found)["startTime"]
    later = (objects.time_from(start) - objects.time_from(created)).total_seconds()
    if later < seconds - 1:
        scenario.expect.fail(
            f"expected: the startTime is at least {seconds} s after the creation, {created}\n"
            f"actual:   {start}, {later:g} s after it"
        )


def wrong_cells(
    scenario: Scenario, name: str, headings: Sequence[str], wanted: Sequence[str]
) -> list[str]:
    """Returns a line for each difference between `wanted` and what `kubectl get` prints.

    `headings` have to be all the columns that kubectl shows. A wanted cell `age` stands for the age
    of the status field of that column, within 2 s or 10 %.
    """
    __tracebackhide__ = True
    with scenario.expect.there(f'the task "{name}"'):
        seen = scenario.history.tape.ask(f"kubectl get {name}", lambda: _as_printed(scenario, name))
    if seen["columns"] != list(headings):
        found = ", ".join(seen["columns"])
        return [f"expected: the columns {', '.join(headings)}\nactual:   {found}"]
    now = objects.time_from(seen["now"])
    return [
        f"{heading}: expected {want or 'nothing'}, actual {cell or 'nothing'}"
        for heading, want, cell in zip(headings, wanted, seen["cells"], strict=True)
        if not _shows(want, cell, _field(seen["status"], heading), now)
    ]


def _as_printed(scenario: Scenario, name: str) -> dict[str, Any]:
    """Returns the table of `kubectl get`, and the status beside it at that moment."""
    run, api = scenario.connection.run, scenario.connection.api
    named = (KUSCIA_TASKS, scenario.names.real(name), TASK_NAMESPACE)
    table, task = run(api.table(*named)), run(api.get(*named))
    columns = [column for column in table["columnDefinitions"] if not column["priority"]]
    return {
        "columns": [column["name"].upper() for column in columns],
        "cells": [scenario.names.incoming(cell) for cell in table["rows"][0]["cells"]],
        "status": scenario.names.incoming(task.get("status") or {}),
        "now": scenario.connection.journal.now().isoformat(),
    }


def getting(scenario: Scenario, name: str) -> str:
    """Returns what `kubectl get` prints for a task that is gone."""
    api, real = scenario.connection.api, scenario.names.real(name)
    try:
        scenario.connection.run(api.get(KUSCIA_TASKS, real, TASK_NAMESPACE))
    except NotFound as error:
        said = f"Error from server ({error.reason}): {error.message}"
        return str(scenario.names.incoming(said))
    return "the task is there"


def lifetime(scenario: Scenario, name: str) -> list[Version]:
    """Returns every version of the task since it was last created, without its deletion."""
    task = scenario.applied.task(name)
    versions = scenario.history.versions[task.since :]
    mine = [v for v in versions if v.resource is KUSCIA_TASKS and v.key == task.key]
    return [version for version in mine if is_of(task, version)]


def is_of(task: Task, version: Version) -> bool:
    """Checks that a version is of the last created task, and not of an earlier one of its name."""
    return not version.gone and task.uid in ("", objects.uid_of(version.object))


def status_of(version: Version) -> dict[str, Any]:
    return version.object.get("status") or {}


def mismatch_text(scenario: Scenario, task: Task, document: Any, context: Context) -> str:
    """Returns the text for a status that never matched.

    It has every mismatch of the nearest version, who had written each field last, and which version
    it is.
    """
    found = nearest_status(scenario, task, document, context)
    there = [version for _, version in scenario.history.from_cursor(KUSCIA_TASKS, task.key)]
    if found is None:
        return (
            f"expected: the task {task.key}\nactual:   {'it is gone' if there else 'there is none'}"
        )
    start, writes = first_task(scenario.history), scenario.expect.writes()
    until_then = _until(found.shown.version, scenario.history.of(KUSCIA_TASKS, task.key))
    table = documents.render(
        found.shown.mismatches, lambda path: last_writer(until_then, path, start, writes)
    )
    notes = [found.where(start)]
    if there[-1].gone:
        notes.append(f"the task is gone since {seconds(there[-1], start):+.2f} s")
    if not any(status_of(version) for version in there):
        notes.append("the task has no status")
    return "\n".join([table, "", *notes])


def nearest_status(
    scenario: Scenario, task: Task, document: Any, context: Context
) -> Nearest | None:
    """Returns the version whose status is nearest to the document, from the cursor on."""
    versions = [version for _, version in scenario.history.from_cursor(KUSCIA_TASKS, task.key)]
    mine = [version for version in versions if is_of(task, version)]
    return nearest(document, mine, status_of, context)


def _until(last: Version, versions: Sequence[Version]) -> Sequence[Version]:
    place = next(i for i, version in enumerate(versions) if version is last)
    return versions[: place + 1]


def wrong_fields(
    scenario: Scenario, task: Task, document: Any, context: Context
) -> tuple[str, ...]:
    """Returns the subjects of the document that mismatch in the nearest version of the status."""
    found = nearest_status(scenario, task, document, context)
    mismatches = found.shown.mismatches if found else documents.compare(document, {}, context)
    return documents.mismatched(document, "status", mismatches)


def _field(status: dict[str, Any], heading: str) -> str:
    """Returns the status field whose name in capitals is the heading; "" if there is none."""
    return next((str(v) for field, v in status.items() if field.upper() == heading), "")


def _shows(wanted: str, cell: Any, value: str, now: datetime) -> bool:
    if wanted != "age":
        return str(cell or "") == wanted
    age = _seconds_in(str(cell or ""))
    if age is None or not value:
        return False
    really = (now - objects.time_from(value)).total_seconds()
    return -1 <= really - age <= max(2, 0.1 * really)


def _seconds_in(text: str) -> int | None:
    """Returns the seconds of an age that kubectl prints, such as `7s`, `2m5s` or `3h`."""
    match = re.fullmatch(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", text)
    if not match or not text:
        return None
    days, hours, minutes, rest = (int(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + rest
