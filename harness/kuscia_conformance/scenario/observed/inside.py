"""Inside pods: reading a file in them, and telling them to end.

What fails there by what the controller has made, such as a file that it has not mounted, fails the
check. An error of the cluster is raised.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import orjson

from kuscia_conformance import documents
from kuscia_conformance.documents.operators import Context
from kuscia_conformance.environment.journal import Version
from kuscia_conformance.errors import ApiError, NotFound
from kuscia_conformance.kube.objects import Obj, name_of, namespace_of, phase_of, uid_of
from kuscia_conformance.scenario.observed.pods import (
    await_state,
    describe,
    pod_versions,
    pods_of,
    situation,
)
from kuscia_conformance.scenario.scenario import Scenario
from kuscia_conformance.simulated_nodes import exit_order
from kuscia_conformance.simulated_nodes.exit_order import Order, containers

#: The reason with which the API server says that a command in a container has failed.
COMMAND_FAILED = "NonZeroExitCode"


def finish(scenario: Scenario, who: str, order: Order, count: int | None = None) -> None:
    """Waits until all pods have run, and tells those that still run how to end.

    With `count`, waits until so many run, and tells this number of them, the first by name.
    """
    __tracebackhide__ = True
    if count is None:
        await_state(scenario, who, "run")
    else:
        _await_running(scenario, who, count)
    scenario.history.act()
    api, simulated = scenario.connection.api, "simulated-nodes" in scenario.environment.can
    told = (
        exit_order.give(api, version.real, order, simulated=simulated)
        for version in _running(scenario, who)[:count]
    )
    with _in_pods(scenario, f"the pods of {who} can be told to end", who):
        scenario.connection.together(*told)


def _await_running(scenario: Scenario, who: str, count: int) -> None:
    __tracebackhide__ = True
    scenario.expect.until(
        lambda: len(_running(scenario, who)) >= count or None,
        scenario.timeouts.pods,
        lambda: describe(scenario, who, "run", f"{count} of the pods"),
    )


def _running(scenario: Scenario, who: str) -> list[Version]:
    """Returns the newest version of each pod that runs, sorted by key.

    A task's pods are those since its creation.
    """
    mine = {uid_of(version.object) for version in pod_versions(scenario, who)}
    there = [v for v in pods_of(scenario, who) if uid_of(v.object) in mine]
    return sorted((v for v in there if phase_of(v.object) == "Running"), key=lambda v: v.key)


def require_file(scenario: Scenario, who: str, path: str, document: Any) -> None:
    """Fails the check unless the file in each pod has JSON that matches the document.

    Also fails if there is no pod, or no such file in one. The file is read in the pod's first
    container.
    """
    __tracebackhide__ = True
    pods, context = pods_of(scenario, who), Context(nodes=scenario.domains.nodes)
    if not pods:
        scenario.expect.fail(f"expected: {path} in {who}\nactual:   there is no such pod")
    for version in pods:
        question = f"the file {path} in {version.key}"
        with _in_pods(scenario, f"{path} in {version.key}", version.key):
            text = scenario.history.tape.ask(question, partial(_read, scenario, version.real, path))
        try:
            found = orjson.loads(text)
        except orjson.JSONDecodeError:
            scenario.expect.fail(f"expected: JSON in {path} of {version.key}\nactual:   {text}")
        if mismatches := documents.compare(document, found, context):
            wrong = documents.mismatched(document, "file", mismatches)
            text = f"{path} in {version.key}\n{documents.render(mismatches)}"
            scenario.expect.fail(text, about=wrong)


def _read(scenario: Scenario, pod: Obj, path: str) -> str:
    """Returns the file's content in the pod's first container, in the scenario's own names."""
    name, namespace, container = name_of(pod), namespace_of(pod) or "", containers(pod)
    api = scenario.connection.api
    text = scenario.connection.run(api.exec(name, namespace, next(iter(container)), ["cat", path]))
    return str(scenario.names.incoming(text))


@contextmanager
def _in_pods(scenario: Scenario, expected: str, who: str) -> Iterator[None]:
    """Fails the check if a command within the context fails by what the controller has made.

    So it is if the command itself fails, as `cat` does without its file, and if a pod has gone or
    does not run. Any other error of the API server is raised.
    """
    __tracebackhide__ = True
    try:
        yield
    except ApiError as error:
        if not (actual := _fault_of_the_pods(scenario, error, who)):
            raise
        scenario.expect.fail(f"expected: {expected}\nactual:   {actual}")


def _fault_of_the_pods(scenario: Scenario, error: ApiError, who: str) -> str:
    """Returns why the pods could not do it; "" if that was not up to them."""
    if error.reason == COMMAND_FAILED or isinstance(error, NotFound):
        return str(scenario.names.incoming(error.message))
    if not (error.is_refusal or error.code == 500):  # for a container that does not run: 400 or 500
        return ""
    scenario.history.update()
    idle = [v for v in pods_of(scenario, who) if phase_of(v.object) != "Running"]
    return "; ".join(f"{version.key} is {situation(version.object)}" for version in idle)
