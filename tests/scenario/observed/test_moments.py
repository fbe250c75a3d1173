"""What may be asked for as a moment, and what is none."""

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
def test_these_are_moments(text):
    assert re.fullmatch(MOMENT, text)


@pytest.mark.parametrize("text", ['the task "psi" became nice', "the pods were bound", "soon"])
def test_these_are_none(text):
    assert not re.fullmatch(MOMENT, text)


def test_what_comes_before_something_that_came_needs_no_other_witness():
    assert NEGATIVE.match('no pod of "psi" was bound')
    assert not NEGATIVE.match('no pod of "psi" was bound before the pods of "probe" were bound')
