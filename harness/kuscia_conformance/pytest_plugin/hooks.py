"""pytest's hooks and fixtures for a conformance run. They call the modules that do the work.

`pytest_plugin` registers this module when a session is a conformance run. The process that the user
started owns the cluster and the controller. Workers of pytest-xdist receive the address of both,
except on a virtual clock, where each worker has its own.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd.parser import Step

from kuscia_conformance import steps
from kuscia_conformance.environment.connection import Connection, connect
from kuscia_conformance.environment.model import Environment
from kuscia_conformance.environment.signals import raise_if_interrupted
from kuscia_conformance.errors import (
    ConformanceError,
    ControllerError,
    HarnessError,
    Unreachable,
)
from kuscia_conformance.evidence.breaches import is_rule
from kuscia_conformance.evidence.plan import PlannedCheck, unmet
from kuscia_conformance.evidence.results import Result, write_result
from kuscia_conformance.features.checks import PLAIN_TAGS, Check
from kuscia_conformance.kube.kubeconfig import read_access
from kuscia_conformance.pytest_plugin.collection import (
    CASE,
    CHECK,
    ONLY,
    UPDATING,
    FeatureFile,
)
from kuscia_conformance.pytest_plugin.notes import EXITED, UNWRITTEN
from kuscia_conformance.pytest_plugin.on_failure import kept, pause
from kuscia_conformance.pytest_plugin.options import (
    CLUSTER,
    WORKER_NAMES_A_CLUSTER,
    WORKER_SETTINGS,
    as_pytest_says,
    names_a_cluster,
)
from kuscia_conformance.pytest_plugin.session import (
    RUN,
    WORKER_CLAIMS,
    WORKER_ENVIRONMENT,
    WORKER_RUN,
    Run,
    run_of,
)
from kuscia_conformance.report.folder import REPORT
from kuscia_conformance.report.outcome import Phases
from kuscia_conformance.report.words import word_of
from kuscia_conformance.scenario.failure import CheckFailed, ControllerExited, name_place
from kuscia_conformance.scenario.lifecycle import Stage, scenario_lifecycle
from kuscia_conformance.scenario.scenario import Scenario

NAME = "kuscia-conformance-suite"
SCENARIO = pytest.StashKey[Scenario]()
PHASES = pytest.StashKey[Phases]()


def register(config: pytest.Config) -> None:
    """Registers this module, the steps and the run with pytest; a second call does nothing.

    Raises pytest.UsageError if the settings cannot be used.
    """
    if config.pluginmanager.has_plugin(NAME):
        return
    if not config.pluginmanager.has_plugin("pytest-bdd"):
        text = "features need the plugin pytest-bdd, which is switched off in this session"
        raise pytest.UsageError(f"{text}: leave out `-p no:pytest-bdd`")
    run = config.stash.get(RUN, None)
    try:
        run = run or run_of(config)
        run.begin(config)
    except ConformanceError as error:
        raise pytest.UsageError(as_pytest_says(str(error))) from error
    config.stash[UPDATING] = run.settings.update
    config.stash[ONLY] = run.settings.only
    for plain in sorted(PLAIN_TAGS):
        config.addinivalue_line("markers", f"{plain}: a tag of conformance features")
    for module in steps.modules():
        config.pluginmanager.register(module, module.__name__)
    config.pluginmanager.register(sys.modules[__name__], NAME)


def collect(path: Path, parent: pytest.Collector) -> pytest.Collector:
    """Returns the pytest module of a feature file."""
    return FeatureFile.from_parent(parent, path=path)


def pytest_report_header(config: pytest.Config) -> str:
    settings = config.stash[RUN].settings
    tested = ", ".join(settings.controller)
    return f"kuscia-conformance: cluster {settings.cluster}, controller {tested}"


def pytest_bdd_apply_tag(tag: str) -> bool | None:
    """Keeps tags with a value from becoming markers; `features.checks` reads these tags."""
    return True if ":" in tag else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    config.stash[RUN].choose(config, items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    """Starts the environment that all workers share; on a virtual clock each has its own."""
    config.stash[RUN].prepare()
    if not config.stash[RUN].settings.virtual:
        config.stash[RUN].environment()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    run: Run = node.config.stash[RUN]
    node.workerinput[WORKER_SETTINGS] = run.settings.to_json()
    node.workerinput[WORKER_CLAIMS] = sorted(run.claims)
    node.workerinput[WORKER_RUN] = run.name
    given = node.config.getoption(CLUSTER.dest, None)
    node.workerinput[WORKER_NAMES_A_CLUSTER] = names_a_cluster(given, node.config.getini)
    if not run.settings.virtual:
        node.workerinput[WORKER_ENVIRONMENT] = run.environment().to_dict()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any, ids: list[str]) -> None:
    node.config.stash[RUN].write_plan(ids)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Starts the environment and writes the plan before the first check.

    So the time of the start counts for no check. With workers the parent has no items.
    """
    tests = [item.nodeid for item in session.items if CHECK in item.stash]
    if tests and not session.config.option.collectonly and not session.testsfailed:
        run = session.config.stash[RUN]
        run.environment()
        if not run.is_worker:
            run.write_plan(tests)


@pytest.fixture(scope="session")
def kuscia_environment(pytestconfig: pytest.Config) -> Environment:
    """The cluster and the controller of this run."""
    return pytestconfig.stash[RUN].environment()


@pytest.fixture(scope="session")
def kuscia_connection(kuscia_environment: Environment) -> Iterator[Connection]:
    """The API client and the watches of this process; all scenarios share them."""
    if kuscia_environment.virtual:
        yield kuscia_environment.virtual.connection
        return
    access = read_access(kuscia_environment.kubeconfig, kuscia_environment.context)
    with connect(access, "kuscia-conformance") as connection:
        yield connection


@pytest.fixture
def scenario(
    request: pytest.FixtureRequest,
    kuscia_environment: Environment,
    kuscia_connection: Connection,
) -> Iterator[Scenario]:
    """The running scenario. Every step uses this fixture. Skips if the cluster lacks a need."""
    run = request.config.stash[RUN]
    check: Check = request.node.stash[CHECK]
    if why := unmet(check, kuscia_environment.can, run.claims):
        pytest.skip(f"not-applicable: {why}")
    stage = Stage(kuscia_environment, kuscia_connection, run.settings)
    with scenario_lifecycle(check, request.node.path, stage) as it:
        request.node.stash[SCENARIO] = it
        yield it
    # Its history is large, and is written to the evidence already.
    del request.node.stash[SCENARIO]


def pytest_bdd_before_step(request: pytest.FixtureRequest, step: Step) -> None:
    if CHECK in request.node.stash:
        raise_if_interrupted()
        definition = steps.definitions().of(step)
        looks = definition is not None and definition.looks
        request.getfixturevalue("scenario").begins(step, looks=looks)


def pytest_bdd_after_step(request: pytest.FixtureRequest, step: Step) -> None:
    if SCENARIO in request.node.stash:
        phases_of(request.node).ran += 1
        request.node.stash[SCENARIO].ends(step)


def pytest_bdd_step_error(
    request: pytest.FixtureRequest, step: Step, exception: BaseException
) -> None:
    if CHECK in request.node.stash:
        name_place(exception, request.node.path, step)
    if SCENARIO in request.node.stash:
        request.node.stash[SCENARIO].ends(step, exception)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Notes what each phase of a check found, and writes the result after the last one."""
    report = yield
    if CHECK not in item.stash:
        return report
    error = call.excinfo.value if call.excinfo else None
    if isinstance(error, CheckFailed | ConformanceError):
        report.longrepr = str(error)
    if isinstance(error, Unreachable | ControllerError | HarnessError):
        item.session.shouldstop = error.message
    if isinstance(error, ControllerExited):
        end = error.end.partition("\n")[0]
        setattr(report, EXITED, end)
        item.session.shouldstop = end
    found = phases_of(item).add(call, report.longreprtext)
    if call.when == "call":
        after_call(item, report, found)
    if call.when == "setup":
        item.user_properties += [("requirement", name) for name in item.stash[CHECK].requirements]
    if call.when == "teardown":
        keep_result(item, report)
    return report


def keep_result(item: pytest.Item, report: pytest.TestReport) -> None:
    """Writes the result of the item's check. Ends the run if that is not possible."""
    run = item.config.stash[RUN]
    result = replace(phases_of(item).whole(), run=run.name)
    try:
        write_result(run.settings.out, item.stash[CHECK], result)
    except HarnessError as error:
        setattr(report, UNWRITTEN, str(error))
        item.session.shouldstop = error.message


def phases_of(item: pytest.Item) -> Phases:
    """Returns the phases of the item's check so far."""
    return item.stash.setdefault(PHASES, Phases(item.stash[CASE], steps.definitions()))


def after_call(item: pytest.Item, report: pytest.TestReport, found: Result) -> None:
    """Keeps a failed scenario or pauses, if the user wants that; notes the documents written."""
    scenario, settings = item.stash.get(SCENARIO, None), item.config.stash[RUN].settings
    if scenario is None:
        return
    if scenario.wrote:
        phases_of(item).amend(reason=f"wrote {', '.join(scenario.wrote)}")
    if found.outcome in ("fail", "error"):
        if settings.keep_on_failure:
            scenario.keep = True
            item.session.shouldstop = "the objects of the failing scenario are kept"
            report.longrepr = f"{found.text}\n\n{kept(scenario)}"
            phases_of(item).amend(text=report.longrepr)
        if settings.pause_on_failure:
            pause(item, scenario, found.text)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Ends the run after all other plugins: cleaning up a scenario still needs the cluster."""
    run = session.config.stash[RUN]
    run.finish(int(exitstatus))
    broken = any(planned.decides for planned, result in rules_of(run) if result.outcome == "fail")
    if broken and session.exitstatus == pytest.ExitCode.OK:  # no test of pytest stands for a rule
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def rules_of(run: Run) -> list[tuple[PlannedCheck, Result]]:
    """Returns the standing rules that the run has judged, with their results."""
    if run.evidence is None or run.evidence.plan is None:
        return []
    results = run.evidence.results
    planned = [each for each in run.evidence.plan.applying if is_rule(each.check)]
    return [(each, results[each.check.id]) for each in planned if each.check.id in results]


def _show_rules(terminalreporter: pytest.TerminalReporter, run: Run) -> None:
    """Prints each rule that is broken, or that had nothing to look at."""
    for planned, result in rules_of(run):
        if result.outcome != "pass":
            text = result.text or f"{planned.check.id}: {result.reason}"
            terminalreporter.write_line(f"{word_of(planned, result).upper()} {text}")


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Prints the verdict below pytest's own summary, whose words know no requirements."""
    run = config.stash[RUN]
    if run.evidence is None:
        if run.retired:
            terminalreporter.write_line(run.retired)
        return
    terminalreporter.write_sep("-", "kuscia-conformance")
    _show_rules(terminalreporter, run)
    for text in run.unwritten.values():
        terminalreporter.write_line(text)
    terminalreporter.write_line(str(run.evidence.verdict))
    if REPORT not in run.unwritten:
        terminalreporter.write_line(f"report: {run.settings.out / REPORT}")
