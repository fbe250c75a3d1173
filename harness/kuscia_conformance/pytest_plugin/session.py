"""One conformance run: its settings, its environment, its results, its verdict.

There is one `Run` per process. In the process that the user started it makes the
environment on demand and writes the report at the end; in a worker it does neither.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from kuscia_conformance.environment.background import running_environment
from kuscia_conformance.environment.model import Environment
from kuscia_conformance.environment.processes import environment_for
from kuscia_conformance.environment.settings import Settings, read_settings
from kuscia_conformance.errors import ConformanceError, UsageError
from kuscia_conformance.features.folders import (
    suite_folder,
)
from kuscia_conformance.pytest_plugin.collection import CHECK
from kuscia_conformance.pytest_plugin.options import (
    OPTIONS,
    WORKER_SETTINGS,
    as_pytest_says,
    chosen,
)
from kuscia_conformance.report.outcome import Result, result_from
from kuscia_conformance.report.write import Outcome, prepare_folder, write_report

RUN = pytest.StashKey["Run"]()
#: What a worker is given by its parent: the environment, if all share one.
WORKER_ENVIRONMENT = "kuscia_environment"


def _say_nothing(_: str) -> None:
    """Pytest's own terminal reporter tells of the tests."""


@dataclass
class Run:
    """The state of a run; a plugin of pytest's for what it listens to."""

    settings: Settings
    is_worker: bool = False
    say: Callable[[str], None] = _say_nothing
    #: Names options in messages as whoever started the run names them.
    in_words: Callable[[str], str] = as_pytest_says
    #: Keeps others from writing to the terminal meanwhile.
    quiet: Callable[[], AbstractContextManager[object]] = nullcontext
    results: dict[str, Result] = field(default_factory=dict)
    #: Whether less than the whole suite was asked for.
    partial: bool = False
    interrupted: bool = False
    #: Why there is no environment.
    failure: ConformanceError | None = None
    _environment: Environment | None = None
    _ending: ExitStack = field(default_factory=ExitStack)

    def begin(self, config: pytest.Config) -> None:
        """Make this the run of the pytest session. UsageError if the session cannot have it."""
        if getattr(config.option, "numprocesses", None):
            _require_one_at_a_time(self.settings)
        config.stash[RUN] = self
        config.pluginmanager.register(self, "kuscia-conformance-run")

    def environment(self) -> Environment:
        """The cluster and the controller, made on the first call; the run ends if that fails."""
        if self._environment is None:
            # Whoever ends pytest by SIGTERM wants the cluster gone, too.
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            try:
                if self.settings.reuse:
                    self._environment = running_environment()
                else:
                    self._environment = self._ending.enter_context(
                        environment_for(self.settings, self.say)
                    )
            except ConformanceError as error:
                self.failure = error
                text = self.in_words(str(error))
                pytest.exit(text, returncode=2 if isinstance(error, UsageError) else 4)
        return self._environment

    def choose(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out what `--only` does not name, and put what runs alone last."""
        patterns = self.settings.only
        left_out = [
            item
            for item in items
            if patterns and CHECK in item.stash and not item.stash[CHECK].is_named(patterns)
        ]
        if left_out:
            config.hook.pytest_deselected(items=left_out)
            items[:] = [item for item in items if item not in left_out]
        items[:] = in_order(items)
        if patterns and not items and not self.is_worker:
            text = f"--only {','.join(patterns)}: no check is called that"
            raise pytest.UsageError(self.in_words(text))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        data = getattr(report, "conformance", None)
        if data is None or (report.when == "setup" and report.passed):
            return  # nothing has been checked yet
        result, before = result_from(data), self.results.get(report.nodeid)
        self.results[report.nodeid] = before.then(result) if before else result

    def pytest_keyboard_interrupt(self) -> None:
        self.interrupted = True

    def finish(self) -> None:
        """End what was started, undisturbed by a second Ctrl-C, and write the report."""
        if self.is_worker:
            return
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            if self._environment and not self.settings.reuse:
                self.say("ending the controller and the cluster")
            self._end()
            if self.results:
                write_report(self.settings.out, self._outcome())
        finally:
            signal.signal(signal.SIGINT, before)

    def _end(self) -> None:
        try:
            self._ending.close()
        except ConformanceError as error:
            self.failure = self.failure or error

    def _outcome(self) -> Outcome:
        return Outcome(
            controller=", ".join(self.settings.controller),
            cluster=self._cluster(),
            results=list(self.results.values()),
            interrupted=self.interrupted,
            partial=self.partial,
        )

    def _cluster(self) -> tuple[str, Sequence[str]] | None:
        if self._environment:
            return self._environment.cluster, self._environment.can
        if self.settings.virtual and self.results:  # each worker had its own
            from kuscia_conformance.environment import virtual

            return virtual.NAME, virtual.CAN
        return None


def run_of(config: pytest.Config) -> Run:
    """Returns a run with the settings of a pytest session. UsageError if they cannot be."""
    given: dict[str, Any] = getattr(config, "workerinput", {})
    if WORKER_SETTINGS in given:
        settings = Settings.from_json(given[WORKER_SETTINGS])
        shared = given.get(WORKER_ENVIRONMENT)
        environment = Environment.from_dict(shared) if shared else None
        return Run(settings, is_worker=True, _environment=environment)
    choice = chosen(
        {each.key: config.getoption(each.dest, None) for each in OPTIONS}, config.getini
    )
    settings = read_settings(choice.texts, choice.given)
    if not config.option.collectonly:
        prepare_folder(settings.out)
    return Run(settings, partial=bool(settings.only) or settings.update or _is_partial(config))


def in_order(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """What runs alone comes last, those with plain names spread among the others of it.

    The namespaces of plain names take seconds to go, for the next one to come.
    """
    plain, killing, together = list[pytest.Item](), list[pytest.Item](), list[pytest.Item]()
    for item in items:
        check = item.stash.get(CHECK, None)
        group = together if check is None or not check.alone else killing
        (plain if check and check.exclusive else group).append(item)
    places = [
        ((i + 0.5) / len(group), item) for group in (plain, killing) for i, item in enumerate(group)
    ]
    return [*together, *(item for _, item in sorted(places, key=lambda place: place[0]))]


def _require_one_at_a_time(settings: Settings) -> None:
    if settings.pause_on_failure:
        raise UsageError("--pause-on-failure: only one scenario at a time can be looked at")
    if settings.update:
        raise UsageError("--update: only one scenario at a time can write documents")


def _is_partial(config: pytest.Config) -> bool:
    """Whether pytest was asked for less than all our features."""
    whole = str(suite_folder("features").resolve())
    asked = [str(Path(argument).resolve()) for argument in config.args]
    return whole not in asked or bool(config.option.keyword or config.option.markexpr)
