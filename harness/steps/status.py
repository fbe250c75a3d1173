"""The status of a task: whole documents, the order of phases and conditions, and the table."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import groupby
from typing import Any

from pytest_bdd import parsers, then

from harness import documents, objects
from harness.documents import Context
from harness.errors import MissingDocument
from harness.journal import Version
from harness.objects import KUSCIA_TASKS, TASK_NAMESPACE
from harness.scenario import Scenario
from harness.steps.resources import numbered
from harness.tasks import Task
from harness.timeline import first_task, seconds
from harness.writers import last_writer

#: A status that has not changed for so long, in seconds, is what `--update` writes down.
QUIET = 1.5
TASK = r'"(?P<name>[^"]+)"'
DOCUMENT = rf'the status of {TASK} matches "(?P<file>[^"]+)"(?: within (?P<limit>\d+) s)?'


@then(parsers.re(DOCUMENT))
def _(scenario: Scenario, name: str, file: str, limit: str | None) -> None:
    """Then the status of "psi" matches "running.status.yaml"."""
    __tracebackhide__ = True
    await_status(scenario, name, file, limit)


@then(
    parsers.re(
        r'the statuses of "(?P<first>[^"]+)" to "(?P<last>[^"]+)" match "(?P<file>[^"]+)"'
        r"(?: within (?P<limit>\d+) s)?"
    )
)
def _(scenario: Scenario, first: str, last: str, file: str, limit: str | None) -> None:
    """Then the statuses of "t-1" to "t-10" match "succeeded.status.yaml", each of them."""
    __tracebackhide__ = True
    for name in numbered(first, last):
        await_status(scenario, name, file, limit)


def await_status(scenario: Scenario, name: str, file: str, limit: str | None) -> None:
    __tracebackhide__ = True
    times, task = scenario.timeouts, scenario.task(name)
    within = float(limit) * times.factor if limit else times.status
    try:
        document = scenario.files.document(file)
    except MissingDocument:
        update(scenario, task.key, file)
        return
    context, looked_at = Context(nodes=scenario.nodes), set[int]()

    def matching() -> int | None:
        for place, version in scenario.versions(KUSCIA_TASKS, task.key):
            if not is_of(task, version) or place in looked_at:
                continue
            looked_at.add(place)
            if not documents.compare(document, status_of(version), context):
                return place
        return None

    if not scenario.updating:
        scenario.cursor = scenario.until(
            matching, within, lambda: mismatch_text(scenario, task.key, document, context)
        )
    elif (found := scenario.history.until(matching, within)) is not None:
        scenario.cursor = found
    else:
        update(scenario, task.key, file)


def update(scenario: Scenario, key: str, file: str) -> None:
    """Write the document from the task's status, once that has come to rest."""
    __tracebackhide__ = True
    while scenario.changes_within(QUIET):
        pass
    places = [(i, v) for i, v in scenario.versions(KUSCIA_TASKS, key) if not v.gone]
    if not places or not status_of(places[-1][1]):
        scenario.fail(f"expected: a status to write {file} from\nactual:   there is none")
    scenario.cursor, version = places[-1]
    text = documents.write_status(status_of(version))
    scenario.wrote.append(str(scenario.files.write(file, text)))


@then(parsers.re(rf"the phases of {TASK} were (?P<phases>.+)"))
def _(scenario: Scenario, name: str, phases: str) -> None:
    """Then the phases of "psi" were Pending, Running, Succeeded."""
    __tracebackhide__ = True
    wanted = phases.split(", ")

    def passed() -> list[str]:
        history = lifetime(scenario, name)
        return [phase for phase, _ in groupby(status_of(v).get("phase") for v in history) if phase]

    def text() -> str:
        return f"expected: the phases {phases}\nactual:   {', '.join(passed()) or 'none'}"

    scenario.until(lambda: len(passed()) >= len(wanted) or None, scenario.timeouts.status, text)
    if passed() != wanted:
        scenario.fail(text())


@then(parsers.re(rf"the conditions of {TASK} became True in the order (?P<types>.+)"))
def _(scenario: Scenario, name: str, types: str) -> None:
    """Then the conditions of "psi" became True in the order ResourceCreated, Running, Success."""
    __tracebackhide__ = True
    wanted, found = types.split(", "), list[str]()
    for version in lifetime(scenario, name):
        for condition in status_of(version).get("conditions") or []:
            kind = condition.get("type")
            if condition.get("status") == "True" and kind in wanted and kind not in found:
                found.append(kind)
    if found != wanted:
        scenario.fail(f"expected: True in the order {types}\nactual:   {', '.join(found)}")


@then(parsers.re(rf"kubectl shows {TASK} as"))
def _(scenario: Scenario, name: str, datatable: list[list[str]]) -> None:
    """Then kubectl shows "psi" as: a row of headings, a row of cells; `age` is a time's age."""
    __tracebackhide__ = True
    headings, wanted = datatable
    real, api = scenario.names.real(name), scenario.connection.api
    table = scenario.connection.run(api.table(KUSCIA_TASKS, real, TASK_NAMESPACE))
    status = scenario.connection.run(api.get(KUSCIA_TASKS, real, TASK_NAMESPACE))["status"]
    now = scenario.connection.journal.now()
    found = [
        column["name"].upper() for column in table["columnDefinitions"] if not column["priority"]
    ]
    cells = [scenario.names.incoming(cell) for cell in table["rows"][0]["cells"]]
    if found != headings:
        scenario.fail(f"expected: the columns {', '.join(headings)}\nactual:   {', '.join(found)}")
    wrong = [
        f"{heading}: expected {want or 'nothing'}, actual {cell or 'nothing'}"
        for heading, want, cell in zip(headings, wanted, cells, strict=True)
        if not _shows(want, cell, _field(status, heading), now)
    ]
    if wrong:
        scenario.fail("\n".join(wrong))


def lifetime(scenario: Scenario, name: str) -> list[Version]:
    """Every version of the task, since it was made the last time."""
    task = scenario.task(name)
    versions = scenario.history.versions[task.since :]
    mine = [v for v in versions if v.resource is KUSCIA_TASKS and v.key == task.key]
    return [version for version in mine if is_of(task, version)]


def is_of(task: Task, version: Version) -> bool:
    """Whether it is the task as it was created last, and not one of the same name before it."""
    return not version.gone and task.uid in ("", objects.uid_of(version.object))


def status_of(version: Version) -> dict[str, Any]:
    return version.object.get("status") or {}


def mismatch_text(scenario: Scenario, key: str, document: Any, context: Context) -> str:
    """Every mismatch of the newest status, who wrote what, and how near an earlier one came."""
    versions = [version for _, version in scenario.versions(KUSCIA_TASKS, key)]
    if not versions or versions[-1].gone:
        return f"there is no task {key}"
    mismatches = documents.compare(document, status_of(versions[-1]), context)
    start, everything = first_task(scenario.history), scenario.history.of(KUSCIA_TASKS, key)
    writes = scenario.writes()
    table = documents.render(mismatches, lambda path: last_writer(everything, path, start, writes))

    def right(version: Version) -> int:
        return documents.score(document, status_of(version), context)

    nearest = max(reversed(versions), key=right)
    count = f"{right(nearest)} of {documents.fields(document)} fields"
    return f"{table}\n\nnearest: {count} at {seconds(nearest, start):+.2f} s"


def _field(status: dict[str, Any], heading: str) -> str:
    """The value of the status field whose name a heading shows in capitals."""
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
    """The seconds in an age as kubectl prints it: `7s`, `2m5s`, `3h`."""
    match = re.fullmatch(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", text)
    if not match or not text:
        return None
    days, hours, minutes, rest = (int(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + rest
