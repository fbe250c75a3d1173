"""The text of a failed check."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from kuscia_conformance.features.checks import Check
from kuscia_conformance.scenario.failure import controller_said, render_failure
from kuscia_conformance.scenario.names import Names


def text(log: str | None, versions: tuple[str, ...] = ()) -> str:
    history: Any = SimpleNamespace(
        versions=versions, names=Names("bcdfgh"), began=datetime.now(UTC)
    )
    check = Check("mine", "mine.feature", 3, "Mine", ())
    said = controller_said(log, history.names)
    return render_failure(check, None, "expected: a\nactual:   b", None, history, said)


def test_a_failure_says_where_all_events_are_and_how_many(monkeypatch):
    monkeypatch.setattr("kuscia_conformance.scenario.failure.timeline", lambda _: ["a line"])
    assert "(events.ndjson has all 2 events)\n      a line" in text(None, ("one", "two"))


def test_a_failure_without_events_says_so():
    assert "no event was seen" in text(None)


def test_the_last_lines_of_the_controller_end_a_failure(tmp_path):
    (tmp_path / "log").write_text("a\nb psi-bcdfgh\n")
    assert text(str(tmp_path / "log")).endswith("controller, last lines\n      b psi")


def test_a_controller_that_printed_nothing_is_said_to_have_an_empty_log(tmp_path):
    (tmp_path / "log").write_text("")
    assert text(str(tmp_path / "log")).endswith("controller, last lines\n      its log is empty")
