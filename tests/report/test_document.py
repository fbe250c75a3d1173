"""Tests the content of the report, and that it fits its JSON Schema."""

from copy import deepcopy
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError

from kuscia_conformance import report
from kuscia_conformance.environment.facts import facts_of, now
from kuscia_conformance.environment.settings import read_settings
from kuscia_conformance.evidence.ending import KILLED, Ending, Failure
from kuscia_conformance.evidence.plan import Plan
from kuscia_conformance.evidence.results import Result
from kuscia_conformance.evidence.run import Evidence
from kuscia_conformance.kube.yaml import read_own
from kuscia_conformance.pytest_plugin.options import chosen
from kuscia_conformance.report.document import outcome_of, report_of
from kuscia_conformance.report.views import write_report
from tests.evidence.given import ENDED, plan, planned

SCHEMA = Path(report.__file__).parent / "report.schema.json"
[SCHEMA_DATA] = read_own(SCHEMA)
CHECKS = (
    planned("a", "RN-01c", "VW-03a"),
    planned("b", "VW-14"),
    planned("c", "TG-01"),
    planned("d", "RN-01c"),
    planned("e", "RN-02a", unmet="needs real-pods"),
    planned("f", "RN-02a"),
)
RESULTS = {
    "a": Result("a", "fail", "", "expected: 1\nactual:   2", 1.234, {"RN-01c": "fail"}),
    "b": Result("b", "fail", "", "differs", 1, {"VW-14": "fail"}),
    "c": Result("c", "fail", "", "differs", 1, {"TG-01": "fail"}),
    "d": Result("d", "pass", "", "", 1, {"RN-01c": "pass"}),
    "e": Result("e", "skip", "not-applicable"),
}
EVIDENCE = Evidence(plan(*CHECKS, partial=True), RESULTS, ENDED)


def validate(document):
    Draft202012Validator.check_schema(SCHEMA_DATA)
    Draft202012Validator(SCHEMA_DATA).validate(document)


def test_the_report_says_what_was_found_about_each_check_and_requirement():
    found = report_of(EVIDENCE)
    validate(found)
    assert found["counts"] == {"pass": 1, "fail": 1, "warn": 1, "note": 1, "not run": 1, "skip": 1}
    assert found["exitCode"] == 1
    assert found["reasons"] == ["1 check failed", "1 of 5 checks was not run"]
    assert found["requirements"]["RN-01c"]["outcome"] == "fail"
    assert found["requirements"]["RN-01c"]["checks"] == {"a": "fail", "d": "pass"}
    assert found["requirements"]["VW-03a"]["outcome"] == "undecided"
    assert found["requirements"]["RN-02a"]["checks"] == {"f": "undecided"}
    assert found["requirements"]["RN-01c"]["text"].startswith("A Running task has Succeeded")
    assert found["run"]["seconds"] == 64
    assert [check["outcome"] for check in found["checks"]] == [
        "fail",
        "warn",
        "note",
        "pass",
        "skip",
        "not run",
    ]
    assert found["checks"][4]["reason"] == "needs real-pods"


@pytest.mark.parametrize(
    "evidence",
    [
        pytest.param(Evidence(None, {}, KILLED), id="a run that was killed before its plan"),
        pytest.param(Evidence(EVIDENCE.plan, RESULTS, KILLED), id="a run that was killed"),
        pytest.param(Evidence(plan(*CHECKS[3:4]), RESULTS, ENDED), id="a conformant run"),
        pytest.param(
            Evidence(None, {}, Ending("stopped", (Failure("cluster", "it\nbroke"),))),
            id="a run with an error of the cluster",
        ),
    ],
)
def test_every_kind_of_ending_fits_the_schema(evidence, tmp_path):
    write_report(tmp_path / "report.yaml", evidence)
    [read] = read_own(tmp_path / "report.yaml")
    validate(read)
    assert read == report_of(evidence)


def test_the_facts_of_a_run_fit_the_schema(tmp_path):
    (tmp_path / "setup.yaml").write_text(
        "{apiVersion: v1, kind: Namespace, metadata: {name: mine}}"
    )
    (tmp_path / "defaults.yaml").write_text("metadata: {labels: {a: b}}")
    options = {"setup": str(tmp_path / "setup.yaml"), "claim": "partner-domains"}
    options["task_defaults"] = str(tmp_path / "defaults.yaml")
    settings = read_settings(chosen(options).texts)
    facts = facts_of(settings, "kind", ("exec",), "v1.34.4")
    validate(report_of(Evidence(Plan(CHECKS, False, facts), RESULTS, Ending(at=now()))))
    assert facts["setup"]["file"] == "setup.yaml"
    assert facts["taskDefaults"]["metadata"] == {"labels": {"a": "b"}}
    assert facts["claims"] == ["partner-domains"]
    assert facts["timeouts"]["status"] == 20


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("verdict",), "good"),
        (("exitCode",), 5),
        (("checks", 0, "outcome"), "passed"),
        (("checks", 0, "more"), 1),
        (("requirements", "RN-01c", "outcome"), "skip"),
        (("run", "ended"), "yesterday"),
    ],
)
def test_a_wrong_report_does_not_fit_the_schema(path, value):
    wrong = deepcopy(report_of(EVIDENCE))
    place = wrong
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(ValidationError):
        validate(wrong)


@pytest.mark.parametrize(
    ("outcomes", "found"),
    [
        (["pass", "pass"], "pass"),
        (["pass", "undecided"], "undecided"),
        (["pass", "undecided", "fail"], "fail"),
        ([], "undecided"),
    ],
)
def test_a_requirement_passes_only_if_every_check_says_so(outcomes, found):
    assert outcome_of(outcomes) == found
