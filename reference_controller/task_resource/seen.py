"""Everything that a decision about a TaskResource may depend on, including the time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kuscia_conformance.kube.objects import Obj, annotations_of
from reference_controller import names
from reference_controller.times import later, moved_at

#: How long a party holds its reservation, in seconds, if the spec does not say (concept page).
RESOURCE_RESERVED_SECONDS = 30


class Phase(StrEnum):
    """The phases of a TaskResource (scheduling.md TR-002)."""

    PENDING = "Pending"
    RESERVING = "Reserving"
    RESERVED = "Reserved"
    SCHEDULABLE = "Schedulable"
    FAILED = "Failed"


def phase_of(resource: Obj) -> str:
    """Returns `status.phase` as stored, of a TaskResource or a group; "" if there is none."""
    return str((resource.get("status") or {}).get("phase") or "")


def reservation_of(resource: Obj) -> dict[str, str]:
    """Returns the node that is held for each pod, by the pod's name; empty if none is held.

    What somebody has made unreadable holds nothing: it must not stop everybody else.
    """
    if phase_of(resource) not in (Phase.RESERVED, Phase.SCHEDULABLE):
        return {}
    try:
        held = json.loads(annotations_of(resource).get(names.RESERVATION) or "{}")
    except json.JSONDecodeError:
        return {}
    known = held.items() if isinstance(held, dict) else ()
    return {pod: node for pod, node in known if isinstance(node, str)}


@dataclass(frozen=True)
class Seen:
    """A TaskResource and its group."""

    now: datetime
    resource: Obj
    #: None if the group is gone; the garbage collector then deletes the TaskResource, too.
    group: Obj | None = None

    @property
    def phase(self) -> str:
        """The stored phase. Any other text counts as Pending, so it can still take part (RN-10)."""
        stored = phase_of(self.resource)
        return stored if stored in set(Phase) else Phase.PENDING

    @property
    def group_phase(self) -> str:
        """The stored phase of the group; "" if the group is gone or has none yet."""
        return phase_of(self.group) if self.group else ""

    @property
    def held_until(self) -> datetime:
        """When the party has held its room for as long as it may (SC-02)."""
        seconds = self.resource["spec"].get("resourceReservedSeconds") or 0
        return later(moved_at(self.resource), seconds if seconds > 0 else RESOURCE_RESERVED_SECONDS)
