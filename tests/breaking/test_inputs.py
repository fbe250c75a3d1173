"""Runs of features and folders in every form, on machines with other encodings and long paths."""

import pytest

from tests.breaking.given import (
    AUTHORS_ERROR,
    CONFORMANT,
    PARTIAL,
    PYTEST,
    SMALL,
    Case,
    broken,
    ways,
)
from tests.inputs.given import LAUGHS

ROWS = """
Feature: Rows
  @id:rows @req:RN-01c
  Scenario Outline: The row <id>
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob
    When the task "psi" is created
    And the pods of bob finish with exit code 1 and message "بوم 💥"
    Then the phases of "psi" were Pending, Running, Failed

    Examples:
      | id     |
      | 中文   |
      | ไทย 🎉 |
"""
APPLIED = """
Feature: Applied
  @id:applied @req:CR-01a
  Scenario: A file is applied
    Given the domain alice with room for 1 pod
    When "{file}" is applied
    Then the phases of "psi" were Pending
"""
TASK = (
    "{apiVersion: kuscia.secretflow/v1alpha1, kind: KusciaTask,"
    " metadata: {name: psi, namespace: cross-domain}, spec: {initiator: alice,"
    ' taskInputConfig: "{}", parties: [{domainID: alice, appImageRef: none}]}}'
)


def with_file(text, name="all.yaml"):
    """Returns a function that writes the file beside the feature."""
    return lambda folder: (folder / name).write_text(text)


DEEP = "x" * 100 + "/" + "y" * 100


def deep(folder):
    """Makes a folder whose path is longer than that of a unix socket may be."""
    (folder / DEEP).mkdir(parents=True)


#: Both rows pass.
BOTH = (0, "partial: 2 of 2 checks pass, no certificate")
REAL = ("--clock", "real")
CASES = [
    Case("rows-in-any-script", BOTH, feature=ROWS),
    Case(
        "rows-in-any-script-on-a-terminal-of-cp1252",
        BOTH,
        feature=ROWS,
        options=("-n", "2"),
        environment={"PYTHONIOENCODING": "cp1252"},
    ),
    Case(
        "processes-where-the-terminal-is-ascii",
        BOTH,
        feature=ROWS,
        options=REAL,
        environment={"PYTHONIOENCODING": "ascii"},
    ),
    Case("rows-in-any-script-under-pytest", BOTH, feature=ROWS, command=PYTEST),
    Case("a-byte-order-mark", CONFORMANT, feature="\N{ZERO WIDTH NO-BREAK SPACE}" + SMALL),
    Case(
        "a-list-of-objects",
        PARTIAL,
        feature=APPLIED.format(file="all.yaml"),
        prepare=with_file(f"{{apiVersion: v1, kind: List, items: [{TASK}]}}"),
    ),
    Case(
        "a-file-outside",
        AUTHORS_ERROR,
        feature=APPLIED.format(file="../../x.yaml"),
        reports=False,
    ),
    Case(
        "aliases-without-end",
        AUTHORS_ERROR,
        feature=APPLIED.format(file="all.yaml"),
        prepare=with_file(LAUGHS),
        reports=False,
    ),
    Case("a-long-path-of-temporary-files", CONFORMANT, options=REAL, prepare=deep),
    Case("another-cluster-of-kind", AUTHORS_ERROR, options=("--cluster", "kind:Ü"), reports=False),
    Case("more-nodes-than-there-are", AUTHORS_ERROR, options=("--nodes", "9" * 20), reports=False),
    Case("no-text", AUTHORS_ERROR, options=("--out", "a\udcff"), reports=False),
]
#: The cases that run without `--full`, too.
QUICK = frozenset({"rows-in-any-script-on-a-terminal-of-cp1252", "a-list-of-objects"})


@pytest.mark.parametrize("case", ways(CASES, QUICK))
def test_a_run_reads_what_users_write_or_refuses_it(case, tmp_path):
    variables = {"TMPDIR": str(tmp_path / DEEP)} if case.prepare is deep else {}
    broken(case, tmp_path, variables)
