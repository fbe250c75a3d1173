"""Tests the rules that hold for all versions of a status."""

import pytest

from kuscia_conformance.errors import FeatureError
from kuscia_conformance.scenario.observed.rules import (
    RULES,
    breaches,
)

T1, T2 = "2024-01-02T03:04:05Z", "2024-01-02T03:04:06Z"


FAILED, DONE = {"phase": "Failed"}, {"completionTime": T1}


@pytest.mark.parametrize(
    ("rule", "kept", "broken"),
    [
        ("phase goes forward", [{}, {"phase": "Pending"}, {"phase": "Failed"}],
         [{"phase": "Running"}, {"phase": "Pending"}]),
        ("phase goes forward", [FAILED, FAILED], [FAILED, {"phase": "Succeeded"}]),
        ("phase goes forward", [{}, {"phase": "Running"}], [{}, {"phase": "Reserving"}]),
        ("startTime stays", [{}, {"startTime": T1}, {"startTime": T1}], [{"startTime": T1}, {}]),
        ("completionTime stays", [{}, DONE], [DONE, {"completionTime": T2}]),
        ("completionTime comes with the final phase",
         [{}, {**FAILED, **DONE}], [{}, {"phase": "Running", **DONE}]),
        ("lastReconcileTime never decreases", [{}, {"lastReconcileTime": T1}],
         [{"lastReconcileTime": T2}, {"lastReconcileTime": T1}]),
        ("entries of pods stay", [{}, {"podStatuses": {"a/b": {}}}],
         [{"podStatuses": {"a/b": {}}}, {"podStatuses": {}}]),
        ("entries of services stay", [{"podStatuses": {"a/b": {}}}, {}],
         [{"serviceStatuses": {"a/b": {}}}, {"serviceStatuses": {}}]),
    ],
)  # fmt: skip
def test_each_rule_accepts_kept_histories_and_reports_broken_ones(rule, kept, broken):
    assert breaches(rule, kept) == []
    assert len(breaches(rule, broken)) == 1
    assert rule in RULES


def test_an_unknown_rule_is_refused_with_a_list_of_rules():
    with pytest.raises(FeatureError) as error:
        breaches("startTime is nice", [{}, {}])
    assert "startTime stays" in error.value.hint
