"""A scenario on the embedded cluster, in the test's process and on a virtual clock."""

import pytest

from kuscia_conformance.environment.virtual import virtual_environment
from kuscia_conformance.features.checks import Check
from kuscia_conformance.features.tasks import make_task
from kuscia_conformance.scenario.lifecycle import Stage, scenario_lifecycle
from tests.given import settings_of


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    """The environment that the scenarios of one test module share."""
    out = tmp_path_factory.mktemp("out")
    settings = settings_of({"clock": "virtual", "nodes": "4", "out": str(out)})
    with virtual_environment(settings, print) as environment:
        assert environment.virtual is not None
        yield Stage(environment, environment.virtual.connection, settings)


@pytest.fixture
def scenario(stage, tmp_path):
    """A scenario with the domains alice and bob; its cleaning is part of each test."""
    feature = tmp_path / "mine.feature"
    feature.write_text("Feature: Mine\n")
    check = Check("mine", "mine.feature", 1, "Mine", ())
    with scenario_lifecycle(check, feature, stage) as running:
        running.domains.add(["alice", "bob"], 1)
        yield running


@pytest.fixture
def psi(scenario):
    """The task psi of both domains, created; its pods run until they are told to end."""
    scenario.applied.define(make_task("psi", ["alice", "bob"], {}))
    scenario.applied.create("psi")
    return scenario
