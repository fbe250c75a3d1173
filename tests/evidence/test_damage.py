"""Damaged evidence: it is named in words, and only `no verdict` follows from it."""

import functools
import json
import operator
import re
from dataclasses import replace

import pytest

from kuscia_conformance.errors import UsageError
from kuscia_conformance.evidence import plan
from kuscia_conformance.evidence.ending import Failure, write_ending
from kuscia_conformance.evidence.events import EVENTS
from kuscia_conformance.evidence.files import folder_of
from kuscia_conformance.evidence.plan import read_plan, write_plan
from kuscia_conformance.evidence.record import STEPS
from kuscia_conformance.evidence.results import Result, write_result
from kuscia_conformance.evidence.run import Evidence
from kuscia_conformance.report.views import write_views
from tests.evidence import given

CHECK = given.planned("a").check


@pytest.mark.parametrize("outcome", ["pass", "fail"])
@pytest.mark.parametrize(
    ("name", "damage", "said"),
    [
        (STEPS, None, "cannot be read"),
        (STEPS, lambda _: "garbage", "steps.ndjson:1: "),
        (STEPS, lambda text: text[:-9], "steps.ndjson:3: the line is cut off"),
        (STEPS, lambda text: "".join(text.splitlines(True)[:-1]), "ends before the scenario did"),
        (STEPS, lambda text: text.replace("[0, 2]", '[0, "x"]'), "steps.ndjson:2: "),
        (EVENTS, None, "cannot be read"),
        (EVENTS, lambda _: "garbage", "events.ndjson:1: "),
        (EVENTS, lambda text: text[:-9], "events.ndjson:2: the line is cut off"),
        (EVENTS, lambda text: "".join(text.splitlines(True)[:-1]), "has 1 events, and the steps"),
        (EVENTS, lambda _: "", "has 0 events, and the steps"),
    ],
)
def test_damaged_evidence_of_a_decided_check_gives_no_verdict(
    tmp_path, name, damage, said, outcome
):
    write_plan(tmp_path, given.plan(given.planned("a")))
    write_ending(tmp_path, given.ENDED)
    write_result(tmp_path, given.planned("a").check, Result("a", outcome))
    folder = folder_of(tmp_path, given.planned("a").check)
    given.recorded(folder)
    assert Evidence.read(tmp_path).verdict.exit_code == (0 if outcome == "pass" else 1)
    if damage:
        (folder / name).write_text(damage((folder / name).read_text()))
    else:
        (folder / name).unlink()
    found = Evidence.read(tmp_path)
    [failure] = found.ending.failures
    assert (found.verdict.exit_code, said in failure.text) == (4, True), failure.text


def test_a_plan_that_was_deleted_is_not_taken_for_a_run_that_began_nothing(tmp_path):
    write_ending(tmp_path, given.ENDED)
    write_result(tmp_path, CHECK, Result("a", "pass"))
    found = Evidence.read(tmp_path).verdict
    assert (found.exit_code, len(found.reasons)) == (4, 1)
    assert "plan.json is missing, and" in found.reasons[0]


def each_value(data, path=()):
    """Yields the path of each entry in a JSON value."""
    entries = data.items() if isinstance(data, dict) else enumerate(data)
    for name, value in entries:
        yield (*path, name)
        if isinstance(value, dict | list):
            yield from each_value(value, (*path, name))


def with_value(data, path, value):
    """Returns a copy of the JSON value with another value at the path; `...` deletes it."""
    copy = json.loads(json.dumps(data))
    inner = functools.reduce(operator.getitem, path[:-1], copy)
    if value is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return copy


@pytest.mark.parametrize("value", [..., None, True, 7, 1.5, "x", [], [None], {}, {"x": None}])
def test_a_wrong_value_anywhere_is_refused_in_words_and_never_breaks_the_report(tmp_path, value):
    failed = replace(given.ENDED, failures=(Failure("harness", "text"),))
    write_plan(tmp_path, given.plan(given.planned("a", "RN-01c")))
    write_ending(tmp_path, failed)
    write_result(tmp_path, CHECK, Result("a", "error", requirements={"RN-01c": "x"}))
    for file in [*tmp_path.rglob("*.json")]:
        data = json.loads(file.read_text())
        for path in each_value(data):
            file.write_text(json.dumps(with_value(data, path, value)))
            evidence = Evidence.read(tmp_path)
            texts = [*evidence.verdict.reasons, *write_views(tmp_path, evidence).values()]
            wrong = [text for text in texts if re.search("could not be|__|Error|indices", text)]
            assert (path, wrong) == (path, [])
        file.write_text(json.dumps(data))


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("checks", 0, "check", "line"), "x", "check.line: expected a whole number, found a text"),
        (("checks", 0, "check"), {}, "'id' is missing in checks[0].check"),
        (("a",), 1, "'a' is not known"),
        (("facts", "began"), "soon", "facts.began: 'soon' is not a time"),
        (("checks", 0, "check", "requirements"), ["X-1"], "a: this suite has no requirement X-1"),
    ],
)
def test_a_wrong_entry_is_named_with_what_was_expected(tmp_path, path, value, said):
    write_plan(tmp_path, given.plan(given.planned("a")))
    data = json.loads((tmp_path / plan.FILE).read_text())
    (tmp_path / plan.FILE).write_text(json.dumps(with_value(data, path, value)))
    with pytest.raises(UsageError, match=re.escape(said)):
        read_plan(tmp_path)
