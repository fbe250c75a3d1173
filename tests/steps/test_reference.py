"""The list of steps, and what it is made of: a docstring that begins with an example."""

import re
import subprocess
import sys

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


def test_the_readme_has_the_steps_as_they_are():
    text = (suite_folder("features") / "README.md").read_text()
    found = re.search(r"<!-- steps -->\n(.*)\n<!-- /steps -->", text, re.DOTALL)
    assert found is not None
    assert found[1] == tables()


def test_the_command_prints_the_tables():
    command = [sys.executable, "-m", "kuscia_conformance.steps"]
    printed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    assert printed == tables() + "\n"


def begins_with_its_sentence(definition):
    """Whether what its docstring begins with is what it answers to, up to a mark or the end."""
    text = definition.sentence.removesuffix(".")
    ends = [match.start() for match in re.finditer(r"[:;,] |$", text)]
    return any(definition.parser.is_matching(text[:end]) for end in ends)


@pytest.mark.parametrize("definition", OURS, ids=[each.synopsis for each in OURS])
def test_every_step_has_an_example_that_it_answers_to(definition):
    assert definition.example.partition(" ")[0].lower() in definition.keywords
    assert begins_with_its_sentence(definition)


def test_every_module_has_steps():
    assert {each.module for each in OURS} == {module.__name__ for module in modules()}


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r'the task "(?P<name>[^"]+)" is deleted', 'the task "<name>" is deleted'),
        (r"domains? (?P<who>(?!each\b)[a-z]+)(?:,?(?: each)?)?", "domain[s] <who>[[,][ each]]"),
        (r"(?P<files>(?:\"[^\"]+\"|x)+) (?:is|are) over\.", "<files> (is|are) over."),
        (r"(?:one) (?!two)three", "one three"),
    ],
)  # fmt: skip
def test_a_pattern_as_people_read_it(pattern, text):
    assert synopsis(pattern) == text


def step(kind, name):
    return Step(name, kind, 0, 1, kind)


def test_a_sentence_has_its_definition():
    found = STEPS.of(step("when", 'the task "psi" is created'))
    assert found is not None
    assert found.keywords == ("given", "when")
    assert STEPS.of(step("then", 'the task "psi" is created')) is None


def test_near_sentences_are_examples():
    assert 'When the task "psi" is created.' in STEPS.near('the task "psi" gets created')
    assert STEPS.near("zzzz") == []
