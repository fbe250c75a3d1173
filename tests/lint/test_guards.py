"""Tests the rules for `features/guards.yaml`."""

import pytest

from kuscia_conformance.features.checks import Check, Requirement
from kuscia_conformance.lint import guards

CHECKS = [Check("create-once", "create/pods.feature", 1, "Once", ("CR-01a",))]
PROMISES = {
    "CR-01a": Requirement("CR-01a", "MUST", "Pods are created.", "page"),
    "CR-02a": Requirement("CR-02a", "SHOULD", "Pods are created once.", "page"),
}


@pytest.fixture
def given(tmp_path, monkeypatch):
    """A function that makes the suite use a file with this text."""

    def write(text):
        file = tmp_path / "guards.yaml"
        file.write_text(text)
        monkeypatch.setattr(guards, "guards_file", lambda: file)
        guards.guards.cache_clear()
        return file

    yield write
    guards.guards.cache_clear()


def messages(problems):
    return [problem.message for problem in problems]


def test_a_must_and_a_should_need_a_guard_and_a_may_and_a_planned_one_do_not(given):
    given("CR-01a:\n  create-once:\n  - makes-no-pods\n")
    free = [
        Requirement("CR-03a", "MAY", "A wish.", "suite"),
        Requirement("CR-04a", "MUST", "Later.", "page", planned=True),
    ]
    promises = {**PROMISES, **{each.id: each for each in free}}
    [message] = messages(guards.unguarded(promises))
    assert message.endswith(
        "CR-02a (SHOULD) has no guard: no known wrong controller fails a check of it"
    )
    assert "features/requirements.yaml:" in message


def test_a_check_that_no_controller_fails_is_no_guard(given):
    given("CR-01a:\n  create-once: []\nCR-02a: {}\n")
    assert len(messages(guards.unguarded(PROMISES))) == 2


@pytest.mark.parametrize(
    ("text", "line", "wrong"),
    [
        ("CR-99:\n  create-once: [a]", 2, "there is no requirement CR-99"),
        ("# A\nCR-01a:\n  create-twice: [a]", 3, "the suite has no check create-twice"),
        ("CR-02a:\n  create-once: [a]", 2, "the check create-once does not cover CR-02a"),
    ],
)
def test_a_row_with_an_unknown_name_is_an_error_with_its_line(text, line, wrong, given):
    file = given(text)
    assert messages(guards.unknown_names(CHECKS, PROMISES)) == [f"{file}:{line}: {wrong}"]
