"""Times that are read from a status. Another client may have written any text there, or none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from kuscia_conformance.kube.objects import Obj, time_from

_FIRST = datetime.fromtimestamp(0, UTC)
_LAST = datetime.max.replace(tzinfo=UTC)


def moment(text: object) -> datetime | None:
    """Returns the time that the text names; None if it is not a time, or before 1970."""
    try:
        known = time_from(str(text))
    except (ValueError, OverflowError):
        return None
    return known if known >= _FIRST else None


def earliest(texts: Iterable[object]) -> datetime | None:
    """Returns the earliest of the times; None if `moment` accepts none of the texts."""
    return min((known for text in texts if (known := moment(text))), default=None)


def later(since: datetime, seconds: int) -> datetime:
    """Returns the time that many seconds later, but never later than Python can represent."""
    try:
        return since + timedelta(seconds=seconds)
    except OverflowError:
        return _LAST


def moved_at(obj: Obj) -> datetime:
    """Returns when the object entered its phase: its lastTransitionTime, else its creation."""
    known = moment((obj.get("status") or {}).get("lastTransitionTime"))
    return known or time_from(obj["metadata"]["creationTimestamp"])
