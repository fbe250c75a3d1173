"""Tests which sentences the pattern of moments accepts."""

import re

import pytest

from kuscia_conformance.lint.rules import NEGATIVE
from kuscia_conformance.scenario.observed.moments import (
    MOMENT,
)

MOMENTS = (
    'the task "psi" was created',
    'the task "psi" became Failed',
    'the pods of "psi" were bound',
    'a pod of "psi" was bound',
    "the pods of alice were created",
    "the pods of bob had ended",
)


@pytest.mark.parametrize("text", MOMENTS)
def test_the_pattern_of_moments_accepts_sentences_about_tasks_and_pods(text):
    assert re.fullmatch(MOMENT, text)


@pytest.mark.parametrize("text", ['the task "psi" became nice', "the pods were bound", "soon"])
def test_the_pattern_of_moments_refuses_other_sentences(text):
    assert not re.fullmatch(MOMENT, text)


def test_a_negative_sentence_with_before_needs_no_witness():
    assert NEGATIVE.match('no pod of "psi" was bound')
    assert not NEGATIVE.match('no pod of "psi" was bound before the pods of "probe" were bound')
