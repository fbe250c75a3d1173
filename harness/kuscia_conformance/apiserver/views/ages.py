"""Formats times as tables show them: how long ago, as 45s, 3m27s, 5h, 2d3h, 90d, 2y5d."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

UNKNOWN, INVALID = "<unknown>", "<invalid>"
SECOND, MINUTE, HOUR, DAY, YEAR = 1, 60, 3600, 86400, 365 * 86400
LETTERS = {SECOND: "s", MINUTE: "m", HOUR: "h", DAY: "d", YEAR: "y"}
#: Below each number of seconds: the units that are shown, the second only if it is not zero.
SHOWN = (
    (2 * MINUTE, (SECOND,)),
    (10 * MINUTE, (MINUTE, SECOND)),
    (3 * HOUR, (MINUTE,)),
    (8 * HOUR, (HOUR, MINUTE)),
    (2 * DAY, (HOUR,)),
    (8 * DAY, (DAY, HOUR)),
    (2 * YEAR, (DAY,)),
    (8 * YEAR, (YEAR, DAY)),
)


def age(timestamp: Any, now: datetime) -> str:
    """Returns the age of a timestamp in RFC 3339, such as `3m27s`.

    A missing timestamp and Go's zero time give `<unknown>`. A timestamp that cannot be read or is
    in the future gives `<invalid>`.
    """
    if not timestamp:
        return UNKNOWN
    moment = parsed(timestamp)
    if moment is None:
        return INVALID
    if moment.year == 1:  # Go's zero time
        return UNKNOWN
    return duration((now - moment).total_seconds())


def parsed(timestamp: Any) -> datetime | None:
    """Returns a time that is given in RFC 3339, or None if it cannot be read."""
    try:
        moment = datetime.fromisoformat(timestamp)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def duration(seconds: float) -> str:
    """Returns a number of seconds as text, in one or two units."""
    whole = int(seconds)
    if whole < -1:  # clocks may differ a little
        return INVALID
    whole = max(whole, 0)
    units = next((units for limit, units in SHOWN if whole < limit), (YEAR,))
    shown = ""
    for unit in units:
        count, whole = divmod(whole, unit)
        if count or not shown:
            shown += f"{count}{LETTERS[unit]}"
    return shown
