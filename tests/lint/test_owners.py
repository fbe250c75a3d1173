"""Tests what lint reports of ownership: who owns what a check compares."""

import pytest

from kuscia_conformance.features.checks import Requirement
from kuscia_conformance.lint.owners import of_catalogue
from tests.lint.given import lint

FEATURE = """
Feature: Mine
  @id:mine {claims}
  Scenario: It runs
    Given the domain alice with room for 1 pod
    And the task "psi" of alice
    When the task "psi" is created
    {steps}
"""
RUNS = 'Then the status of "psi" matches "mine.status.yaml"'


@pytest.fixture
def said(tmp_path):
    """Returns a function that writes a feature and returns the problems that lint finds in it."""

    def problems(claims, *steps, document="phase: Running\n", conftest=""):
        (tmp_path / "mine.status.yaml").write_text(document)
        (tmp_path / "conftest.py").write_text(conftest)
        text = FEATURE.format(claims=claims, steps="\n    ".join(steps))
        (tmp_path / "mine.feature").write_text(text)
        found = lint([tmp_path / "mine.feature"]).problems
        return [str(problem).replace(f"{tmp_path}/", "") for problem in found]

    return problems


def test_a_value_that_no_claimed_requirement_owns_is_reported_with_those_that_do(said):
    document = (
        "phase: Running\nserviceStatuses: {alice/psi-0-fed: {scope: Cluster, portNumber: 1}}\n"
    )
    [problem] = said("@req:VW-11b", RUNS, document=document)
    path = "status.serviceStatuses[alice/psi-0-fed].portNumber"
    assert problem.startswith(f"mine.feature:8: no claimed requirement owns {path}")
    assert "VW-12" in problem


def test_a_claim_that_compares_nothing_is_reported_with_what_it_owns(said):
    [problem] = said("@req:RN-01c @req:VW-12", RUNS)
    assert problem.startswith("mine.feature:4: mine claims VW-12, but compares nothing")
    assert "status.serviceStatuses[*].portNumber" in problem


def test_two_claimed_requirements_that_own_the_same_are_reported(said):
    [problem] = said("@req:SC-01b @req:SC-05", "Then the pods of alice are bound")
    assert problem.startswith("mine.feature:8: SC-01b and SC-05 both own pods.bound")


def test_the_phase_beside_an_owned_value_is_context(said):
    document = "phase: Running\npodStatuses: {alice/psi-0: {nodeName: !node-of alice}}\n"
    assert said("@req:CR-14", RUNS, document=document) == []


def test_the_phase_alone_is_a_comparison_that_has_an_owner(said):
    assert said("@req:RN-01c", RUNS) == []


def test_the_phase_alone_is_no_context(said):
    steps = (RUNS, "And no node ever had more than its room")
    [problem] = said("@req:SC-13", *steps)
    assert "no claimed requirement owns status.phase" in problem


def test_what_a_when_reads_needs_no_owner(said):
    assert (
        said("@req:SC-13", "When the pods of alice run", "Then no node ever had more than its room")
        == []
    )


def test_a_check_that_claims_nothing_is_not_examined(said):
    assert said("", RUNS) == []


def test_an_authors_own_step_is_owned_by_all_that_the_check_claims(said):
    conftest = 'from pytest_bdd import then\n@then("it is blue")\ndef _():\n    pass\n'
    assert said("@req:RN-01c @req:SC-13", "Then it is blue", conftest=conftest) == []


def test_a_scenario_without_a_then_is_reported(said):
    [problem] = said("@req:RN-01c", "When the pods of alice run")
    assert problem.startswith(
        "mine.feature:4: there is no Then in 'It runs', so nothing is checked"
    )


@pytest.mark.parametrize(
    ("pattern", "why"),
    [("statu.phase", "there is no kind 'statu'"), ("status..phase", "it is not a path")],
)
def test_an_unknown_form_of_a_pattern_is_reported(monkeypatch, pattern, why):
    known = {"RN-01c": Requirement("RN-01c", "MUST", "It runs.", "page", owns=(pattern,))}
    monkeypatch.setattr("kuscia_conformance.lint.owners.requirements", lambda: known)
    [problem] = of_catalogue()
    assert f"RN-01c owns {pattern!r}: {why}" in str(problem)
    assert "requirements.yaml:" in str(problem)
