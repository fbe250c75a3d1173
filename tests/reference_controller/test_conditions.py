"""Tests adding conditions to a status, and their transition times."""

from datetime import UTC, datetime, timedelta

from reference_controller.conditions import with_condition

T = datetime(2024, 1, 1, tzinfo=UTC)
LATER = T + timedelta(seconds=5)


def test_a_new_condition_is_appended():
    first = with_condition([], "A", True, T)
    both = with_condition(first, "B", False, LATER, reason="Why", message="Because")
    assert both == [
        {"type": "A", "status": "True", "lastTransitionTime": "2024-01-01T00:00:00Z"},
        {
            "type": "B",
            "status": "False",
            "reason": "Why",
            "message": "Because",
            "lastTransitionTime": "2024-01-01T00:00:05Z",
        },
    ]


def test_the_transition_time_changes_with_the_status_only():
    known = with_condition([], "A", False, T, reason="Why")
    [same] = with_condition(known, "A", False, LATER, reason="Other")
    assert same["lastTransitionTime"] == "2024-01-01T00:00:00Z"
    [moved] = with_condition(known, "A", True, LATER)
    assert moved == {"type": "A", "status": "True", "lastTransitionTime": "2024-01-01T00:00:05Z"}


def test_with_reason_moves_the_transition_time_changes_with_the_reason_too():
    known = with_condition([], "A", False, T, reason="count 1")
    [moved] = with_condition(known, "A", False, LATER, reason="count 0", reason_moves=True)
    assert moved["lastTransitionTime"] == "2024-01-01T00:00:05Z"
