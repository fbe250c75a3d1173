import pytest

from harness.documents import path_from, path_text, render, value_at
from harness.documents.compare import Mismatch

DOCUMENT = {
    "phase": "Running",
    "conditions": [{"type": "A", "status": "True"}],
    "partyTaskStatus": [{"domainID": "alice", "role": "host", "phase": "Failed"}],
    "podStatuses": {"alice/psi-0": {"podPhase": "Pending"}},
    "list": [1, 2],
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("phase", "Running"),
        ("conditions[type=A].status", "True"),
        ("conditions[type=B].status", None),
        ("partyTaskStatus[domainID=alice,role=host].phase", "Failed"),
        ("podStatuses[alice/psi-0].podPhase", "Pending"),
        ("phase.below", None),
    ],
)
def test_a_path_leads_to_its_value(text, value):
    assert path_text(path_from(text)) == text
    assert value_at(DOCUMENT, path_from(text)) == value


def test_places_in_plain_lists():
    assert value_at(DOCUMENT, ("list", "1")) == 2
    assert value_at(DOCUMENT, ("list", "2")) is None


def test_the_whole_document():
    assert path_text(()) == "."


@pytest.mark.parametrize("text", ["", "a..b", "[", "a[b", "a b", ".a"])
def test_what_is_no_path(text):
    with pytest.raises(ValueError, match="is no path"):
        path_from(text)


def test_mismatches_are_a_table():
    mismatches = (Mismatch(("phase",), "Running", "Pending"), Mismatch(("reason",), "x", "absent"))
    table = render(mismatches, lambda path: f"somebody, {path[0]}")
    assert table.splitlines() == [
        "path    expected  actual   last written",
        "phase   Running   Pending  somebody, phase",
        "reason  x         absent   –",
    ]


def test_of_a_long_value_both_ends_are_shown():
    text = "begins here" + "." * 200 + "ends\nhere"
    row = render((Mismatch(("a",), "x", text),), widest=30).splitlines()[1]
    assert "begins" in row
    assert row.split("x", 1)[1].strip().startswith("begins here... … ")
    assert "ends\\nhere" in row
