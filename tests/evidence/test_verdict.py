"""Tests the verdict on a run: one row of the README's table after another, and what goes first."""

import pytest

from kuscia_conformance.evidence.ending import KILLED, Ending, Failure
from kuscia_conformance.evidence.verdict import judge
from tests.evidence.given import ENDED, plan, planned, results

MUST, SHOULD, MAY = planned("must"), planned("should", "VW-14"), planned("may", "TG-01")
PROVISIONAL = planned("provisional", level="provisional")
ALL = plan(MUST, SHOULD, MAY, PROVISIONAL)
PASS = {"must": "pass", "should": "pass", "may": "pass", "provisional": "pass"}


def verdict(ending=ENDED, of=ALL, **outcomes):
    return judge(of, results(**{**PASS, **outcomes}), ending)


@pytest.mark.parametrize(
    ("outcomes", "word", "code"),
    [
        pytest.param({}, "conformant", 0, id="all pass"),
        pytest.param({"must": "fail"}, "not conformant", 1, id="a MUST fails"),
        pytest.param({"should": "fail"}, "conformant", 0, id="a SHOULD fails"),
        pytest.param({"may": "fail"}, "conformant", 0, id="a MAY fails"),
        pytest.param({"provisional": "fail"}, "conformant", 0, id="a provisional check fails"),
        pytest.param(
            {"provisional": "error harness"}, "conformant", 0, id="an error in a provisional check"
        ),
        pytest.param({"must": "error author"}, "no verdict", 2, id="an author's error"),
        pytest.param({"must": "error harness"}, "no verdict", 4, id="an error of the harness"),
        pytest.param({"should": "error cluster"}, "no verdict", 4, id="an error in a SHOULD"),
        pytest.param({"must": "skip user"}, "incomplete", 3, id="a check that a user skipped"),
    ],
)
def test_the_results_decide_the_word_and_the_exit_code(outcomes, word, code):
    found = verdict(**outcomes)
    assert (found.word, found.exit_code) == (word, code)


@pytest.mark.parametrize("cause", ["author", "harness", "cluster"])
def test_a_controller_that_exited_is_not_conformant_whatever_else_went_wrong(cause):
    exited = Failure("controller", "the controller exited with code 7\n  its log is empty")
    found = verdict(Ending("", (Failure(cause, "and this"), exited)))
    assert (found.word, found.exit_code) == ("not conformant", 1)
    assert found.reasons == ("the controller exited with code 7", "and this")


@pytest.mark.parametrize("missing", ["must", "should", "may", "provisional"])
def test_a_planned_check_without_a_result_makes_the_run_incomplete(missing):
    found = {name: outcome for name, outcome in PASS.items() if name != missing}
    verdict = judge(ALL, results(**found), ENDED)
    assert (verdict.exit_code, verdict.reasons) == (3, ("1 of 4 checks was not run",))


def test_a_check_that_does_not_apply_needs_no_result():
    absent = planned("absent", unmet="needs real-pods")
    assert judge(plan(MUST, absent), results(must="pass"), ENDED).exit_code == 0


def test_a_run_without_a_plan_is_incomplete():
    assert judge(None, {}, ENDED).exit_code == 3


def test_a_run_to_which_no_check_applies_is_incomplete():
    found = judge(plan(planned("absent", unmet="needs real-pods")), {}, ENDED)
    assert (found.word, found.reasons) == ("incomplete", ("no check applies here",))


def test_a_killed_run_is_incomplete_even_if_every_check_has_passed():
    assert verdict(KILLED).exit_code == 3


@pytest.mark.parametrize(("cause", "code"), [("author", 2), ("harness", 4), ("cluster", 4)])
def test_an_error_outside_of_the_checks_prevents_a_verdict(cause, code):
    found = verdict(Ending(failures=(Failure(cause, "it broke\nin detail"),)))
    assert (found.word, found.exit_code, found.reasons) == ("no verdict", code, ("it broke",))


def test_a_selection_gets_a_count_and_no_certificate():
    found = judge(plan(MUST, SHOULD, partial=True), results(must="pass", should="fail"), ENDED)
    assert found.word == "partial: 1 of 2 checks pass, no certificate"
    assert found.exit_code == 0


def test_a_selection_with_a_failed_must_is_not_conformant():
    assert judge(plan(MUST, partial=True), results(must="fail"), ENDED).exit_code == 1


def test_the_order_of_the_exit_codes_is_1_2_4_3_and_the_reasons_name_all():
    checks = [planned(name) for name in ("a", "b", "c", "d", "e")]
    outcomes = {"a": "fail", "b": "error author", "c": "error harness", "d": "error cluster"}
    ending = Ending(interrupted="the run was interrupted")
    found = []
    for _ in range(5):
        verdict = judge(plan(*checks), results(**outcomes), ending)
        found.append((verdict.exit_code, len(verdict.reasons)))
        outcomes.pop(next(iter(outcomes), ""), None)
    assert found == [(1, 6), (2, 5), (4, 4), (4, 3), (3, 2)]
    whole = judge(plan(*checks), results(a="fail", b="error author"), ending)
    assert whole.reasons == (
        "1 check failed",
        "1 check ended in an error of the author",
        "the run was interrupted",
        "3 of 5 checks were not run",
    )


def test_a_check_without_requirements_decides_as_a_must_does():
    own = planned("own")
    own = type(own)(own.check, "")
    assert judge(plan(own), results(own="fail"), ENDED).exit_code == 1


@pytest.mark.parametrize(
    ("first", "later", "whole"),
    [
        ("fail", "error cluster", "fail"),
        ("error cluster", "fail", "fail"),
        ("error author", "fail teardown", "error author"),
        ("pass", "fail teardown", "fail teardown"),
        ("pass", "skip user", "skip user"),
    ],
)
def test_a_mismatch_decides_a_check_whatever_else_goes_wrong_in_it(first, later, whole):
    found = results(a=first)["a"].then(results(a=later)["a"])
    assert f"{found.outcome} {found.reason}".strip() == whole
