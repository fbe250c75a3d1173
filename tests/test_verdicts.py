"""Tests the comparison of reports from several clusters."""

from tests.verdicts import differences


def report(partial=False, **outcomes):
    checks = [{"id": name, "outcome": outcome} for name, outcome in outcomes.items()]
    return {"partial": partial, "checks": checks}


def test_equal_outcomes_are_not_a_difference():
    assert not [*differences({"a": report(x="pass", y="fail"), "b": report(x="pass", y="fail")})]


def test_different_outcomes_are_reported_with_their_clusters():
    found = [*differences({"a": report(x="pass"), "b": report(x="fail")})]
    assert found == ["x: a says pass, b says fail"]


def test_a_check_not_applicable_to_one_cluster_is_compared_on_the_others():
    reports = {"a": report(x="skip"), "b": report(x="pass"), "c": report(x="pass")}
    assert not [*differences(reports)]
    reports["c"] = report(x="fail")
    assert [*differences(reports)] == ["x: b says pass, c says fail"]


def test_a_check_that_one_run_left_out_is_a_difference():
    assert [*differences({"a": report(x="not run"), "b": report(x="pass")})]


def test_a_check_that_one_report_lacks_is_a_difference():
    found = [*differences({"a": report(x="pass", y="pass"), "b": report(x="pass")})]
    assert found == ["y: b does not have it"]


def test_of_a_partial_run_only_its_checks_are_compared():
    some = report(partial=True, x="fail")
    found = [*differences({"a": report(x="pass", y="pass"), "b": some})]
    assert found == ["x: a says pass, b says fail"]
