"""pytest's hooks and fixtures for a conformance run. They call the modules that do the work.

`pytest_plugin` registers this module when a session is a conformance run. The process that the user
started owns the cluster and the controller. Workers of pytest-xdist receive the address of both,
except on a virtual clock, where each worker has its own.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd.parser import Step

from kuscia_conformance import steps
from kuscia_conformance.environment.connection import Connection, connect
from kuscia_conformance.environment.model import Environment
from kuscia_conformance.errors import ConformanceError, ControllerError, Unreachable
from kuscia_conformance.features.checks import PLAIN_TAGS, Check
from kuscia_conformance.kube.kubeconfig import read_access
from kuscia_conformance.pytest_plugin.collection import CASE, CHECK, ONLY, UPDATING, FeatureFile
from kuscia_conformance.pytest_plugin.on_failure import kept, pause
from kuscia_conformance.pytest_plugin.options import WORKER_SETTINGS, as_pytest_says
from kuscia_conformance.pytest_plugin.session import RUN, WORKER_ENVIRONMENT, Run, run_of
from kuscia_conformance.report.outcome import decided, outcome_of
from kuscia_conformance.scenario.failure import CheckFailed
from kuscia_conformance.scenario.lifecycle import Stage, scenario_lifecycle
from kuscia_conformance.scenario.scenario import Scenario

NAME = "kuscia-conformance-suite"
SCENARIO = pytest.StashKey[Scenario]()


def register(config: pytest.Config) -> None:
    """Registers this module, the steps and the run with pytest; a second call does nothing.

    Raises pytest.UsageError if the settings cannot be used.
    """
    if config.pluginmanager.has_plugin(NAME):
        return
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
    if not config.stash[RUN].settings.virtual:
        config.stash[RUN].environment()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    run: Run = node.config.stash[RUN]
    node.workerinput[WORKER_SETTINGS] = run.settings.to_json()
    if not run.settings.virtual:
        node.workerinput[WORKER_ENVIRONMENT] = run.environment().to_dict()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Starts the environment before the first check, so that its time counts for no check."""
    has_checks = any(CHECK in item.stash for item in session.items)
    if has_checks and not session.config.option.collectonly and not session.testsfailed:
        session.config.stash[RUN].environment()


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
    missing = check.needs - set(kuscia_environment.can)
    if missing:
        pytest.skip(f"not-applicable: needs {', '.join(sorted(missing))}")
    stage = Stage(kuscia_environment, kuscia_connection, run.settings)
    with scenario_lifecycle(check, request.node.path, stage) as it:
        request.node.stash[SCENARIO] = it
        yield it
    # Its history is large, and is written to the evidence already.
    del request.node.stash[SCENARIO]


def pytest_bdd_before_step(request: pytest.FixtureRequest, step: Step) -> None:
    if CHECK in request.node.stash:
        request.getfixturevalue("scenario").expect.step = step


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    check = item.stash.get(CHECK, None)
    if check is not None:
        error = call.excinfo.value if call.excinfo else None
        if isinstance(error, CheckFailed | ConformanceError):
            report.longrepr = str(error)
        if isinstance(error, Unreachable | ControllerError):
            item.session.shouldstop = error.message
        outcome = outcome_of(check, report, error, _decided(item, report, error))
        report.conformance = outcome  # type: ignore[attr-defined]
        if call.when == "call":
            after_call(item, report, outcome)
        if call.when == "setup":
            item.user_properties += [("requirement", name) for name in check.requirements]
    return report


def _decided(
    item: pytest.Item, report: pytest.TestReport, error: BaseException | None
) -> dict[str, str]:
    """Returns what this phase of a check says of each requirement that the check claims.

    A teardown says nothing: what could not be cleaned up belongs to no requirement.
    """
    if report.skipped or report.when == "teardown" or (report.passed and report.when == "setup"):
        return {}
    return decided(item.stash[CASE], steps.definitions(), error)


def after_call(item: pytest.Item, report: pytest.TestReport, outcome: dict[str, Any]) -> None:
    """Keeps a failed scenario or pauses, if the user wants that; notes the documents written."""
    scenario, settings = item.stash.get(SCENARIO, None), item.config.stash[RUN].settings
    if scenario is None:
        return
    if scenario.wrote:
        outcome["reason"] = f"wrote {', '.join(scenario.wrote)}"
    if outcome["outcome"] in ("fail", "error"):
        if settings.keep_on_failure:
            scenario.keep = True
            item.session.shouldstop = "the objects of the failing scenario are kept"
            outcome["text"] = report.longrepr = f"{outcome['text']}\n\n{kept(scenario)}"
        if settings.pause_on_failure:
            pause(item, scenario, outcome["text"])


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Ends the run after all other plugins: cleaning up a scenario still needs the cluster."""
    session.config.stash[RUN].finish()
