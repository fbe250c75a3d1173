"""Tests the files of the evidence: complete or absent, and refused if they are damaged."""

from dataclasses import replace

import pytest

from kuscia_conformance.errors import HarnessError, UsageError
from kuscia_conformance.evidence import ending, plan, results
from kuscia_conformance.evidence.ending import KILLED, Failure, read_ending, write_ending
from kuscia_conformance.evidence.files import folder_of, write_json
from kuscia_conformance.evidence.plan import Plan, read_plan, unmet, write_plan
from kuscia_conformance.evidence.results import Result, read_result, write_result
from kuscia_conformance.evidence.run import Evidence
from tests.evidence import given

CHECK = given.planned("c", "RN-01c", "VW-03a").check


def test_a_plan_is_read_as_it_was_written(tmp_path):
    written = given.plan(given.planned("a"), given.planned("b", unmet="needs exec"), partial=True)
    write_plan(tmp_path, written)
    assert read_plan(tmp_path) == written


def test_a_result_is_read_as_it_was_written(tmp_path):
    written = Result("c", "fail", "", "text\n", 1.5, {"RN-01c": "fail", "VW-03a": "undecided"})
    write_result(tmp_path, CHECK, written)
    assert read_result(tmp_path, CHECK) == written


def test_an_ending_is_read_as_it_was_written(tmp_path):
    written = replace(given.ENDED, interrupted="why", failures=(Failure("harness", "text"),))
    write_ending(tmp_path, written)
    assert read_ending(tmp_path) == written


def test_absent_files_stand_for_a_run_that_was_killed(tmp_path):
    assert read_plan(tmp_path) is None
    assert read_result(tmp_path, CHECK) is None
    assert read_ending(tmp_path) is KILLED


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path):
    (tmp_path / "plan.json").mkdir()
    (tmp_path / "plan.json" / "in-the-way").touch()
    with pytest.raises(HarnessError, match=r"plan\.json: Is a directory"):
        write_json(tmp_path / "plan.json", {})
    assert [path.name for path in tmp_path.iterdir()] == ["plan.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"check": "other", "outcome": "pass"}'])
def test_a_damaged_result_is_refused_with_its_path(tmp_path, text):
    file = folder_of(tmp_path, CHECK) / results.FILE
    write_result(tmp_path, CHECK, Result("c", "pass"))
    file.write_text(text)
    with pytest.raises(UsageError, match=r"result\.json"):
        read_result(tmp_path, CHECK)


def test_an_unknown_outcome_is_refused(tmp_path):
    write_result(tmp_path, CHECK, Result("c", "passed"))
    with pytest.raises(UsageError, match="'passed' is no outcome: pass, fail, error, skip"):
        read_result(tmp_path, CHECK)


@pytest.mark.parametrize("name", [plan.FILE, ending.FILE])
@pytest.mark.parametrize("text", ["", "{", "[]", "{}"])
def test_a_damaged_plan_or_ending_is_a_failure_with_its_path(tmp_path, name, text):
    write_plan(tmp_path, given.plan(given.planned()))
    (tmp_path / name).write_text(text)
    [failure] = Evidence.read(tmp_path).ending.failures
    assert (failure.cause, name in failure.text) == ("harness", True)


def test_one_damaged_result_leaves_the_others_readable(tmp_path):
    names = ("a", "b")
    write_plan(tmp_path, given.plan(*map(given.planned, names)))
    for name in names:
        write_result(tmp_path, given.planned(name).check, Result(name, "fail"))
        given.recorded(folder_of(tmp_path, given.planned(name).check))
    (folder_of(tmp_path, given.planned("a").check) / results.FILE).write_text("{")
    found = Evidence.read(tmp_path)
    assert [*found.results] == ["b"]
    assert (found.verdict.exit_code, len(found.verdict.reasons)) == (1, 4)


def test_a_result_of_another_run_is_damaged_evidence(tmp_path):
    write_plan(tmp_path, replace(given.plan(given.planned("a")), run="one"))
    write_result(tmp_path, given.planned("a").check, Result("a", "pass", run="other"))
    [failure] = Evidence.read(tmp_path).ending.failures
    assert "this is the result of another run" in failure.text


def test_a_decided_check_without_its_steps_is_damaged_evidence(tmp_path):
    write_plan(tmp_path, given.plan(given.planned("a")))
    write_result(tmp_path, given.planned("a").check, Result("a", "pass"))
    [failure] = Evidence.read(tmp_path).ending.failures
    assert (
        "steps.ndjson: cannot be read: No such file or directory; it has decided the check"
        in failure.text
    )


@pytest.mark.parametrize(("wrong", "found"), [("null", "null"), ("1", "a whole number")])
def test_a_plan_whose_values_have_a_wrong_type_is_refused(tmp_path, wrong, found):
    write_plan(tmp_path, given.plan(given.planned("a")))
    text = (tmp_path / plan.FILE).read_text()
    (tmp_path / plan.FILE).write_text(text.replace('"partial": false', f'"partial": {wrong}'))
    with pytest.raises(UsageError, match=f"partial: expected true or false, found {found}"):
        read_plan(tmp_path)


def test_a_folder_without_evidence_is_refused(tmp_path):
    with pytest.raises(UsageError, match="no evidence of a run"):
        Evidence.read(tmp_path)


def test_what_does_not_apply_says_why():
    check = replace(CHECK, needs=frozenset({"exec", "real-pods"}))
    assert unmet(check, {"exec"}, ()) == "needs real-pods"
    assert unmet(check, {"exec", "real-pods"}, ()) == ""
    optional = replace(CHECK, level="extended:partner-domains")
    assert unmet(optional, (), ()) == "partner-domains is not claimed"
    assert unmet(optional, (), {"partner-domains"}) == ""


def test_the_plan_has_the_checks_in_the_order_of_the_features():
    lines = [replace(CHECK, id=f"c{line}", line=line) for line in (10, 9, 2)]
    planned = Plan.of(lines, (), (), partial=False).checks
    assert [each.check.line for each in planned] == [2, 9, 10]
