"""The table of words and exit codes in README.md: each row is the end of a broken run."""

import re

from tests.breaking import (
    test_authors,
    test_clusters,
    test_controllers,
    test_disk,
    test_evidence,
    test_hooks,
    test_inputs,
    test_parent,
    test_pytest,
    test_terminal,
    test_workers,
)
from tests.figures import ROOT

ROOMS = (
    test_authors,
    test_clusters,
    test_controllers,
    test_disk,
    test_evidence,
    test_hooks,
    test_inputs,
    test_parent,
    test_pytest,
    test_terminal,
    test_workers,
)
ROW = re.compile(r"^\| (\d) \| `([^`]+)` \| (.+) \|$", re.MULTILINE)


def rows():
    """Returns the exit codes and words of the table."""
    text = (ROOT / "README.md").read_text()
    [table] = re.findall(
        r"\| exit code \| verdict \| when \(.*\) \|\n\|[-|]+\|\n((?:\|.*\n)+)", text
    )
    return [(int(code), word) for code, word, _ in ROW.findall(table)]


def ends():
    """Returns the exit codes and words with which the cases end, with letters for numbers."""
    cases = [case for room in ROOMS for case in room.CASES]
    return {(case.ends[0], re.sub(r"\d+ of \d+", "n of m", case.ends[1])) for case in cases}


def test_every_row_of_the_table_is_the_end_of_a_case_and_no_case_ends_otherwise():
    assert sorted(rows()) == sorted(ends())


def test_at_least_forty_runs_are_broken():
    assert sum(len(room.CASES) for room in ROOMS) >= 40


def test_the_table_is_in_the_order_in_which_the_verdict_is_decided():
    assert [code for code, _ in rows()] == [1, 2, 4, 3, 0, 0]
