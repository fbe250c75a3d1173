"""Feature files in every form that editors write, and what is said of the others."""

import pytest

from kuscia_conformance.documents.text import LIMIT
from tests.inputs.given import FEATURE, mistakes, written

TABLE = """
  @id:mine-colon
  Scenario: A colon
    Given the task "psi" has:
      | spec.parties[0].role | Host |
    When the task "psi" is created:
    Then the phases of "psi" were Pending, Running
"""


@pytest.mark.parametrize(
    "content",
    [
        "\N{ZERO WIDTH NO-BREAK SPACE}" + FEATURE,
        "\N{ZERO WIDTH NO-BREAK SPACE}# a comment\n" + FEATURE,
        FEATURE.replace("\n", "\r\n"),
        FEATURE.replace("\n", "\r"),
        FEATURE.replace("\n", " \t\n"),
        FEATURE.replace("  ", "\t"),
        FEATURE.removesuffix("\n"),
        FEATURE + TABLE,
        FEATURE + TABLE.replace(":\n", "\n").replace("A colon", "None"),
        FEATURE.replace("It runs", "It runs: 中文 🎉").replace("mine-runs", "tâche-中文"),
        FEATURE.replace("| other |", "| ภาษาไทย |"),
        FEATURE.replace("Feature: Mine", "Feature: Mine\n  Note: a description.\n"),
    ],
    ids=range(12),
)
def test_a_feature_is_read_as_editors_write_it(tmp_path, content):
    assert mistakes(written(tmp_path, content)) == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (FEATURE.encode("utf-16"), "mine.feature: the file is UTF-16"),
        (FEATURE.replace("Mine", "Mü").encode("latin-1"), ":1: the file is not UTF-8: byte 0xfc"),
        (FEATURE.replace("Mine", "M\0"), ":1: the file is not text: it has a NUL character"),
        ("", ":1: the file has no Feature"),
        ("# a comment\n", ":1: the file has no Feature"),
        ("#" * (LIMIT + 1), "the file has more than 3,145,728 bytes"),
        ("Feature: Mine\n", ":1: there is no scenario in it"),
        ("hello\n", ":1: this is not Gherkin: line 'hello' cannot stand here\n  expected Feature:"),
        ("# language: xx\n" + FEATURE, ":1: this is not Gherkin: Language not supported: xx"),
        (
            FEATURE.replace("    Examples", '    """\n    Examples'),
            "the end of the file cannot stand here\n  expected three quotes",
        ),
        (FEATURE + "      | x |\n", ":22: this is not Gherkin: inconsistent cell count"),
        (
            FEATURE.replace("When the", "Whn the"),
            ":9: line 'Whn the task",
        ),
        (
            FEATURE.replace("Then the phases", "then the phases"),
            ":16: this is not Gherkin: line",
        ),
        (FEATURE.replace("And the task", "Adn the task"), ":5: this is not Gherkin: line 'Adn the"),
        (
            FEATURE.replace("Background:", "Backgroud:"),
            ":3: line 'Backgroud:' is taken for",
        ),
        (
            "Feature: x\n  Scenaro: y\n",
            ":2: line 'Scenaro: y' is taken for",
        ),
        (
            "Feature: x\n  Feature: y\n",
            ":2: line 'Feature: y' is taken for",
        ),
        (
            FEATURE.replace("Scenario: It", "Scenari: It"),
            ":8: this is not Gherkin: line 'Scenari:",
        ),
        (FEATURE.replace("Given", "And"), ":4: this is not Gherkin: First step"),
        (FEATURE.replace("mine-runs", "../../mine"), ":8: the id '../../mine' has '/'"),
        (FEATURE.replace("mine-runs", ".."), ":8: the id '..' is empty or begins with a dot"),
        (FEATURE.replace("mine-runs", "m" * 101), "… has more than 100 bytes"),
        (FEATURE.replace("| first |", "|       |"), ":18: the row: the id '' is empty"),
        (FEATURE.replace("| first |", "| a::b  |"), ":18: the row: the id 'a::b' has ':'"),
    ],
)
def test_a_feature_that_cannot_be_read_is_refused_with_file_and_line(tmp_path, content, says):
    [first, *_] = mistakes(written(tmp_path, content))
    assert first.startswith("mine.feature")
    assert says in first


@pytest.mark.parametrize(
    ("old", "new", "meant"),
    [
        ("Whn the task", "When the task", "When"),
        ("Scenari: It", "Scenario: It", "Scenario:"),
        ("Scenaro Outline:", "Scenario Outline:", "Scenario Outline:"),
        ("Exampels:", "Examples:", "Examples:"),
        ("then the phases", "Then the phases", "Then"),
        ("Featur:", "Feature:", "Feature:"),
    ],
)
def test_a_mistyped_keyword_is_suggested(tmp_path, old, new, meant):
    [first, *_] = mistakes(written(tmp_path, FEATURE.replace(new, old)))
    assert f"did you mean {meant}?" in first


def test_every_mistyped_keyword_is_named_and_nothing_that_follows_from_it(tmp_path):
    found = mistakes(written(tmp_path, FEATURE.replace("Scenario", "Scenaro")))
    assert [each.partition(": ")[0] for each in found] == ["mine.feature:8", "mine.feature:13"]


@pytest.mark.parametrize("name", ["../secret.yaml", "/{folder}/secret.yaml", "a.yaml", "../secret"])
def test_a_file_outside_of_the_features_folder_is_refused(tmp_path, name):
    own = tmp_path / "own"
    own.mkdir()
    (tmp_path / "secret.yaml").write_text("phase: Running\n")
    (tmp_path / "secret").write_text("phase: Running\n")
    (own / "a.yaml").symlink_to(tmp_path / "secret.yaml")
    named = name.format(folder=str(tmp_path)[1:])
    found = mistakes(written(own, FEATURE.replace("mine.status.yaml", named)))
    assert found[0].startswith(f"mine.feature:10: the file {named!r} is outside of the feature's")


@pytest.mark.parametrize("sentence", ['of "psi" matches', 'of the group "psi" matches'])
def test_a_missing_file_is_found_whatever_the_end_of_its_name(tmp_path, sentence):
    old = 'Then the status of "psi" matches'
    new = old.replace('of "psi" matches', sentence).replace("the status of the", "the")
    changed = FEATURE.replace(f'{old} "mine.status.yaml"', f'{new} "mine.txt"')
    found = mistakes(written(tmp_path, changed))
    assert found[0].startswith("mine.feature:10: there is no file 'mine.txt'")


def test_a_file_in_a_folder_below_and_a_link_within_the_folder_are_found(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "mine.status.yaml").write_text("phase: Running\n")
    (tmp_path / "linked.status.yaml").symlink_to("deep/mine.status.yaml")
    for name in ("deep/mine.status.yaml", "linked.status.yaml"):
        assert mistakes(written(tmp_path, FEATURE.replace("mine.status.yaml", name))) == []
