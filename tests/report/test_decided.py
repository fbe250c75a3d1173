"""Tests what the end of a check says of the requirements that it claims."""

from dataclasses import replace

import pytest

from kuscia_conformance.errors import NoEvidence
from kuscia_conformance.evidence.results import Result
from kuscia_conformance.features.folders import suite_folder
from kuscia_conformance.features.reader import read_feature
from kuscia_conformance.report.outcome import decided
from kuscia_conformance.scenario.failure import CheckFailed
from kuscia_conformance.steps import definitions


@pytest.fixture(scope="module")
def case():
    feature = suite_folder("features") / "run" / "failure.feature"
    cases = read_feature(feature, definitions(), ["run-pod-fails"]).cases
    return next(each for each in cases if each.check.id == "run-pod-fails")


def line_of(case, text):
    return next(step.line_number for step in case.steps if text in step.name)


def ended(case, text, *subjects):
    """Returns what the check says if this step of it failed."""
    error = CheckFailed("text", subjects, line_of(case, text))
    return decided(case, definitions(), error)


def test_a_check_that_passed_passes_all_its_requirements(case):
    assert set(decided(case, definitions(), None).values()) == {"pass"}


def test_a_requirement_of_which_nothing_was_compared_is_undecided(case):
    idle = replace(case, check=replace(case.check, requirements=("CL-01", "RN-01d")))
    assert decided(idle, definitions(), None) == {"CL-01": "undecided", "RN-01d": "pass"}


def test_a_wrong_field_fails_the_requirement_that_owns_it_and_no_other(case):
    found = ended(case, "the status of", "status.podStatuses[bob/psi-0].terminationLog")
    assert found.pop("VW-10b") == "fail"
    assert set(found.values()) == {"pass"}


def test_a_step_without_subjects_of_its_own_fails_what_owns_all_that_it_compares(case):
    found = ended(case, "the phases of")
    assert [name for name, word in found.items() if word == "fail"] == ["RN-01d"]


def test_a_failure_in_a_when_leaves_all_undecided(case):
    assert set(ended(case, "are ready").values()) == {"undecided"}


def test_an_error_leaves_all_undecided(case):
    assert set(decided(case, definitions(), NoEvidence("none")).values()) == {"undecided"}


def test_a_later_phase_of_a_check_keeps_what_an_earlier_one_decided(case):
    call = Result(case.check.id, "fail", requirements={"VW-10a": "fail"})
    assert call.then(Result(case.check.id, "pass")).requirements == {"VW-10a": "fail"}
