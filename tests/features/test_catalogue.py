"""Looking up checks and requirements: `list` and `explain`."""

import sys

import pytest

from kuscia_conformance.cli.commands.list import show
from kuscia_conformance.cli.explanations import explain
from kuscia_conformance.errors import UsageError
from kuscia_conformance.features.catalogue import (
    cases_named,
    covering,
    requirements_named,
    suite_cases,
)
from kuscia_conformance.features.checks import requirements
from kuscia_conformance.steps import definitions
from tests.cli.test_main import call

CASES = suite_cases(definitions())


def ids(cases):
    return [case.check.id for case in cases]


def test_all_checks_without_a_pattern():
    assert cases_named(CASES, []) == CASES
    assert len(set(ids(CASES))) == len(CASES)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("run-pod-fails", "run-pod-fails"),
        ("create-required", "create-required#parties"),
        ("schedule", "schedule-none-alone"),
        ("SC-01", "schedule-none-alone"),
        ("run/failure", "run-pod-fails"),
        ("*-fails", "run-pod-fails"),
    ],
)
def test_patterns_are_those_of_only(pattern, name):
    found = ids(cases_named(CASES, [pattern]))
    assert name in found
    assert len(found) < len(CASES)


def test_each_pattern_has_to_name_something():
    with pytest.raises(UsageError, match="nonsense: no check is called that"):
        cases_named(CASES, ["run", "nonsense"])


def test_requirements_and_what_covers_them():
    assert requirements_named([]) == list(requirements().values())
    [found] = requirements_named(["SC-01"])
    assert "schedule-none-alone" in ids(covering(found.id, CASES))


def test_a_check_is_explained_with_all_that_belongs_to_it():
    text = explain("schedule-none-alone", CASES, definitions())
    assert "Background:\n    Given the domains alice and bob, each with room for 2 pods" in text
    assert 'When the task "psi" is created' in text
    assert '| witness | the pods of "probe" have ended |' in text
    assert f"SC-01 (MUST, source: page)\n  {requirements()['SC-01'].text}" in text
    assert "gang/finished.status.yaml" in text
    assert "  phase: Succeeded" in text
    assert "--only 'schedule-none-alone'" in text


def test_a_row_is_filled_in_and_an_outline_is_all_its_rows():
    row = explain("create-required#parties", CASES, definitions())
    assert "Then it is refused, naming spec.parties" in row
    assert "<field>" not in row
    outline = explain("create-required", CASES, definitions())
    assert row in outline
    assert "naming spec.initiator" in outline


def test_a_requirement_is_explained_with_its_checks():
    text = explain("SC-01", CASES, definitions())
    assert requirements()["SC-01"].text in text
    assert "  schedule-none-alone: " in text


@pytest.mark.parametrize("sentence", ["the pods of bob finish", "When the pods of bob finish"])
def test_a_sentence_is_explained(sentence):
    text = explain(sentence, CASES, definitions())
    assert text.startswith("When <who> finish[es]")
    assert "e.g. When the pods of bob finish with exit code 3" in text


ROWS = [("a", "MUST", "one"), ("longer", "SHOULD", "other " * 40)]


def test_a_table_for_programs_is_never_cut(capsys):
    show(("check", "strength", "title"), ROWS)
    first, second = capsys.readouterr().out.splitlines()
    assert first == "a       MUST    one"
    assert second.endswith("other other other")


def test_a_table_on_a_terminal_has_headings(capsys, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    show(("check", "strength", "title"), ROWS)
    text = capsys.readouterr().out
    assert all(word in text.splitlines()[0] for word in ("check", "strength", "title"))
    assert len(text.splitlines()) > 3


def test_the_commands(tmp_path):
    assert call(tmp_path, "list", "SC-01").stdout.count("\n") >= 2
    assert call(tmp_path, "list", "--requirements", "SC-0?").stdout.startswith("SC-01  MUST")
    assert call(tmp_path, "explain", "SC-01").stdout.startswith("SC-01 (MUST, source: page)")
