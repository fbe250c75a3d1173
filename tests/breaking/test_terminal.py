"""Standard output and standard error that are closed, full, or lack letters."""

import os
from collections import deque

import pytest

from tests.breaking.given import (
    AUTHORS_ERROR,
    CONFORMANT,
    NOT_CONFORMANT,
    WRONG,
    Case,
    broken,
    ways,
)


def closed(*descriptors):
    """Returns what a shell does for `>&-` and `2>&-` before it starts a program."""
    return lambda: deque(map(os.close, descriptors))


def full():
    """Does what a shell does for `>/dev/full`."""
    os.dup2(os.open("/dev/full", os.O_WRONLY), 1)


def close_after(lines):
    """Returns an act that reads this many lines and closes the pipe, as `head` does."""

    def act(run):
        for _ in range(lines):
            run.stdout.readline()
        os.dup2(os.open(os.devnull, os.O_RDONLY), run.stdout.fileno())

    return act


#: A title with letters that ASCII lacks.
OUTLINE = """
Feature: 中文
  @id:small-first
  Scenario Outline: 参与方 <id>
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob
    When the task "psi" is created
    Then the phases of "psi" were Pending, {phase}
    Examples:
      | id   |
      | 中文 |
"""
CHECKS = 'kuscia_session.suite_checks = lambda: {("small.feature", "small-first#中文")}\n'
ASCII = {"PYTHONIOENCODING": "ascii"}
#: A file system with this encoding cannot have a folder of the check's name.
ASCII_FILES = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
CASES = [
    Case("output-closed-at-start", CONFORMANT, before=closed(1), shows=False),
    Case("errors-closed-at-start", CONFORMANT, before=closed(2)),
    Case("both-closed-at-start", CONFORMANT, before=closed(1, 2), shows=False),
    Case("input-and-both-closed-at-start", CONFORMANT, before=closed(0, 1, 2), shows=False),
    Case(
        "output-closed-at-start-of-a-failing-run",
        NOT_CONFORMANT,
        before=closed(1),
        feature=WRONG,
        shows=False,
    ),
    Case("pipe-closed-before-the-first-line", CONFORMANT, act=close_after(0), shows=False),
    Case("pipe-closed-after-one-check", CONFORMANT, act=close_after(2), shows=False),
    Case(
        "pipe-closed-after-one-check-with-a-worker",
        CONFORMANT,
        act=close_after(1),
        shows=False,
        options=("-n", "1"),
    ),
    Case(
        "pipe-closed-before-a-failure",
        NOT_CONFORMANT,
        "1 check failed",
        act=close_after(2),
        feature=WRONG,
        shows=False,
    ),
    Case("output-to-a-full-disk", CONFORMANT, before=full, shows=False),
    Case(
        "encoding-without-the-letters",
        CONFORMANT,
        conftest=CHECKS,
        environment=ASCII,
        feature=OUTLINE.format(phase="Running"),
    ),
    Case(
        "file-system-without-the-letters",
        AUTHORS_ERROR,
        conftest=CHECKS,
        environment=ASCII_FILES,
        feature=OUTLINE.format(phase="Running"),
        reports=False,
    ),
    Case(
        "encoding-without-the-letters-of-a-failure",
        NOT_CONFORMANT,
        conftest=CHECKS,
        environment=ASCII,
        feature=OUTLINE.format(phase="Failed"),
    ),
]
#: The cases that run without `--full`, too.
QUICK = frozenset(
    {
        "input-and-both-closed-at-start",
        "pipe-closed-after-one-check",
        "encoding-without-the-letters",
    }
)


@pytest.mark.parametrize("case", ways(CASES, QUICK))
def test_a_broken_terminal_changes_neither_verdict_nor_report(case, tmp_path):
    broken(case, tmp_path)
