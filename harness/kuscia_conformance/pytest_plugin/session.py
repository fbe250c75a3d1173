"""One conformance run: its settings, its environment, its results and its report.

Each process has one `Run`. In the process that the user started, it starts the environment when the
environment is first needed, and writes the report at the end. In a worker of pytest-xdist it
receives the environment (on a virtual clock it starts its own) and writes no report.
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
#: The key under which a worker receives the environment, if all workers share one.
WORKER_ENVIRONMENT = "kuscia_environment"


def _say_nothing(_: str) -> None:
    """Shows no progress, because pytest's own terminal reporter does."""


@dataclass
class Run:
    """The state of a run. It is also a pytest plugin, because it listens to test reports."""

    settings: Settings
    is_worker: bool = False
    say: Callable[[str], None] = _say_nothing
    #: Rewrites the options in a message as the user writes them: `--kuscia-only` under pytest.
    in_words: Callable[[str], str] = as_pytest_says
    #: Keeps the progress line off the terminal while another text is shown.
    quiet: Callable[[], AbstractContextManager[object]] = nullcontext
    results: dict[str, Result] = field(default_factory=dict)
    #: Whether the user asked for less than the whole suite.
    partial: bool = False
    interrupted: bool = False
    #: The error because of which the environment could not start, or did not end cleanly.
    failure: ConformanceError | None = None
    _environment: Environment | None = None
    _ending: ExitStack = field(default_factory=ExitStack)

    def begin(self, config: pytest.Config) -> None:
        """Makes this the run of the pytest session.

        Raises UsageError for options that work only without parallel workers.
        """
        if getattr(config.option, "numprocesses", None):
            _require_one_at_a_time(self.settings)
        config.stash[RUN] = self
        config.pluginmanager.register(self, "kuscia-conformance-run")

    def environment(self) -> Environment:
        """Returns the cluster and the controller; the first call starts them.

        If that fails, pytest exits: with code 2 for a wrong option, else with 4.
        """
        if self._environment is None:
            # SIGTERM must also end the cluster, so it is handled as Ctrl-C is.
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
        """Deselects what `--only` does not name, and sorts the checks that run alone to the end."""
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
            text = f"--only {','.join(patterns)}: no check has this name"
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
        """Ends the environment and writes the report. A second Ctrl-C does not interrupt it."""
        if self.is_worker:
            return
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            if self._environment and not self.settings.reuse:
                self.say("stopping the controller and the cluster")
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
    """Returns a run with the settings of a pytest session, or of the parent of a worker.

    Raises UsageError for an option with a wrong value.
    """
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
    """Returns the items with the checks that run alone at the end.

    Checks with plain names are spread evenly among them: Kubernetes needs seconds to delete the
    namespaces of one such check, and the next one needs the same names.
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
        raise UsageError(
            "--pause-on-failure: works only with one scenario at a time, so without workers (-n 0)"
        )
    if settings.update:
        raise UsageError(
            "--update: works only with one scenario at a time, so without workers (-n 0)"
        )


def _is_partial(config: pytest.Config) -> bool:
    """Returns whether pytest runs less than all features of the suite."""
    whole = str(suite_folder("features").resolve())
    asked = [str(Path(argument).resolve()) for argument in config.args]
    return whole not in asked or bool(config.option.keyword or config.option.markexpr)
