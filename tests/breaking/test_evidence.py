"""Evidence that is damaged or deleted after the run: the report on it is never conformant."""

import json
import shutil

import pytest

from tests.breaking.given import (
    CONFORMANT,
    INCOMPLETE,
    NO_VERDICT,
    NOT_CONFORMANT,
    Case,
    broken,
    judged,
    named,
    reported,
)

RESULT = "checks/small-second/result.json"


@pytest.fixture(scope="module")
def conformant(tmp_path_factory):
    """Returns the results folder of a conformant run."""
    folder = tmp_path_factory.mktemp("conformant")
    broken(Case("nothing", CONFORMANT), folder)
    return folder / "out"


def written(name, text):
    return lambda out: (out / name).write_text(text)


def deleted(name):
    return lambda out: (out / name).unlink()


def a_folder(name):
    def make(out):
        (out / name).unlink()
        (out / name).mkdir()

    return make


def edited(name, **fields):
    def edit(out):
        found = json.loads((out / name).read_text())
        (out / name).write_text(json.dumps({**found, **fields}))

    return edit


FAILURE = [{"cause": "author", "text": "no such step"}]
CASES = [
    Case("nothing", CONFORMANT),
    Case("result-cut-off", NO_VERDICT, "result.json", prepare=written(RESULT, '{"check": ')),
    Case(
        "result-of-another-check", NO_VERDICT, "result.json", prepare=edited(RESULT, check="other")
    ),
    Case(
        "result-with-another-word",
        NO_VERDICT,
        "result.json",
        prepare=edited(RESULT, outcome="fine"),
    ),
    Case("result-deleted", INCOMPLETE, "1 of 3 checks was not run", prepare=deleted(RESULT)),
    Case("result-in-the-form-of-a-folder", NO_VERDICT, "result.json", prepare=a_folder(RESULT)),
    Case("plan-cut-off", NO_VERDICT, "plan.json", prepare=written("plan.json", '{"checks": [')),
    Case(
        "plan-of-something-else",
        NO_VERDICT,
        "plan.json",
        prepare=edited("plan.json", checks=["small-first"]),
    ),
    Case("plan-without-checks", INCOMPLETE, "no check", prepare=edited("plan.json", checks=[])),
    Case("plan-deleted", NO_VERDICT, "plan.json is missing", prepare=deleted("plan.json")),
    Case("ending-cut-off", NO_VERDICT, "end.json", prepare=written("end.json", "{")),
    Case("ending-that-is-a-list", NO_VERDICT, "end.json", prepare=written("end.json", "[]")),
    Case("ending-deleted", INCOMPLETE, "killed", prepare=deleted("end.json")),
    Case("ending-in-the-form-of-a-folder", NO_VERDICT, "end.json", prepare=a_folder("end.json")),
    Case("views-deleted", CONFORMANT, prepare=deleted("report.yaml")),
    Case("junit-in-the-form-of-a-folder", CONFORMANT, prepare=a_folder("junit.xml")),
    Case(
        "a-failed-check", NOT_CONFORMANT, "1 check failed", prepare=edited(RESULT, outcome="fail")
    ),
    Case(
        "a-failed-check-and-a-damaged-ending",
        NOT_CONFORMANT,
        "1 check failed",
        prepare=lambda out: [edited(RESULT, outcome="fail")(out), written("end.json", "")(out)],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=named)
def test_damaged_evidence_is_reported(case, tmp_path, conformant):
    out = shutil.copytree(conformant, tmp_path / "out")
    case.prepare(out)
    code, said = reported(out)
    assert (code, case.ends[1] in said) == (case.ends[0], True), said
    judged(case, out, said)


def test_a_report_that_cannot_be_written_is_not_announced(tmp_path, conformant):
    out = shutil.copytree(conformant, tmp_path / "out")
    a_folder("report.yaml")(out)
    code, said = reported(out)
    assert (code, "report:" in said, "could not be written" in said) == (0, False, True)
