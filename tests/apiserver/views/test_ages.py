"""Tests how durations and ages are shown in tables."""

from datetime import UTC, datetime, timedelta

import pytest

from kuscia_conformance.apiserver.views.ages import age, duration

NOW = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)
MINUTE, HOUR, DAY, YEAR = 60, 3600, 86400, 365 * 86400


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-2, "<invalid>"),
        (-1.5, "0s"),
        (0, "0s"),
        (5.9, "5s"),
        (119, "119s"),
        (2 * MINUTE, "2m"),
        (3 * MINUTE + 27, "3m27s"),
        (10 * MINUTE + 59, "10m"),
        (3 * HOUR - 1, "179m"),
        (3 * HOUR, "3h"),
        (3 * HOUR + 29 * MINUTE, "3h29m"),
        (8 * HOUR + 29 * MINUTE, "8h"),
        (2 * DAY - 1, "47h"),
        (2 * DAY, "2d"),
        (4 * DAY + 2 * HOUR, "4d2h"),
        (8 * DAY + 2 * HOUR, "8d"),
        (2 * YEAR - 1, "729d"),
        (2 * YEAR, "2y"),
        (2 * YEAR + 5 * DAY, "2y5d"),
        (8 * YEAR + 5 * DAY, "8y"),
    ],
)
def test_a_duration_is_shown_by_its_one_or_two_largest_units(seconds, shown):
    assert duration(seconds) == shown


@pytest.mark.parametrize(
    ("timestamp", "shown"),
    [
        (None, "<unknown>"),
        ("", "<unknown>"),
        ("0001-01-01T00:00:00Z", "<unknown>"),
        ("yesterday", "<invalid>"),
        ("2036-11-24T12:00:00Z", "<invalid>"),
        ("2026-11-24T11:59:00Z", "60s"),
        ("2026-11-24T11:59:00.500000Z", "59s"),
        ("2026-11-24T12:00:00+01:00", "60m"),
    ],
)
def test_an_age_is_the_time_since_the_timestamp(timestamp, shown):
    assert age(timestamp, NOW) == shown


def test_a_timestamp_without_zone_is_in_utc():
    assert age("2026-11-24T11:00:00", NOW + timedelta(hours=3)) == "4h"
