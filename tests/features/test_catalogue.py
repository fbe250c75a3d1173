"""Tests `list` and `explain`, which look up checks and requirements."""

import sys

import pytest

from kuscia_conformance.cli.commands.list import show
from kuscia_conformance.cli.explanations import explain
from kuscia_conformance.errors import UsageError
from kuscia_conformance.features.catalogue import (
    checks_named,
    covering,
    requirements_named,
    suite_cases,
)
from kuscia_conformance.features.checks import requirements
from kuscia_conformance.features.rules import rules
from kuscia_conformance.steps import definitions
from tests.cli.test_main import call

CASES = suite_cases(definitions())


def ids(checks):
    return [check.id for check in checks]


def test_all_checks_are_listed_without_a_pattern():
    found = checks_named(CASES, [])
    assert found[: len(CASES)] == [case.check for case in CASES]
    assert ids(found[len(CASES) :]) == list(rules())
    assert len(set(ids(found))) == len(found)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("run-pod-fails", "run-pod-fails"),
        ("create-required", "create-required#parties"),
        ("schedule", "schedule-none-alone"),
        ("SC-01a", "schedule-none-alone"),
        ("run/failure", "run-pod-fails"),
        ("*-fails", "run-pod-fails"),
        ("rules", "rule-phase-goes-forward"),
        ("VW-02b", "rule-final-phase-stays"),
    ],
)
def test_a_pattern_selects_checks_as_the_option_only_does(pattern, name):
    found = ids(checks_named(CASES, [pattern]))
    assert name in found
    assert len(found) < len(CASES)


def test_a_pattern_that_matches_no_check_is_refused():
    with pytest.raises(UsageError, match="nonsense: no check has this name"):
        checks_named(CASES, ["run", "nonsense"])


def test_requirements_are_found_with_the_checks_that_cover_them():
    assert requirements_named([]) == list(requirements().values())
    [found] = requirements_named(["SC-01a"])
    assert "schedule-none-alone" in ids(covering(found.id, CASES))


def test_a_check_is_explained_with_steps_documents_and_requirements():
    text = explain("schedule-none-alone", CASES, definitions())
    assert "Background:\n    Given the domains alice and bob, each with room for 2 pods" in text
    assert 'When the task "psi" is created' in text
    assert '| witness | the pods of "probe" have ended |' in text
    source = "source: page (Kuscia's page on KusciaTask)"
    assert f"SC-01a (MUST, {source})\n  {requirements()['SC-01a'].text}" in text
    assert "gang/finished.status.yaml" in text
    assert "  phase: Succeeded" in text
    assert "--only 'schedule-none-alone'" in text


def test_a_row_is_explained_with_its_values_and_an_outline_with_all_rows():
    row = explain("create-required#parties", CASES, definitions())
    assert "Then it is refused, naming spec.parties" in row
    assert "<field>" not in row
    outline = explain("create-required", CASES, definitions())
    assert row in outline
    assert "naming spec.initiator" in outline


def test_a_requirement_is_explained_with_its_checks():
    text = explain("SC-01a", CASES, definitions())
    assert requirements()["SC-01a"].text in text
    assert "  schedule-none-alone: " in text


def test_a_requirement_with_clauses_is_explained_with_all_of_them():
    text = explain("VW-10", CASES, definitions())
    assert text.startswith("VW-10 promises 2 things:\n  VW-10a (MUST)  ")
    assert f"\n  VW-10b (MUST)  {requirements()['VW-10b'].text}\n" in text
    assert "Run the checks of all of them: kuscia-conformance run --only VW-10\n" in text
    assert "\n\nVW-10a (MUST, source: " in text
    assert "promises" not in explain("VW-10a", CASES, definitions())


@pytest.mark.parametrize("sentence", ["the pods of bob finish", "When the pods of bob finish"])
def test_a_sentence_is_explained_by_its_step(sentence):
    text = explain(sentence, CASES, definitions())
    assert text.startswith("When <pods> finish[es]")
    assert "example: When the pods of bob finish with exit code 3" in text


ROWS = [("a", "MUST", "one"), ("longer", "SHOULD", "other " * 40)]


def test_a_table_for_programs_is_never_shortened(capsys):
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


def test_the_list_and_explain_commands_print_their_results(tmp_path):
    assert call(tmp_path, "list", "SC-01a").stdout.count("\n") >= 2
    assert call(tmp_path, "list", "--requirements", "SC-0?").stdout.startswith("SC-01a  MUST")
    assert call(tmp_path, "explain", "SC-01a").stdout.startswith(
        "SC-01a (MUST, source: page (Kuscia's page on KusciaTask))"
    )
