"""Tests what lint reports of lines that look like steps, but are read as a description."""

import pytest

from tests.lint.given import said_of

ENDS = "    Then no node ever had more than its room\n"
PLACE = "a step stands below Background: or Scenario:, behind a keyword and a space"


def begins(*lines, above=""):
    """Returns the begin of a feature whose last lines are these."""
    return "\n".join(
        ["@core", f"Feature: Mine{above}", "@id:mine", "Scenario: It runs", *lines, ""]
    )


@pytest.mark.parametrize(
    ("text", "line", "step", "hint"),
    [
        (begins(above="\nGiven the domain bob"), 3, "Given the domain bob", PLACE),
        (begins("given the domain bob"), 5, "given the domain bob", PLACE),
        (begins("Given: the domain bob"), 5, "Given: the domain bob", PLACE),
        (
            begins("Given\tthe domain bob"),
            5,
            "Given\tthe domain bob",
            "write a space behind Given, and no tab",
        ),
    ],
)
def test_a_line_that_looks_like_a_step_is_reported(tmp_path, text, line, step, hint):
    said = f"mine.feature:{line}: this line is not read as a step: {step}\n  {hint}"
    assert said_of(tmp_path, begins=text, ends=ENDS) == [said]


def test_a_step_with_a_tab_before_others_is_reported_alone(tmp_path):
    text = begins("Given\tthe domain alice", "And the domain bob")
    [said] = said_of(tmp_path, begins=text, ends=ENDS)
    assert said.startswith("mine.feature:5: this line is not read as a step")


def test_a_description_may_begin_with_the_words_of_steps(tmp_path):
    text = begins(above="\nWhen a pod fails, its task fails.")
    assert said_of(tmp_path, begins=text, ends=ENDS) == []
