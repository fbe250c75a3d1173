"""Tests what twelve common mistakes of authors are told, with `lint` and with `run`.

Each row of MISTAKES has an old text of the feature or its document, the new text, what is said, and
the hint.
A colon at the end of a step and a byte order mark are no mistakes: the feature runs as it is meant.
"""

import subprocess
import sys

import pytest

from tests.lint.given import lint

FEATURE = """@core
Feature: Mine

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob

  @id:{name}-runs
  Scenario: It runs
    When the task "psi" is created
    Then the status of "psi" matches "running.status.yaml"

  @id:{name}-ends
  Scenario: It ends
    When the task "psi" is created
    And the pods of "psi" finish
    Then the phases of "psi" were Pending, Running, Succeeded
"""
DOCUMENT = """phase: Running
podStatuses: {alice/psi-0: {podPhase: Running}}
"""
OPERATORS = "!any, !absent, !re, !between, !time, !ref, !or, !one-of, !node-of, !exact"
POD_FIELDS = (
    "createTime, message, namespace, nodeName, podName, podPhase, readyTime, reason, "
    "scheduleTime, startTime, terminationLog"
)
TAGS = "@core, @exclusive, @provisional, @extended:, @id:, @needs:, @req:"
WRONG_PHASE = 'Then the phases of "psi" were Pending, Runing, Succeeded'
UNDECLARED = 'And the pods of "pis" finish'
MISTAKES = {
    "misspelt-step": (
        "Then the status of",
        "Then the statos of",
        'mine.feature:11: no such step: Then the statos of "psi" matches "running.status.yaml"',
        'did you mean: Then the status of "psi" matches "running.status.yaml"',
    ),
    "colon": ('"psi" is created', '"psi" is created:', "", ""),
    "tab": (
        "When the task",
        "When\tthe task",
        "mine.feature:10: line 'When\\tthe task \"psi\" is created' is taken for a description",
        "write a space behind When, and no tab",
    ),
    "wrong-operator": (
        "{podPhase: Running}",
        "!anny",
        "mine/running.status.yaml:2:28: there is no operator !anny",
        f"did you mean !any? valid: {OPERATORS}; named in mine.feature:11",
    ),
    "wrong-path": (
        "podPhase",
        "podPhse",
        "mine/running.status.yaml:2:29: the status has no podStatuses[alice/psi-0].podPhse",
        f"did you mean podPhase? valid: {POD_FIELDS}; named in mine.feature:11",
    ),
    "duplicate-id": (
        "-ends",
        "-runs",
        "mine.feature:14: @id:duplicate-id-runs is used twice, first in mine.feature:9",
        "give each check an id of its own",
    ),
    "unknown-tag": (
        "@core",
        "@cor",
        "mine.feature:9: unknown tag @cor",
        f"did you mean @core? valid: {TAGS}",
    ),
    "missing-file": (
        "running.status",
        "runing.status",
        "mine.feature:11: there is no file 'runing.status.yaml'",
        "did you mean running.status.yaml? looked in",
    ),
    "byte-order-mark": ("@core", "\N{ZERO WIDTH NO-BREAK SPACE}@core", "", ""),
    "wrong-phase": (
        "Running, Succeeded",
        "Runing, Succeeded",
        f"mine.feature:17: there is no phase 'Runing': {WRONG_PHASE}",
        "did you mean Running? valid: Pending, Running, Succeeded, Failed",
    ),
    "undeclared-task": (
        'the pods of "psi"',
        'the pods of "pis"',
        f"mine.feature:16: 'pis' is neither a task nor a domain of this scenario: {UNDECLARED}",
        "did you mean psi? given: psi, alice, bob",
    ),
    "missing-then": (
        '    Then the phases of "psi" were Pending, Running, Succeeded\n',
        "",
        "mine.feature:14: there is no Then in 'It ends', so nothing is checked",
        "say with a Then what the controller must do",
    ),
}


def written(folder, name):
    """Writes the feature with this mistake into a folder of its name; returns what is to be said.

    The texts of messages begin with the paths below that folder.
    """
    old, new, text, hint = MISTAKES[name]
    assert old in FEATURE or old in DOCUMENT
    (folder / name / "mine").mkdir(parents=True)
    feature = FEATURE.replace("{name}", name).replace(old, new)
    (folder / name / "mine.feature").write_text(feature, encoding="utf-8")
    document = folder / name / "mine" / "running.status.yaml"
    document.write_text(DOCUMENT.replace(old, new), encoding="utf-8")
    return f"{text}\n  {hint}" if text else ""


@pytest.mark.parametrize("name", MISTAKES)
def test_lint_says_what_is_wrong_and_where(tmp_path, name):
    text = written(tmp_path, name)
    problems = lint([tmp_path / name / "mine.feature"]).problems
    said = [str(problem).replace(f"{tmp_path / name}/", "") for problem in problems]
    assert said[0].startswith(text) if text else said == []


def test_a_run_says_the_same_before_it_starts_a_cluster(tmp_path):
    texts = {name: written(tmp_path, name) for name in MISTAKES}
    command = [sys.executable, "-m", "kuscia_conformance", "run", tmp_path, "--out", "out"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert "starting" not in done.stdout
    for name, text in texts.items():
        assert text in done.stderr.replace(f"{tmp_path / name}/", "")
