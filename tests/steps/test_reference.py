"""The list of steps, and the docstrings and patterns that it is made of."""

import re
import subprocess
import sys
from collections import Counter

import pytest
from pytest_bdd.parser import Step

from kuscia_conformance.features.folders import (
    suite_folder,
)
from kuscia_conformance.features.step_definitions import synopsis
from kuscia_conformance.steps import definitions, modules
from kuscia_conformance.steps.__main__ import tables

STEPS = definitions()
OURS = [each for each in STEPS.all() if each.module in STEPS.modules]


def test_the_readme_contains_the_current_steps():
    text = (suite_folder("features") / "README.md").read_text()
    found = re.search(r"<!-- steps -->\n(.*)\n<!-- /steps -->", text, re.DOTALL)
    assert found is not None
    assert found[1] == tables()


def test_the_steps_command_prints_the_tables_of_steps():
    command = [sys.executable, "-m", "kuscia_conformance.steps"]
    printed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    assert printed == tables() + "\n"


def test_the_list_does_not_send_the_reader_into_python():
    assert not re.search(r"\.py\b|RULES|\(\?P<|<\w+>\w", tables())


@pytest.mark.parametrize("definition", OURS, ids=[each.synopsis for each in OURS])
def test_every_step_has_an_example_that_its_pattern_matches(definition):
    assert definition.example.partition(" ")[0].lower() in definition.keywords
    assert definition.parser.is_matching(definition.sentence)


@pytest.mark.parametrize("definition", OURS, ids=[each.synopsis for each in OURS])
def test_every_step_with_a_table_says_what_a_row_is(definition):
    assert not definition.takes("datatable") or "table below it" in definition.explanation


def test_the_examples_and_the_notes_are_told_apart():
    text = 'When somebody writes into the status of "psi"'
    [found] = [each for each in OURS if each.example == text]
    assert found.explanation.startswith("Each row of the table below it is a field")
    assert found.placeholders == ("task",)


def test_every_module_of_steps_defines_steps():
    assert {each.module for each in OURS} == {module.__name__ for module in modules()}


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r'the task "(?P<name>[^"]+)" is deleted', 'the task "<name>" is deleted'),
        (r"domains? (?P<who>(?!each\b)[a-z]+)(?:,?(?: each)?)?", "domain[s] <who>[[,][ each]]"),
        (r"(?P<files>(?:\"[^\"]+\"|x)+) (?:is|are) over\.", "<files> (is|are) over."),
        (r"(?:one) (?!two)three", "one three"),
        (r"(?P<other_domain>\S+) serves", "<other domain> serves"),
        (r"are (?P<un>un)?cordoned (?P<most>at most )?", "are [un]cordoned [at most ]"),
        (r"the (?P<kind>group|task resource) is gone", "the (group|task resource) is gone"),
        (r"the (?P<kind>a|b|c|d) is gone", "the <kind> is gone"),
    ],
)  # fmt: skip
def test_a_pattern_is_shown_as_a_readable_synopsis(pattern, text):
    assert synopsis(pattern) == text


def test_no_two_steps_read_the_same():
    count = Counter((each.synopsis, each.takes("datatable")) for each in OURS)
    assert [each for each, times in count.items() if times > 1] == []


def step(kind, name):
    return Step(name, kind, 0, 1, kind)


def test_a_sentence_finds_its_step_only_with_a_valid_keyword():
    found = STEPS.of(step("when", 'the task "psi" is created'))
    assert found is not None
    assert found.keywords == ("given", "when")
    assert STEPS.of(step("then", 'the task "psi" is created')) is None


def test_similar_sentences_are_suggested():
    assert 'When the task "psi" is created' in STEPS.near('the task "psi" gets created')
    assert STEPS.near("zzzz") == []
