"""Times as they stand in a status, where somebody else may have written anything, or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from kuscia_conformance.kube.objects import Obj, time_from

_FIRST = datetime.fromtimestamp(0, UTC)
_LAST = datetime.max.replace(tzinfo=UTC)


def moment(text: object) -> datetime | None:
    """The moment that the text names; None if it names none that can be counted with."""
    try:
        known = time_from(str(text))
    except (ValueError, OverflowError):
        return None
    return known if known >= _FIRST else None


def earliest(texts: Iterable[object]) -> datetime | None:
    return min((known for text in texts if (known := moment(text))), default=None)


def later(since: datetime, seconds: int) -> datetime:
    """So many seconds later, or at the end of all time, if that is later still."""
    try:
        return since + timedelta(seconds=seconds)
    except OverflowError:
        return _LAST


def moved_at(obj: Obj) -> datetime:
    """When the object came into its phase: its status' lastTransitionTime, else its creation."""
    known = moment((obj.get("status") or {}).get("lastTransitionTime"))
    return known or time_from(obj["metadata"]["creationTimestamp"])
