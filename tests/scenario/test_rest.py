"""Tests of the standing rule `quiet at rest`: which writes are in vain."""

from datetime import timedelta

import pytest

from kuscia_conformance.scenario.rules import JUDGES
from kuscia_conformance.scenario.rules.story import Story
from tests.scenario.made import T, task

ENDED = {"phase": "Failed", "lastReconcileTime": "2024-01-01T00:00:10Z"}
LATER = "2024-01-01T00:00:20Z"


@pytest.mark.parametrize(
    ("changes", "in_vain"),
    [
        ({"lastReconcileTime": LATER}, True),
        ({}, True),
        ({"completionTime": LATER}, False),
        ({"completionTime": LATER, "lastReconcileTime": LATER}, False),
        ({"message": "why", "lastReconcileTime": LATER}, True),
    ],
)
def test_a_write_at_rest_is_in_vain_unless_it_adds_completionTime(changes, in_vain):
    versions = [task(0, event="ADDED"), task(10, **ENDED), task(20, **{**ENDED, **changes})]
    story = Story(versions, [], T, T + timedelta(seconds=30), virtual=True)
    looks = list(JUDGES["quiet at rest"](story))
    assert any(look.wrong for look in looks) == in_vain


def test_what_follows_the_end_of_a_lifecycle_is_not_in_vain():
    versions = [task(0, event="ADDED"), task(10, **ENDED), task(12, **ENDED, serviceStatuses={})]
    story = Story(versions, [], T, T + timedelta(seconds=30), virtual=True)
    assert [look.wrong for look in JUDGES["quiet at rest"](story)] == [""]
