"""Playing a scenario: its names and locks before, its evidence and cleaning after."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random

import orjson

from harness import locks
from harness.checks import Check
from harness.connection import Connection
from harness.controllers import control
from harness.environment import Environment
from harness.files import FixtureFiles
from harness.journal import History, Version
from harness.naming import Names, fresh_names
from harness.objects import Obj
from harness.scenario import Scenario
from harness.settings import Settings, Timeouts


@contextmanager
def play(
    check: Check,
    feature: Path,
    environment: Environment,
    connection: Connection,
    settings: Settings,
) -> Iterator[Scenario]:
    """A scenario ready for its steps; at the end it is cleaned up and its events are written."""
    names = Names() if check.exclusive else fresh_names(_chance(check, settings))
    with locks.running(Path(environment.work), alone=check.alone), ExitStack() as ending:
        environment.ask(control.LOOK)
        history = History(connection.journal, names)
        ending.callback(write_events, settings.out, check, history)
        scenario = Scenario(
            check=check,
            files=FixtureFiles(feature),
            environment=environment,
            connection=connection,
            timeouts=Timeouts().scaled(settings.timeout_scale),
            names=names,
            history=history,
            _ending=ending,
            task_defaults=settings.task_defaults,
            updating=settings.update,
        )
        yield scenario
        if scenario.keep:
            write_events(settings.out, check, history)
            scenario.leave()


def _chance(check: Check, settings: Settings) -> Random | None:
    """Where the clock is virtual, all is to be the same again: names, too."""
    return Random(f"{settings.seed}/{check.id}") if settings.virtual else None


def write_events(out: Path, check: Check, history: History) -> None:
    """Every version that concerned the scenario, one JSON object a line, in the order seen."""
    history.update()
    file = out / "checks" / check.area / check.id / "events.ndjson"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as events:
        for version in history.versions:
            events.write(orjson.dumps(_line(version), option=orjson.OPT_APPEND_NEWLINE))


def _line(version: Version) -> Obj:
    metadata = version.object["metadata"]
    bare = {field: value for field, value in metadata.items() if field != "managedFields"}
    return {
        "at": version.at.isoformat(timespec="milliseconds"),
        "event": version.event,
        "kind": version.resource.kind,
        "key": version.key,
        "object": {**version.object, "metadata": bare},
    }
