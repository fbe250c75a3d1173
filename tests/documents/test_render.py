"""Tests the table of mismatches."""

from kuscia_conformance.documents import render
from kuscia_conformance.documents.compare import Mismatch


def test_mismatches_are_rendered_as_a_table():
    mismatches = (Mismatch(("phase",), "Running", "Pending"), Mismatch(("reason",), "x", "absent"))
    table = render(mismatches, lambda path: f"somebody, {path[0]}")
    assert table.splitlines() == [
        "path    expected  actual   last written",
        "phase   Running   Pending  somebody, phase",
        "reason  x         absent   –",
    ]


def test_a_long_value_is_shortened_in_the_middle():
    text = "begins here" + "." * 200 + "ends\nhere"
    row = render((Mismatch(("a",), "x", text),), widest=30).splitlines()[1]
    assert "begins" in row
    assert row.split("x", 1)[1].strip().startswith("begins here... … ")
    assert "ends\\nhere" in row


def test_a_path_is_never_shortened():
    path = ("serviceStatuses", "alice/secretflow-task-psi-0-global", "portNumber")
    assert (
        render((Mismatch(path, "1", "2"),), widest=10)
        .splitlines()[1]
        .startswith("serviceStatuses[alice/secretflow-task-psi-0-global].portNumber  1 ")
    )
