"""Tests how a scenario suspends a standing rule."""

import pytest

from kuscia_conformance.features.reader import cases_in
from kuscia_conformance.features.rules import suspended, suspension_problems

QUIET = "rule-quiet-at-rest"
BECAUSE = f"Some words.\n  {QUIET}: a group is labelled\n"


def test_the_reason_of_a_suspended_rule_is_in_the_description():
    assert suspended([f"without:{QUIET}", "id:x"], BECAUSE) == ((QUIET, "a group is labelled"),)
    assert suspended(["id:x"], BECAUSE) == ()


@pytest.mark.parametrize(
    ("tags", "description", "words"),
    [
        ([f"without:{QUIET}"], BECAUSE, []),
        ([f"without:{QUIET}"], "Some words.", [f"x.feature:3: @without:{QUIET} has no reason"]),
        ([f"without:{QUIET}"], f"{QUIET}:", [f"x.feature:3: @without:{QUIET} has no reason"]),
        (
            ["without:rule-quiet"],
            "rule-quiet: a group is labelled",
            ["x.feature:3: @without:rule-quiet names no standing rule"],
        ),
    ],
)
def test_a_suspension_names_a_rule_and_its_reason(tags, description, words):
    assert [p.message for p in suspension_problems(tags, description, "x.feature:3")] == words


def test_a_feature_suspends_a_rule_for_all_its_scenarios(tmp_path):
    path = tmp_path / "x.feature"
    text = "  @id:{0}\n  Scenario: S {0}\n    Then the phases of 'psi' were Pending\n"
    head = f"@without:{QUIET}\nFeature: F\n  {QUIET}: it is so\n"
    path.write_text(head + text.format("a") + text.format("b"))
    assert [case.check.without for case in cases_in(path)] == [((QUIET, "it is so"),)] * 2
