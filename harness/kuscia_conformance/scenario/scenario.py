"""The `Scenario` that steps get as a fixture: the parts of one running scenario.

Steps call the parts (`scenario.applied.create`) instead of having helpers of their own. See the
docstring of this room for the parts.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

from pytest_bdd.parser import Step

from kuscia_conformance.environment.connection import Connection
from kuscia_conformance.environment.model import Environment
from kuscia_conformance.environment.settings import Timeouts
from kuscia_conformance.features.checks import Check
from kuscia_conformance.features.fixture_files import FixtureFiles
from kuscia_conformance.scenario.applied import Applied
from kuscia_conformance.scenario.controller import ControllerUnderTest
from kuscia_conformance.scenario.domains import Domains
from kuscia_conformance.scenario.expectations import Expectations
from kuscia_conformance.scenario.failure import CheckFailed, in_words
from kuscia_conformance.scenario.history import History
from kuscia_conformance.scenario.names import Names


class StepRecorder(Protocol):
    """Writes each step to the evidence, as `recording.Recorder` does."""

    def begin(self, step: Step, *, looks: bool) -> None: ...

    def end(self, step: Step, error: BaseException | None = None) -> None: ...


@dataclass(
    repr=False
)  # pytest shows the arguments of a failed step: a cluster with all its history
class Scenario:
    """The parts that the steps of one scenario share."""

    files: FixtureFiles
    names: Names
    timeouts: Timeouts
    environment: Environment
    connection: Connection
    history: History
    expect: Expectations
    domains: Domains
    applied: Applied
    controller: ControllerUnderTest
    #: The cleaning at the end of the scenario; the latest entry runs first.
    ending: ExitStack
    #: Whether `--update` was given: missing or mismatching status documents are written.
    updating: bool = False
    #: The files that were written.
    wrote: list[str] = field(default_factory=list)
    #: Whether the scenario's objects stay in the cluster after it.
    keep: bool = False
    #: Writes each step to the evidence; None in a replay.
    recorder: StepRecorder | None = None

    @classmethod
    def of(
        cls,
        check: Check,
        files: FixtureFiles,
        timeouts: Timeouts,
        environment: Environment,
        connection: Connection,
        history: History,
    ) -> Self:
        """Returns a scenario of these parts, before its first step."""
        ending = ExitStack()
        controller = ControllerUnderTest(environment, ending)
        expect = Expectations(check, history, environment, connection, controller)
        return cls(
            files=files,
            names=history.names,
            timeouts=timeouts,
            environment=environment,
            connection=connection,
            history=history,
            expect=expect,
            domains=Domains(environment, connection, history, timeouts, ending, expect.fail),
            applied=Applied(files, connection, expect, timeouts, ending),
            controller=controller,
            ending=ending,
        )

    def begins(self, step: Step, *, looks: bool) -> None:
        """Says which step runs from now on; `looks` says that it changes nothing.

        Raises ControllerExited if the controller has ended on its own.
        """
        if self.recorder:
            self.recorder.begin(step, looks=looks)
        try:
            self.history.watch()
        except CheckFailed as error:
            self.ends(step, error)
            raise
        self.expect.step = step
        self.history.doing = "" if looks else in_words(step)

    def ends(self, step: Step, error: BaseException | None = None) -> None:
        """Says that the step has ended, and with which error, if it has failed."""
        if self.recorder:
            self.recorder.end(step, error)

    def at_the_end(self, coroutine: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        """Registers a cleanup for the end of the scenario; the latest cleanup runs first."""
        self.ending.callback(lambda: self.connection.run(coroutine()))

    def leave(self) -> None:
        """Drops all cleaning, so that the objects stay; starts the controller if it was killed.

        Other scenarios cannot borrow these nodes until the cluster ends.
        """
        if self.controller.killed:
            self.controller.start()
        self.domains.leave()
        self.ending.pop_all()
