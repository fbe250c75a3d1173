"""The lifecycle of a scenario: names and locks before it, events and cleaning up after it.

Each step that creates something pushes its undoing onto the scenario's `ending`, an ExitStack. At
the end the stack is unwound, the latest first. So the cleaning also happens after a failure, and
the events, whose writing is pushed first, include the cleaning.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from kuscia_conformance.clusters import node_locks
from kuscia_conformance.environment.connection import Connection
from kuscia_conformance.environment.model import Environment
from kuscia_conformance.environment.settings import Settings, Timeouts
from kuscia_conformance.evidence.breaches import Judged, write_judged
from kuscia_conformance.evidence.events import write_events
from kuscia_conformance.evidence.files import folder_of
from kuscia_conformance.evidence.record import Record
from kuscia_conformance.features.checks import Check
from kuscia_conformance.features.fixture_files import FixtureFiles
from kuscia_conformance.scenario.history import History, clock_in_words
from kuscia_conformance.scenario.names import Names, fresh_names
from kuscia_conformance.scenario.recording import Recorder, about
from kuscia_conformance.scenario.rules import judge
from kuscia_conformance.scenario.rules.story import Story
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
    If a step has set `keep`, the objects stay. Raises ControllerExited if the controller has ended
    on its own after the last step.
    """
    environment, settings = stage.environment, stage.settings
    names = Names() if check.exclusive else fresh_names(_chance(check, settings))
    with node_locks.running(Path(environment.work), alone=check.alone):
        history = History(stage.connection.journal, names)
        history.clock = clock_in_words(virtual=settings.virtual)
        folder = folder_of(settings.out, check)
        scenario = _scenario(check, feature, stage, history)
        with Record(folder) as record:
            scenario.recorder = recorder = Recorder(scenario, record)
            with record.cleaning(recorder.retried), scenario.ending as ending:
                ending.callback(_write_events, folder, history)
                record.write(about(scenario, feature, settings))
                history.watch = scenario.expect.require_controller
                yield scenario
                if not scenario.updating:
                    write_judged(folder, _by_rules(check, scenario, recorder, settings))
                history.watch, scenario.expect.over = _nothing, True
                if scenario.keep:
                    _write_events(folder, history)
                    scenario.leave()
                scenario.expect.require_controller()


def _nothing() -> None:
    """Watches nothing: cleaning up has to go on without a controller."""


#: How many seconds pass after the last step on a virtual clock, where they cost nothing, so that
#: rules see what happens soon, and what does not end.
_AFTER = 16


def _by_rules(check: Check, scenario: Scenario, recorder: Recorder, settings: Settings) -> Judged:
    """Returns what the standing rules find in all that the scenario has seen."""
    history = scenario.history
    if settings.virtual and not recorder.failed and not scenario.controller.killed:
        history.let_pass(_AFTER)
    history.update()
    until, seen = history.journal.now(), len(history.versions)
    story = Story(
        history.versions[:seen], recorder.acts, history.began, until, virtual=settings.virtual
    )
    return Judged(until, seen, judge(story, dict(check.without)))


def _write_events(folder: Path, history: History) -> None:
    history.update()
    write_events(folder, history.versions)


def _scenario(check: Check, feature: Path, stage: Stage, history: History) -> Scenario:
    settings, timeouts = stage.settings, Timeouts().scaled(stage.settings.timeout_scale)
    files = FixtureFiles(feature)
    made = Scenario.of(check, files, timeouts, stage.environment, stage.connection, history)
    made.applied.task_defaults, made.updating = settings.task_defaults, settings.update
    return made


def _chance(check: Check, settings: Settings) -> Random | None:
    """Returns a seeded generator on a virtual clock, where every run has to have the same names."""
    return Random(f"{settings.seed}/{check.id}") if settings.virtual else None
