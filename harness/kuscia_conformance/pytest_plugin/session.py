"""One conformance run inside a pytest session: its settings, its environment, its plan and its end.

Each process has one `Run`. In the process that the user started, it starts the environment when the
environment is first needed, writes the plan before the first check, and says at the end how the run
ended. In a worker of pytest-xdist it receives the environment (on a virtual clock it starts its
own). The results of the checks are written by the process that runs them (`hooks`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from secrets import token_hex
from signal import SIGKILL
from typing import Any, NoReturn

import pytest

from kuscia_conformance.clusters.process import die_with_parent
from kuscia_conformance.environment.background import reused_environment
from kuscia_conformance.environment.facts import facts_of, kubernetes_version, now
from kuscia_conformance.environment.model import Environment
from kuscia_conformance.environment.processes import environment_for
from kuscia_conformance.environment.settings import Settings, read_settings
from kuscia_conformance.environment.signals import (
    end_on_signals,
    undisturbed,
)
from kuscia_conformance.errors import (
    ConformanceError,
    HarnessError,
    UsageError,
    cause_of,
    told,
)
from kuscia_conformance.evidence.breaches import rule_results
from kuscia_conformance.evidence.ending import KILLED, write_ending
from kuscia_conformance.evidence.files import CHECKS
from kuscia_conformance.evidence.plan import FILE as PLAN
from kuscia_conformance.evidence.plan import Plan, PlannedCheck, read_plan, write_plan
from kuscia_conformance.evidence.results import Result
from kuscia_conformance.evidence.run import Evidence
from kuscia_conformance.features.reader import Case
from kuscia_conformance.features.rules import chosen as chosen_rules
from kuscia_conformance.features.rules import names_rules_alone
from kuscia_conformance.features.rules import rules as all_rules
from kuscia_conformance.features.selection import (
    ALL,
    cases_below,
    checks_named,
    claimed,
    named,
    pytest_name,
    require_unique,
    suite_checks,
)
from kuscia_conformance.pytest_plugin.collection import CHECK, in_order
from kuscia_conformance.pytest_plugin.notes import Notes
from kuscia_conformance.pytest_plugin.options import (
    OPTIONS,
    WORKER_SETTINGS,
    as_pytest_says,
    chosen,
)
from kuscia_conformance.report.folder import clear_folder, require_ours, retire_report
from kuscia_conformance.report.views import write_views

RUN = pytest.StashKey["Run"]()
#: The key under which a worker receives the environment, if all workers share one.
WORKER_ENVIRONMENT = "kuscia_environment"
#: The key under which a worker receives the names of the claimed optional features.
WORKER_CLAIMS = "kuscia_claims"
#: The key under which a worker receives the name of the run.
WORKER_RUN = "kuscia_run"

#: What to do about a results folder.
ABOUT_THE_FOLDER = "run again, with a folder for this run alone (--out)"


def _say_nothing(_: str) -> None:
    """Shows no progress, because pytest's own terminal reporter does."""


def _tell_nobody(_: PlannedCheck, __: Result) -> None:
    """Shows no result of a rule, because pytest's own terminal knows only tests."""


@dataclass(eq=False)
class Run:
    """The state of a run, and what to do at its beginning and at its end."""

    settings: Settings
    #: The features that were named, and folders of features.
    paths: Sequence[Path] = ()
    is_worker: bool = False
    #: The name of the run in its plan and its results, which tells them from those of another run.
    name: str = field(default_factory=partial(token_hex, 8))
    say: Callable[[str], None] = _say_nothing
    #: Whether `kuscia-conformance run` has started pytest, and prints how the run ends.
    is_command: bool = False
    #: Rewrites the options in a message as the user writes them: `--kuscia-only` under pytest.
    in_words: Callable[[str], str] = as_pytest_says
    #: Keeps the progress line off the terminal while another text is shown.
    quiet: Callable[[], AbstractContextManager[object]] = nullcontext
    plan: Plan | None = None
    #: How the run has ended, as far as that is known.
    notes: Notes = field(default_factory=Notes)
    #: The error because of which the environment could not start.
    failure: ConformanceError | None = None
    _environment: Environment | None = None
    _cleanup: ExitStack = field(default_factory=ExitStack)
    #: What the run has found, and a text for each file that could not be written; None
    #: until the run has ended, and if it has not begun.
    evidence: Evidence | None = None
    unwritten: Mapping[str, str] = field(default_factory=dict)
    #: Whether the standing rules are planned though scenarios are left out.
    judges_all: bool = False
    #: Called with the result of each rule, once all scenarios have run.
    tell: Callable[[PlannedCheck, Result], None] = _tell_nobody
    _prepared: bool = False
    #: A text about the report of an older run that was deleted, if this run has not begun.
    retired: str = ""

    def begin(self, config: pytest.Config) -> None:
        """Makes this the run of the pytest session.

        Raises UsageError for options that work only without parallel workers, and for an unknown
        name in `--claim`.
        """
        if getattr(config.option, "numprocesses", None):
            _require_one_at_a_time(self.settings)
        if not self.is_worker and self.settings.claims not in ((), (ALL,)):
            _ = self.claims
        config.stash[RUN] = self
        self.notes.finish = self.finish
        config.pluginmanager.register(self.notes, "kuscia-conformance-notes")
        end_on_signals()
        if self.is_worker:  # pytest-xdist would let it run on, and it would show tracebacks
            die_with_parent(SIGKILL)

    @cached_property
    def cases(self) -> list[Case]:
        """The checks below the paths of the run, also those that it leaves out."""
        return cases_below(self.paths)

    @cached_property
    def planned(self) -> dict[str, PlannedCheck]:
        """The planned checks by the names that pytest gives to their tests."""
        return {pytest_name(p.check.id): p for p in self.plan.checks} if self.plan else {}

    @cached_property
    def claims(self) -> frozenset[str]:
        """The optional features that are claimed. Raises UsageError for an unknown one."""
        return claimed(self.settings.claims, self.cases)

    def environment(self) -> Environment:
        """Returns the cluster and the controller; the first call starts them.

        If that fails, pytest exits: with code 2 for a wrong option, else with 4.
        """
        if self._environment is None:
            self.prepare()
            with self._or_exit():
                self._environment = self._start()
        return self._environment

    def _start(self) -> Environment:
        if self.settings.reuse:
            return reused_environment(self.say)
        return self._cleanup.enter_context(environment_for(self.settings, self.say))

    @contextmanager
    def _or_exit(self) -> Iterator[None]:
        """Ends pytest after an error, with code 2 for wrong usage, else with 4."""
        try:
            yield
        except ConformanceError as error:
            self._exit(error)
        except Exception as error:  # noqa: BLE001 - pytest would exit with 1: not conformant
            self._exit(HarnessError(told(error)))

    def _exit(self, error: ConformanceError) -> NoReturn:
        self.failure = error
        text = self.in_words(str(error))
        self.notes.stopped(cause_of(error), text)
        if self.is_command:
            raise KeyboardInterrupt  # pytest.exit would print the text as well
        pytest.exit(text, returncode=2 if isinstance(error, UsageError) else 4)

    def prepare(self) -> None:
        """Replaces an older run in the results folder, once, in the process of the user.

        Before it, ends pytest if two checks have the same id.
        """
        if not self.is_worker and not self._prepared:
            with self._or_exit():
                require_unique(self.cases)
                clear_folder(self.settings.out)
                self._prepared = True
                # A run that is killed from now on leaves this.
                write_ending(self.settings.out, KILLED)

    def choose(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Deselects what `--only` does not name, and sorts the checks that run alone to the end."""
        patterns = self.settings.only
        left_out = [
            item
            for item in items
            if patterns and CHECK in item.stash and not item.stash[CHECK].is_named(patterns)
        ]
        if names_rules_alone(patterns):  # they look at all scenarios
            left_out = []
        if left_out:
            config.hook.pytest_deselected(items=left_out)
            items[:] = [item for item in items if item not in left_out]
        items[:] = in_order(items)
        if patterns and not items and not self.is_worker:
            text = f"--only {','.join(patterns)}: no check has this name"
            raise pytest.UsageError(self.in_words(text))

    def write_plan(self, tests: Iterable[str]) -> None:
        """Writes the plan for the tests of these names, once, before the first of them runs."""
        if self.plan is None:
            with self._or_exit():
                plan = self._plan(tests)
                write_plan(self.settings.out, plan)
                self.plan = plan

    def _plan(self, tests: Iterable[str]) -> Plan:
        cluster, can, kubernetes = self._cluster()
        settings = replace(self.settings, claims=tuple(sorted(self.claims)))
        checks = checks_named(tests, self.cases)
        left_out = suite_checks() - {named(check) for check in checks}
        rules = chosen_rules(self.settings.only, whole=self.judges_all or not left_out)
        some = bool(left_out) or self.settings.update or len(rules) < len(all_rules())
        plan = Plan.of([*checks, *rules], can, self.claims, partial=some)
        facts = facts_of(settings, cluster, can, kubernetes)
        return replace(plan, facts=facts, run=self.name)

    def _cluster(self) -> tuple[str, Collection[str], str]:
        """Returns the name of the cluster, what it supports, and its Kubernetes version."""
        if self.settings.virtual:  # each worker has its own
            from kuscia_conformance.environment import virtual

            return virtual.NAME, virtual.CAN, virtual.version()
        environment = self.environment()
        return environment.cluster, environment.can, kubernetes_version(environment)

    def finish(self, exit_code: int) -> None:
        """Ends the environment, writes how the run ended, and the report.

        If the run has not begun, it deletes the report of an older run instead (`retire_report`).
        `exit_code` is pytest's. Ctrl-C does not interrupt this. A later call, for example because a
        plugin has failed after the first one, writes the files again.
        """
        with undisturbed():
            if self.is_worker:  # on a virtual clock it has an environment of its own
                self._cleanup.close()
                return
            self._end()
            self.notes.explain(exit_code)
            if self._prepared:
                self._write()
            elif exit_code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
                self.retired = retire_report(self.settings.out)

    def _write(self) -> None:
        out = self.settings.out
        if self.plan and (wrong := _not_ours(out, self.name)):
            self.notes.failed("harness", wrong)
        if self.plan and self.evidence is None:  # a later call finds the same
            self._judge_rules(self.plan)
        self.notes.ending = replace(self.notes.ending, at=now())
        try:
            write_ending(out, self.notes.ending)
        except HarnessError as error:
            self.notes.failed(error.cause, str(error))
        self.evidence = Evidence.of(out, self.notes.ending)
        self.unwritten = write_views(out, self.evidence)

    def _judge_rules(self, plan: Plan) -> None:
        try:
            for planned, result in rule_results(self.settings.out, plan):
                self.tell(planned, result)
        except (HarnessError, UsageError) as error:
            self.notes.failed("harness", str(error))

    def _end(self) -> None:
        if self._environment and not self.settings.reuse:
            self.say("stopping the controller and the cluster")
        try:
            self._cleanup.close()
        except Exception as error:  # noqa: BLE001 - whatever fails here, the verdict is written
            self.notes.failed(cause_of(error), told(error))
        self._environment = None


def _not_ours(out: Path, run: str) -> str:
    """Returns what is wrong with the plan in the folder of this run; "" for its own plan.

    A plan that is damaged, or missing beside results, is reported where the evidence is read.
    """
    try:
        plan = read_plan(out)
    except UsageError:
        return ""
    if plan is None and (out / CHECKS).exists():
        return ""
    if plan is None:
        return f"the evidence is lost: {out / PLAN} was deleted\n  {ABOUT_THE_FOLDER}"
    if plan.run == run:
        return ""
    return f"another run has written into {out} at the same time\n  {ABOUT_THE_FOLDER}"


def run_of(config: pytest.Config) -> Run:
    """Returns a run with the settings of a pytest session, or of the parent of a worker.

    Raises UsageError for an option with a wrong value.
    """
    given: dict[str, Any] = getattr(config, "workerinput", {})
    if WORKER_SETTINGS in given:
        settings = Settings.from_json(given[WORKER_SETTINGS])
        shared = given.get(WORKER_ENVIRONMENT)
        environment = Environment.from_dict(shared) if shared else None
        run = Run(settings, is_worker=True, _environment=environment, name=given[WORKER_RUN])
        run.claims = frozenset(given[WORKER_CLAIMS])
        return run
    choice = chosen(
        {each.key: config.getoption(each.dest, None) for each in OPTIONS}, config.getini
    )
    with choice.naming_sources():
        settings = read_settings(choice.texts, choice.given)
        if not config.option.collectonly:
            require_ours(settings.out)
    paths = [Path(argument.partition("::")[0]) for argument in config.args]
    return Run(settings, paths, in_words=lambda text: as_pytest_says(choice.in_words(text)))


def _require_one_at_a_time(settings: Settings) -> None:
    if settings.pause_on_failure:
        raise UsageError(
            "--pause-on-failure: works only with one scenario at a time, so without workers (-n 0)"
        )
    if settings.update:
        raise UsageError(
            "--update: works only with one scenario at a time, so without workers (-n 0)"
        )
