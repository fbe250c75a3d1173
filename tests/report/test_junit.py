"""Tests `junit.xml`: what a CI server counts, and that any text can be in it."""

import xml.etree.ElementTree as ET

from kuscia_conformance.evidence.ending import Ending, Failure
from kuscia_conformance.evidence.results import Result
from kuscia_conformance.evidence.run import Evidence
from kuscia_conformance.report.junit import write_junit
from tests.evidence.given import ENDED, plan
from tests.report.test_document import CHECKS, EVIDENCE


def written(path, evidence):
    write_junit(path / "junit.xml", evidence)
    [suite] = ET.parse(path / "junit.xml").getroot()
    return suite


def test_a_should_that_is_not_kept_passes_with_its_text_and_a_missing_result_is_an_error(tmp_path):
    suite = written(tmp_path, EVIDENCE)
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("6", "1", "1")
    cases = {case.get("name"): case for case in suite.findall("testcase")}
    kinds = {name: [child.tag for child in case] for name, case in cases.items()}
    assert kinds == {
        "a": ["properties", "failure"],
        "b": ["properties", "system-out"],
        "c": ["properties", "system-out"],
        "d": ["properties"],
        "e": ["properties", "skipped"],
        "f": ["properties", "error"],
    }
    assert cases["f"].find("error").get("message") == "not run"
    assert cases["a"].find("failure").text == "expected: 1\nactual:   2"
    assert [each.get("value") for each in cases["a"].iter("property")] == ["RN-01c", "VW-03a"]


def test_an_error_outside_of_the_checks_is_a_test_case_of_its_own(tmp_path):
    ending = Ending(failures=(Failure("cluster", "etcd has ended\nin detail"),))
    suite = written(tmp_path, Evidence(None, {}, ending))
    [case] = suite.findall("testcase")
    assert case.find("error").get("message") == "etcd has ended"


def test_characters_that_xml_cannot_hold_are_replaced(tmp_path):
    results = {"d": Result("d", "error", "harness", "a \x1b[31mred\x00 \ud800 word ü 😀")}
    suite = written(tmp_path, Evidence(plan(CHECKS[3]), results, ENDED))
    assert suite.find("testcase/error").text == "a ?[31mred? ? word ü 😀"
