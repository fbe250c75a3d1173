"""Tests who owns a subject, and what the outcome of a check says of each requirement."""

import pytest

from kuscia_conformance.features.ownership import (
    EVERYTHING,
    FAIL,
    PASS,
    UNDECIDED,
    decide,
    fits,
    is_context,
    owners,
)

PORTS = "status.serviceStatuses[alice/psi-0-fed].portNumber"
CLAIMS = {
    "VW-11": ["status.serviceStatuses", "status.serviceStatuses?"],
    "VW-12": ["status.serviceStatuses[*].portNumber"],
    "SC-13": ["room"],
}


@pytest.mark.parametrize(
    ("pattern", "subject", "expected"),
    [
        ("status.serviceStatuses[*].portNumber", PORTS, True),
        ("status.serviceStatuses", PORTS, True),
        ("status.podStatuses", PORTS, False),
        ("status.serviceStatuses?", PORTS, False),
        ("status.serviceStatuses?", f"{PORTS}?", True),
        ("status.serviceStatuses", f"{PORTS}?", True),
        ("status.serviceStatuses[*].portNumber.x", PORTS, False),
        ("status.podStatuses[*]?", "status.podStatuses[*]?", True),
        ("status.podStatuses[alice/psi-0]?", "status.podStatuses[*]?", False),
        ("moments", "moments.bound", True),
        ("rules[startTime stays]", "rules[startTime stays]", True),
        ("pods.bound", "pods.ready", False),
    ],
)
def test_a_pattern_fits_its_subject_and_what_is_below_it(pattern, subject, expected):
    assert fits(pattern, subject) is expected


def test_the_longest_pattern_owns():
    assert owners(PORTS, CLAIMS) == ("VW-12",)
    assert owners("status.serviceStatuses[alice/psi-0-fed].scope", CLAIMS) == ("VW-11",)


def test_a_pattern_for_presence_is_longer_than_the_same_without():
    claims = {"A": ["status.phase"], "B": ["status.phase?"]}
    assert owners("status.phase?", claims) == ("B",)
    assert owners("status.phase", claims) == ("A",)


def test_two_equal_patterns_both_own():
    assert owners("room", {"A": ["room"], "B": ["room"]}) == ("A", "B")


def test_what_is_not_claimed_has_no_owner():
    assert owners("services", CLAIMS) == ()


def test_everything_is_owned_by_all_claims():
    assert owners(EVERYTHING, CLAIMS) == ("VW-11", "VW-12", "SC-13")


def test_the_phase_is_context_only_beside_an_owned_value():
    assert is_context("status.phase", ["status.phase", PORTS], CLAIMS)
    assert not is_context("status.phase", ["status.phase"], CLAIMS)
    assert not is_context("status.phase", ["status.phase", "room"], {"A": ["status", "room"]})
    assert not is_context(PORTS, ["status.phase", PORTS], CLAIMS)


DOCUMENT = ("status.phase", PORTS, "status.serviceStatuses[alice/psi-0-fed].scope")
COMPARED = [(), DOCUMENT, ("room",)]


def test_a_check_that_passed_passes_all_that_it_claims():
    assert decide(CLAIMS, COMPARED) == {"VW-11": PASS, "VW-12": PASS, "SC-13": PASS}


def test_a_mismatch_blames_its_owner_and_no_other():
    found = decide(CLAIMS, COMPARED, 1, [PORTS])
    assert found == {"VW-11": PASS, "VW-12": FAIL, "SC-13": UNDECIDED}


def test_the_last_comparison_leaves_the_others_passed():
    assert decide(CLAIMS, COMPARED, 2, ["room"]) == {"VW-11": PASS, "VW-12": PASS, "SC-13": FAIL}


def test_a_mismatch_of_the_context_leaves_all_undecided():
    assert set(decide(CLAIMS, COMPARED, 1, ["status.phase"]).values()) == {UNDECIDED}
    assert set(decide(CLAIMS, COMPARED, 0, [PORTS]).values()) == {UNDECIDED}


def test_where_the_phase_never_came_the_rest_was_not_read():
    assert set(decide(CLAIMS, COMPARED, 1, ["status.phase", PORTS]).values()) == {UNDECIDED}
    claims = {**CLAIMS, "RN-01": ["status.phase"]}
    found = decide(claims, COMPARED, 1, ["status.phase", PORTS])
    expected = {"VW-11": UNDECIDED, "VW-12": UNDECIDED, "SC-13": UNDECIDED, "RN-01": FAIL}
    assert found == expected


def test_an_error_leaves_all_undecided():
    assert set(decide(CLAIMS, COMPARED, 2).values()) == {UNDECIDED}
