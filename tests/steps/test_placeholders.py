"""The tables below the list of steps: every placeholder, and every word that may stand for it."""

import re

import pytest

from kuscia_conformance.features.rules import rules
from kuscia_conformance.features.tasks import SCHEDULE_WORDS, schedule_from
from kuscia_conformance.scenario.observed import moments, pods
from kuscia_conformance.steps import definitions, explanations, placeholder
from kuscia_conformance.steps.__main__ import tables
from kuscia_conformance.steps.placeholders import (
    MOMENTS,
    PLACEHOLDERS,
    SETTINGS,
    STATES,
)

STEPS = definitions()
OURS = [each for each in STEPS.all() if each.module in STEPS.modules]
USED = {name for each in OURS for name in each.placeholders}


def test_every_placeholder_of_a_step_is_explained_and_no_other():
    assert PLACEHOLDERS.keys() == USED


def test_the_placeholders_are_in_alphabetical_order():
    assert [*PLACEHOLDERS] == sorted(PLACEHOLDERS)


def test_a_placeholder_of_an_authors_own_step_has_no_explanation():
    assert placeholder("task") is PLACEHOLDERS["task"]
    assert placeholder("colour") is None


def group_of(name):
    return name.replace(" ", "_")


def sentences():
    """Yields each step with its example, and with other sentences that its pattern matches."""
    more = [
        "Given the plain pod \"filler\" takes all but 500m of the cpu of each node of bob",
        'Then the status of "psi" matches "running.status.yaml" within 40 s',
        'Then a pod of "psi" was bound 8 s after the task "psi" was created, or up to 10 s later',
    ]  # fmt: skip
    for definition in OURS:
        if hasattr(definition.parser, "regex"):
            yield from (
                (definition, text)
                for text in [definition.sentence, *(each.partition(" ")[2] for each in more)]
                if definition.parser.is_matching(text)
            )


def with_example(definition, text, name):
    """Returns the sentence with the placeholder's example in its place; None if it has none."""
    match = definition.parser.regex.fullmatch(text)
    begin, end = match.span(group_of(name))
    return None if begin < 0 else text[:begin] + PLACEHOLDERS[name].example + text[end:]


@pytest.mark.parametrize("name", PLACEHOLDERS)
def test_the_example_of_a_placeholder_fits_every_step_that_has_it(name):
    changed = [
        (definition, with_example(definition, text, name))
        for definition, text in sentences()
        if name in definition.placeholders
    ]
    tried = [(definition, text) for definition, text in changed if text is not None]
    assert tried
    for definition, text in tried:
        found = definition.parser.regex.fullmatch(text)
        assert found, text
        assert found[group_of(name)] == PLACEHOLDERS[name].example


def test_every_state_of_pods_is_explained():
    assert STATES.keys() == pods.STATES.keys()


@pytest.mark.parametrize("field", SCHEDULE_WORDS)
def test_every_setting_is_explained_by_words_that_set_its_field(field):
    words, _ = SETTINGS[field]
    assert schedule_from(words).keys() == {field}


@pytest.mark.parametrize("example", MOMENTS)
def test_the_example_of_a_moment_is_a_moment(example):
    assert re.fullmatch(moments.MOMENT, example)


@pytest.mark.parametrize("pattern", [moments.OF_TASK, moments.OF_OBJECT, moments.OF_PODS])
def test_the_table_of_moments_names_every_word_of_their_patterns(pattern):
    text = "\n".join(f"{example} {meaning}" for example, meaning in MOMENTS.items())
    fixed = re.sub(r"\[[^\]]*\][+*]?|\\.[+*]?|\(\?:", " ", pattern)
    words = set(re.findall(r"\w+", fixed))
    assert {word for word in words if not re.search(rf"\b{word}\b", text)} == set()


def test_the_list_names_every_state_setting_and_rule():
    text = tables()
    words = [*pods.STATES, *pods.SINGULAR, *SCHEDULE_WORDS, *rules()]
    assert [word for word in words if f"`{word}`" not in text] == []


def test_every_row_of_a_table_has_a_cell_for_each_heading():
    for table in explanations():
        assert {len(row) for row in table.rows} == {len(table.headings)}
