"""Tests the verdict and the exit code of a run."""

import pytest

from kuscia_conformance.features.checks import Check
from kuscia_conformance.report.outcome import Result
from kuscia_conformance.report.verdict import judge


def result(outcome, *requirements, reason="", level="core"):
    check = Check("x", "run/x.feature", 1, "X", requirements or ("RN-01",), level)
    return Result(check, outcome, reason)


@pytest.mark.parametrize(
    ("results", "word", "code"),
    [
        pytest.param([result("pass")], "conformant", 0, id="all pass"),
        pytest.param([result("pass"), result("fail")], "not conformant", 1, id="a MUST fails"),
        pytest.param([result("fail", "VW-14")], "conformant", 0, id="a SHOULD fails"),
        pytest.param(
            [result("fail", "VW-14", "VW-06")],
            "not conformant",
            1,
            id="a failed check covers a MUST",
        ),
        pytest.param(
            [result("fail"), result("error")], "not conformant", 1, id="a failure and an error"
        ),
        pytest.param(
            [result("pass"), result("error")],
            "no verdict: the harness or the cluster failed",
            4,
            id="an error",
        ),
        pytest.param([], "incomplete", 3, id="nothing ran"),
        pytest.param(
            [result("pass"), result("skip", reason="not-applicable")],
            "conformant",
            0,
            id="a check that is not applicable",
        ),
        pytest.param(
            [result("pass"), result("skip", reason="user")],
            "incomplete: core checks were skipped",
            3,
            id="a core check skipped",
        ),
        pytest.param(
            [result("skip", reason="user", level="extended:metrics")],
            "conformant",
            0,
            id="an extended check skipped",
        ),
        pytest.param(
            [result("pass"), result("fail", level="extended:metrics")],
            "conformant",
            0,
            id="an extended check fails",
        ),
        pytest.param(
            [result("pass"), result("error", level="extended:metrics")],
            "conformant",
            0,
            id="an extended check has an error",
        ),
        pytest.param(
            [result("fail"), result("pass", level="extended:metrics")],
            "not conformant",
            1,
            id="a core check fails and an extended one passes",
        ),
    ],
)
def test_the_verdict_and_exit_code_follow_from_the_results(results, word, code):
    verdict = judge(results)
    assert (verdict.word, verdict.exit_code) == (word, code)


def test_an_interrupted_run_is_incomplete():
    assert judge([result("pass")], interrupted=True).exit_code == 3


def test_an_interrupted_run_with_a_failure_has_failed():
    assert judge([result("fail")], interrupted=True).exit_code == 1


def test_the_verdict_of_a_partial_run_says_no_certificate():
    assert str(judge([result("pass")], partial=True)) == "conformant (partial, no certificate)"


def test_a_failed_teardown_makes_the_result_of_a_check_fail():
    both = result("pass").then(result("fail", reason="teardown"))
    assert (both.outcome, both.reason) == ("fail", "teardown")
