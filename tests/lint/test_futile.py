"""Tests what lint reports of a Then that is true of a controller which does nothing."""

import pytest

from tests.lint.given import said_of


@pytest.mark.parametrize(
    "text", ["{}", "completionTime: !absent", "conditions: [!absent {type: X}]"]
)
def test_a_document_that_matches_an_empty_status_is_reported(tmp_path, text):
    step = 'Then the status of "psi" matches "mine.status.yaml"'
    [said] = said_of(tmp_path, step, mine__status__yaml=f"{text}\n")
    assert said == (
        "mine.feature:9: this cannot fail, because 'mine.status.yaml' matches an empty document, "
        f"too: {step}\n"
        "  add a value that only a controller at work writes, such as `phase: Running`"
    )


def test_a_document_that_matches_an_empty_status_is_possible_in_a_when(tmp_path):
    step = 'When the status of "psi" matches "mine.status.yaml"'
    assert said_of(tmp_path, step, mine__status__yaml="completionTime: !absent\n") == []


def test_an_order_of_what_the_scenario_itself_creates_is_reported(tmp_path):
    step = 'Then the task "psi" was created before the task "probe" was created'
    [said] = said_of(tmp_path, 'When the task "probe" is created', step)
    assert said.startswith(
        "mine.feature:10: this cannot fail, because the scenario itself creates both tasks: Then"
    )


def test_the_existence_of_a_pod_that_the_scenario_itself_creates_is_reported(tmp_path):
    plain = 'And the plain pod "filler" takes room for 1 pod of each node of alice'
    [said] = said_of(tmp_path, plain, 'Then the pod "alice/filler" exists')
    assert said.startswith(
        "mine.feature:10: this cannot fail, because the scenario itself has created this pod: Then"
    )


def test_the_existence_of_a_pod_that_the_controller_creates_can_fail(tmp_path):
    assert said_of(tmp_path, 'Then the pod "alice/psi-0" exists') == []
