"""Runs on several clusters are held against each other."""

from tests.verdicts import differences


def report(verdict="conformant", **outcomes):
    checks = [{"id": name, **_said(text)} for name, text in outcomes.items()]
    return {"verdict": verdict, "checks": checks}


def _said(text):
    outcome, _, reason = text.partition(" ")
    return {"outcome": outcome, **({"reason": reason} if reason else {})}


def test_the_same_outcomes_are_no_difference():
    assert not [*differences({"a": report(x="pass", y="fail"), "b": report(x="pass", y="fail")})]


def test_another_outcome_is_told_with_who_says_what():
    found = [*differences({"a": report(x="pass"), "b": report(x="fail")})]
    assert found == ["x: a says pass, b says fail"]


def test_what_is_not_applicable_to_one_is_left_to_the_others():
    reports = {"a": report(x="skip not-applicable"), "b": report(x="pass"), "c": report(x="pass")}
    assert not [*differences(reports)]
    reports["c"] = report(x="fail")
    assert [*differences(reports)] == ["x: b says pass, c says fail"]


def test_what_the_user_has_left_out_is_a_difference():
    assert [*differences({"a": report(x="skip user"), "b": report(x="pass")})]


def test_a_check_that_one_report_lacks_is_a_difference():
    found = [*differences({"a": report(x="pass", y="pass"), "b": report(x="pass")})]
    assert found == ["y: b does not have it"]


def test_of_a_run_of_some_checks_only_these_are_compared():
    some = report("conformant (partial, no certificate)", x="fail")
    found = [*differences({"a": report(x="pass", y="pass"), "b": some})]
    assert found == ["x: a says pass, b says fail"]
