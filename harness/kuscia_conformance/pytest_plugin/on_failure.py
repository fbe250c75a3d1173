"""Lets the user inspect a failed scenario: `--pause-on-failure` and `--keep-on-failure`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from kuscia_conformance.clusters.address import address_of
from kuscia_conformance.kube.kuscia import TASK_NAMESPACE
from kuscia_conformance.pytest_plugin.session import RUN
from kuscia_conformance.scenario.scenario import Scenario


def pause(item: pytest.Item, scenario: Scenario, text: str) -> None:
    """Shows the failure and commands to inspect it, and waits until the user presses Enter."""
    capture = item.config.pluginmanager.getplugin("capturemanager")
    capture.suspend(in_=True)
    with item.config.stash[RUN].quiet():
        lines = [text, "", *where_to_look(scenario), "", "press Enter to clean up and go on"]
        sys.stderr.write("\n" + "\n".join(lines) + " ")
        sys.stderr.flush()
        sys.stdin.readline()  # returns immediately without a terminal
    capture.resume()


def kept(scenario: Scenario) -> str:
    """Returns the text that says that a scenario is kept, with commands to inspect it."""
    return "\n".join(["kept until the cluster ends:", *where_to_look(scenario)])


def where_to_look(scenario: Scenario) -> Iterator[str]:
    """Yields shell commands that show the objects of the scenario and the controller's log.

    They have the names of the cluster (`alice-ghkmnp`), not those of the feature (`alice`).
    """
    environment, names = scenario.environment, scenario.names
    kubectl = f"kubectl --kubeconfig {environment.kubeconfig}"
    where = address_of(environment.cluster)
    if environment.context:
        kubectl += f" --context {environment.context}"
    if where.kind == "kind" and environment.outlives:  # our own kubeconfig goes with the run
        yield f"kind export kubeconfig --name {where.argument}"
        kubectl = f"kubectl --context kind-{where.argument}"
    for task in scenario.applied.tasks:
        yield f"{kubectl} get kt {names.real(task)} -n {TASK_NAMESPACE} -o yaml"
    for domain, nodes in scenario.domains.nodes.items():
        yield f"{kubectl} get pods,services,configmaps -n {names.namespace(domain)} -o wide"
        yield f"{kubectl} describe node {' '.join(nodes)}"
    if environment.controller_log:
        yield f"less {environment.controller_log}"
