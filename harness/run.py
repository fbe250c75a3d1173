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
from kuscia_conformance_plugin import OPTIONS

from harness.collection import CHECK
from harness.environment import Environment, stand
from harness.errors import ConformanceError, UsageError
from harness.report.outcome import Result, result_from
from harness.report.write import prepare_folder, write_report
from harness.settings import Settings, read_settings, suite_folder
from harness.standing import standing

RUN = pytest.StashKey["Run"]()


def _say_nothing(_: str) -> None:
    """Pytest's own terminal reporter tells of the tests."""


@dataclass
class Run:
    """The state of a run; a plugin of pytest's for what it listens to."""

    settings: Settings
    is_worker: bool = False
    say: Callable[[str], None] = _say_nothing
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

    @classmethod
    def for_config(cls, config: pytest.Config, given: dict[str, Any] | None) -> Run:
        chosen = {option.key: config.getoption(option.dest, None) for option in OPTIONS}
        settings = read_settings(chosen, config.getini)
        run = cls(settings, is_worker=hasattr(config, "workerinput"))
        run.partial = bool(settings.only) or settings.update or _is_partial(config)
        if getattr(config.option, "numprocesses", None):
            _require_one_at_a_time(settings)
        if given:
            run._environment = Environment.from_dict(given)
        elif not run.is_worker and not config.option.collectonly:
            prepare_folder(settings.out)
        config.pluginmanager.register(run, "kuscia-conformance-run")
        return run

    def environment(self) -> Environment:
        """The cluster and the controller, made on the first call; the run ends if that fails."""
        if self._environment is None:
            # Whoever ends pytest by SIGTERM wants the cluster gone, too.
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            try:
                if self.settings.reuse:
                    self._environment = standing()
                else:
                    self._environment = self._ending.enter_context(stand(self.settings, self.say))
            except ConformanceError as error:
                self.failure = error
                pytest.exit(str(error), returncode=2 if isinstance(error, UsageError) else 4)
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
            raise pytest.UsageError(f"--only {','.join(patterns)}: no check is called that")

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
                write_report(self)
        finally:
            signal.signal(signal.SIGINT, before)

    def _end(self) -> None:
        try:
            self._ending.close()
        except ConformanceError as error:
            self.failure = self.failure or error

    @property
    def out(self) -> Path:
        return self.settings.out

    @property
    def described(self) -> Environment | None:
        """The environment, if it was made."""
        return self._environment


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
