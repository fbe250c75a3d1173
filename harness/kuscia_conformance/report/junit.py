"""Writes `junit.xml` for CI servers, with one test case for each planned check.

JUnit has no word for a recommendation: a SHOULD or MAY that is not kept passes there, with its text
as output. So a CI server and the exit code say the same.
"""

from __future__ import annotations

import re
from pathlib import Path

from junitparser import Error, Failure, Skipped
from junitparser.xunit2 import JUnitXml, TestCase, TestSuite

from kuscia_conformance.evidence.plan import PlannedCheck
from kuscia_conformance.evidence.results import Result
from kuscia_conformance.evidence.run import Evidence
from kuscia_conformance.report.words import word_of

#: Characters that XML cannot hold; logs may have them.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(path: Path, evidence: Evidence) -> None:
    """Writes the file. Raises OSError if that is not possible."""
    suite = TestSuite("kuscia-conformance")  # type: ignore[no-untyped-call]
    for planned in evidence.plan.checks if evidence.plan else ():
        suite.add_testcase(_case(planned, evidence.results.get(planned.check.id)))
    for failure in evidence.ending.failures:
        suite.add_testcase(_failed(failure.cause, failure.text))
    document = JUnitXml()
    document.add_testsuite(suite)
    document.write(str(path), pretty=True)


def _case(planned: PlannedCheck, result: Result | None) -> TestCase:
    check, word = planned.check, word_of(planned, result)
    case = TestCase(check.id, classname=check.feature, time=result.seconds if result else 0)
    for name in check.requirements:
        case.add_property("requirement", name)
    text = _FORBIDDEN.sub("?", result.text) if result else ""
    if word == "fail":
        case.result = [_with(Failure(_first(text), "MUST"), text)]
    elif word in ("error", "not run"):
        case.result = [_with(Error(_first(text) or word, result.reason if result else ""), text)]
    elif word == "skip":
        case.result = [Skipped(planned.unmet)]
    elif text:
        case.system_out = text
    return case


def _failed(cause: str, text: str) -> TestCase:
    """Returns a test case for an error that belongs to no single check."""
    case = TestCase(f"the run itself ({cause})", classname="kuscia-conformance")
    text = _FORBIDDEN.sub("?", text)
    case.result = [_with(Error(_first(text), cause), text)]
    return case


def _with(result: Failure | Error, text: str) -> Failure | Error:
    result.text = text
    return result


def _first(text: str) -> str:
    return text.partition("\n")[0].strip()
