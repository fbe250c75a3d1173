"""A `Scenario` that sees only what was recorded: its history, its clock, its answers.

The clock stands where the evidence of the step ends. A wait that finds nothing up to there, and
whose deadline is later, has run `short`: the run did not look on, so nothing follows from it.
"""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NoReturn

from kuscia_conformance.environment.connection import Connection
from kuscia_conformance.environment.journal import Journal, Version
from kuscia_conformance.environment.model import Environment
from kuscia_conformance.environment.settings import Timeouts
from kuscia_conformance.errors import NotRecorded, NotReplayable
from kuscia_conformance.evidence.record import Recorded
from kuscia_conformance.evidence.tape import Played, Wait
from kuscia_conformance.features.fixture_files import FixtureFiles
from kuscia_conformance.features.reader import Case
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import Access
from kuscia_conformance.replay.pairing import Pair
from kuscia_conformance.scenario.failure import in_words
from kuscia_conformance.scenario.history import Act, History, clock_in_words
from kuscia_conformance.scenario.names import Names
from kuscia_conformance.scenario.recording import restore
from kuscia_conformance.scenario.scenario import Scenario

BEFORE = datetime.min.replace(tzinfo=UTC)


@dataclass
class RecordedJournal(Journal):
    """The recorded versions, of which only a part has come yet."""

    recorded: list[Version] = field(default_factory=list)
    moment: datetime = BEFORE
    short: bool = False

    def __post_init__(self) -> None:
        self.now = lambda: self.moment

    def come(self, length: int, moment: datetime) -> None:
        """Lets so many versions have come, and sets the clock."""
        if length > len(self.recorded):
            text = f"events.ndjson has {len(self.recorded)} events, and a step saw {length}"
            raise NotRecorded(text)
        self.versions, self.moment = self.recorded[:length], moment

    def wait_beyond(self, count: int, seconds: float) -> bool:  # noqa: ARG002
        """Returns False, because nothing more comes. Remembers that there was time left."""
        self.short = self.short or seconds > 0
        return False


class RecordedHistory(History):
    """A history of recorded versions: all are the scenario's, and have its own names."""

    def _read_one(self) -> bool:
        self.versions.append(self.journal.versions[self._read])
        self._read += 1
        return True


@dataclass
class Stage:
    """A recorded scenario, which `begin` and `restore` lead from step to step."""

    scenario: Scenario
    journal: RecordedJournal

    def begin(self, pair: Pair) -> None:
        """Sets the scenario to the beginning of a step that looks.

        Raises NotRecorded if the run has no record of the step.
        """
        record, history = pair.record, self.scenario.history
        if record is None:
            raise NotRecorded(f"the run has no record of this step: {pair.today.line}")
        self.scenario.begins(pair.today.step, looks=True)
        self.journal.come(record.first, record.began)
        history.update()
        self.journal.come(record.last, record.ended)

        def on_wait(wait: Wait | None) -> None:
            if wait is None or wait.found or wait.length is None:
                self.journal.come(pair.length, pair.moment)
            else:
                self.journal.come(wait.length, wait.deadline)

        history.tape = Played(record.answers, record.waits, on_wait)

    def restore(self, pair: Pair) -> None:
        """Sets the scenario to the end of a step that acted."""
        record, history = pair.record, self.scenario.history
        if record is None:
            raise NotRecorded(f"the run has no record of this step: {pair.today.line}")
        try:
            restore(self.scenario, record.state)
        except (AttributeError, KeyError, TypeError) as error:
            raise NotRecorded(f"the state after this step is damaged: {record.text}") from error
        self.journal.come(record.last, record.ended)
        history.update()
        history.cursor = record.cursor
        if record.acted:
            history.acts.append(Act(record.acted, in_words(pair.today.step)))


def stage_of(case: Case, recorded: Recorded, versions: list[Version]) -> Stage:
    """Returns the scenario of a check before its first step.

    Raises KeyError, TypeError or ValueError if the record's first line is damaged.
    """
    about = recorded.about
    began = datetime.fromisoformat(about["began"])
    journal = RecordedJournal(recorded=versions, moment=began)
    history = RecordedHistory(journal, Names(about["token"]))
    history.clock = clock_in_words(virtual=about.get("seed") is not None)
    connection = Connection(Api(Access("", None, lambda: None), ""), journal, _refuse)
    files, timeouts = FixtureFiles(case.path), Timeouts(**about["timeouts"])
    environment = _environment(about)
    scenario = Scenario.of(case.check, files, timeouts, environment, connection, history)
    return Stage(scenario, journal)


def _environment(about: dict[str, Any]) -> Environment:
    return Environment(
        cluster=about["cluster"],
        kubeconfig="",
        context=None,
        can=tuple(about["can"]),
        nodes=(),
        outlives=False,
        controller=about["controller"],
        controller_log=None,
        run="",
        work="",
    )


def _refuse(coroutine: Coroutine[Any, Any, Any]) -> NoReturn:
    coroutine.close()
    raise NotReplayable(
        "the step asks the cluster, and its answers are not recorded",
        hint="let the step ask through scenario.history.tape.ask(question, function)",
    )
