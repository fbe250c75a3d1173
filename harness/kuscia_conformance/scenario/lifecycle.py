"""The lifecycle of a scenario: names and locks before it, events and cleaning up after it.

Each step that creates something pushes its undoing onto the scenario's `ending`, an ExitStack. At
the end the stack is unwound, the latest first. So the cleaning also happens after a failure, and
the events, whose writing is pushed first, include the cleaning.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import orjson

from kuscia_conformance.clusters import node_locks
from kuscia_conformance.environment.connection import Connection
from kuscia_conformance.environment.controllers import control
from kuscia_conformance.environment.journal import Version
from kuscia_conformance.environment.model import Environment
from kuscia_conformance.environment.settings import Settings, Timeouts
from kuscia_conformance.features.checks import Check
from kuscia_conformance.features.fixture_files import FixtureFiles
from kuscia_conformance.kube.objects import Obj
from kuscia_conformance.scenario.applied import Applied
from kuscia_conformance.scenario.controller import ControllerUnderTest
from kuscia_conformance.scenario.domains import Domains
from kuscia_conformance.scenario.expectations import Expectations
from kuscia_conformance.scenario.history import History
from kuscia_conformance.scenario.names import Names, fresh_names
from kuscia_conformance.scenario.scenario import Scenario


@dataclass(frozen=True)
class Stage:
    """The environment, connection and settings that all scenarios of one process share."""

    environment: Environment
    connection: Connection
    settings: Settings


@contextmanager
def scenario_lifecycle(check: Check, feature: Path, stage: Stage) -> Iterator[Scenario]:
    """Yields a scenario that is ready for its steps; cleans up and writes its events at the end.

    Waits for its turn first: an exclusive check, and one that kills the controller, runs alone.
    If a step has set `keep`, the objects stay. Raises ControllerError if the controller has ended
    on its own.
    """
    environment, settings = stage.environment, stage.settings
    names = Names() if check.exclusive else fresh_names(_chance(check, settings))
    with node_locks.running(Path(environment.work), alone=check.alone), ExitStack() as ending:
        environment.ask(control.LOOK)
        history = History(stage.connection.journal, names)
        ending.callback(write_events, settings.out, check, history)
        scenario = _scenario(check, FixtureFiles(feature), stage, history, ending)
        yield scenario
        if scenario.keep:
            write_events(settings.out, check, history)
            scenario.leave()


def _scenario(
    check: Check, files: FixtureFiles, stage: Stage, history: History, ending: ExitStack
) -> Scenario:
    environment, connection, settings = stage.environment, stage.connection, stage.settings
    timeouts = Timeouts().scaled(settings.timeout_scale)
    controller = ControllerUnderTest(environment, ending)
    expect = Expectations(check, history, environment, connection, controller)
    return Scenario(
        files=files,
        names=history.names,
        timeouts=timeouts,
        environment=environment,
        connection=connection,
        history=history,
        expect=expect,
        domains=Domains(environment, connection, history, timeouts, ending),
        applied=Applied(files, connection, expect, timeouts, ending, settings.task_defaults),
        controller=controller,
        ending=ending,
        updating=settings.update,
    )


def _chance(check: Check, settings: Settings) -> Random | None:
    """Returns a seeded generator on a virtual clock, where every run has to have the same names."""
    return Random(f"{settings.seed}/{check.id}") if settings.virtual else None


def write_events(out: Path, check: Check, history: History) -> None:
    """Writes `checks/AREA/CHECK/events.ndjson`: all versions of the scenario in the order seen.

    Each line is one JSON object. `managedFields` are left out.
    """
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
