"""The text of a failed check."""

from datetime import UTC, datetime, timedelta
from textwrap import dedent
from types import SimpleNamespace
from typing import Any

import pytest
from pytest_bdd.parser import Step

from kuscia_conformance.environment.journal import Journal
from kuscia_conformance.features.checks import Check
from kuscia_conformance.scenario.failure import controller_said, in_words, render_failure
from kuscia_conformance.scenario.history import Act, History
from kuscia_conformance.scenario.names import Names
from tests.scenario.made import T, pod, task

CHECK = Check("mine", "mine.feature", 3, "Mine", ())
OURS = Check("schedule-mine", "schedule/holding.feature", 3, "Mine", ("RN-01c",))


def history(*versions, acts=()):
    made = History(Journal(now=lambda: T), Names("bcdfgh"))
    made.versions, made.acts, made.clock = [*versions], [*acts], "the virtual clock"
    return made


def text(log: str | None, versions: tuple[str, ...] = (), *, step=None, waited=None, check=CHECK):
    known: Any = SimpleNamespace(
        versions=versions,
        names=Names("bcdfgh"),
        began=datetime.now(UTC),
        clock="the virtual clock",
        acts=[],
    )
    said = controller_said(log, known.names)
    return render_failure(check, step, "expected: a\nactual:   b", waited, known, said)


def test_a_failure_says_where_all_events_are_and_how_many(monkeypatch):
    monkeypatch.setattr("kuscia_conformance.scenario.failure.timeline", lambda _: ["a line"])
    monkeypatch.setattr("kuscia_conformance.scenario.failure.floods", lambda _: [])
    assert "(events.ndjson has all 2 events)\n      a line" in text(None, ("one", "two"))


def test_a_failure_without_events_says_so():
    assert "no event was seen" in text(None)


def test_the_last_lines_of_the_controller_end_a_failure(tmp_path):
    (tmp_path / "log").write_text("a\nb psi-bcdfgh\n")
    assert text(str(tmp_path / "log")).endswith("controller, last lines\n      b psi")


def test_a_controller_that_printed_nothing_is_said_to_have_an_empty_log(tmp_path):
    (tmp_path / "log").write_text("")
    assert text(str(tmp_path / "log")).endswith("controller, last lines\n      its log is empty")


@pytest.mark.parametrize(
    ("check", "step", "first"),
    [
        (OURS, 23, "features/schedule/holding.feature:23  schedule-mine   RN-01c (MUST)"),
        (OURS, None, "features/schedule/holding.feature:3  schedule-mine   RN-01c (MUST)"),
        (CHECK, 23, "mine.feature:23  mine"),
    ],
    ids=["a step of ours", "outside of steps", "a step of an author's"],
)
def test_a_failure_begins_with_file_and_line_of_the_step(check, step, first):
    failed = Step("it waits", "then", 4, step, "Then") if step else None
    assert text(None, step=failed, check=check).splitlines()[:2] == [first, "  Mine"]


def test_a_wait_shows_for_how_long_it_waited_and_on_which_clock():
    step = Step("it waits", "then", 4, 7, "Then")
    assert "Then it waits" in text(None, step=step, waited=2.5).splitlines()[2]
    assert (
        text(None, step=step, waited=2.5)
        .splitlines()[2]
        .endswith(" waited 2.5 s on the virtual clock")
    )


def test_the_rows_of_a_table_are_part_of_what_the_suite_does():
    step = Step("somebody writes", "when", 4, 7, "When")
    assert in_words(step) == "somebody writes"
    table: Any = SimpleNamespace(raw=lambda: [["phase", "Pending"], ["reason", "null"]])
    step.datatable = table
    assert in_words(step) == "somebody writes: phase = Pending, reason = null"


def test_a_failure_as_a_whole():
    step = Step('the pods of "psi" run', "then", 4, 23, "Then")
    acts = [
        Act(T, 'the task "psi" is created'),
        Act(T + timedelta(seconds=1), "the controller is killed"),
    ]
    told = history(
        task(0), task(0.1, phase="Pending"), pod(0.2, "psi-0", phase="Pending"), acts=acts
    )
    body = 'expected: the pods of "psi" run\nactual:   alice/psi-0 is Pending, not bound'
    said = render_failure(OURS, step, body, 30, told, "controller, last lines\n  a")
    assert said == dedent("""\
        features/schedule/holding.feature:23  schedule-mine   RN-01c (MUST)
          Mine
          Then the pods of "psi" run                                                 waited 30 s on the virtual clock

            expected: the pods of "psi" run
            actual:   alice/psi-0 is Pending, not bound

            what happened, in seconds since the task was created (events.ndjson has all 3 events)
                +0.00  [suite] the task "psi" is created
                +0.00  task psi created
                +0.10  task psi Pending
                +0.20  pod alice/psi-0 created, Pending
                +1.00  [suite] the controller is killed

            controller, last lines
              a""")  # noqa: E501
