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
        pytest.param([result("fail", "VW-14", "VW-06")], "not conformant", 1, id="one is a MUST"),
        pytest.param(
            [result("fail"), result("error")], "not conformant", 1, id="fail before error"
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
            id="what cannot apply is no gap",
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
            id="an extended one skipped",
        ),
        pytest.param(
            [result("pass"), result("fail", level="extended:metrics")],
            "conformant",
            0,
            id="an extended one fails",
        ),
        pytest.param(
            [result("pass"), result("error", level="extended:metrics")],
            "conformant",
            0,
            id="an extended one cannot be tried",
        ),
        pytest.param(
            [result("fail"), result("pass", level="extended:metrics")],
            "not conformant",
            1,
            id="an extended one makes good for nothing",
        ),
    ],
)
def test_verdict(results, word, code):
    verdict = judge(results)
    assert (verdict.word, verdict.exit_code) == (word, code)


def test_an_interrupted_run_is_incomplete():
    assert judge([result("pass")], interrupted=True).exit_code == 3


def test_an_interrupted_run_that_failed_has_failed():
    assert judge([result("fail")], interrupted=True).exit_code == 1


def test_a_partial_run_says_that_it_certifies_nothing():
    assert str(judge([result("pass")], partial=True)) == "conformant (partial, no certificate)"


def test_two_phases_of_a_check_are_one_result():
    both = result("pass").then(result("fail", reason="teardown"))
    assert (both.outcome, both.reason) == ("fail", "teardown")
