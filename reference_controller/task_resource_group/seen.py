"""Everything that a decision about a TaskResourceGroup may depend on, the time included."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from harness.objects import Obj, key_of, time_from
from reference_controller.task_resource.seen import Phase as ResourcePhase
from reference_controller.task_resource.seen import phase_of


class Phase(StrEnum):
    """Where a group stands (scheduling.md TRG-003)."""

    NEW = ""
    PENDING = "Pending"
    CREATING = "Creating"
    RESERVING = "Reserving"
    RESERVED = "Reserved"
    RESERVE_FAILED = "ReserveFailed"
    FAILED = "Failed"


def resource_key(party: Obj) -> str:
    """The namespace/name of the party's TaskResource, whether it exists or not."""
    return f"{party['domainID']}/{party['taskResourceName']}"


@dataclass(frozen=True)
class Seen:
    """A group, its TaskResources, and the pods of its parties by namespace/name."""

    now: datetime
    group: Obj
    resources: tuple[Obj, ...] = ()
    pods: Mapping[str, Obj] = field(default_factory=dict)

    @property
    def phase(self) -> str:
        return phase_of(self.group)

    @property
    def spec(self) -> Obj:
        spec: Obj = self.group["spec"]
        return spec

    @property
    def parties(self) -> list[Obj]:
        """The local ones first; those of other clusters have no pods here."""
        return [
            *(self.spec.get("parties") or ()),
            *(self.spec.get("outOfControlledParties") or ()),
        ]

    @property
    def need(self) -> int:
        return int(self.spec["minReservedMembers"])

    @cached_property
    def by_key(self) -> dict[str, Obj]:
        """The TaskResources by namespace/name."""
        return {key_of(resource): resource for resource in self.resources}

    def in_phase(self, *phases: ResourcePhase) -> list[Obj]:
        return [resource for resource in self.resources if phase_of(resource) in phases]

    @property
    def left(self) -> int:
        """How many parties can still reserve in this round, or have."""
        return len(self.parties) - len(self.in_phase(ResourcePhase.FAILED))

    @property
    def expires_at(self) -> datetime:
        """When the lifecycle is over, from the group's creation (TRG-050)."""
        created = time_from(self.group["metadata"]["creationTimestamp"])
        return created + timedelta(seconds=self.spec.get("lifecycleSeconds") or 0)

    @property
    def retry_at(self) -> datetime:
        """When the next round begins (TRG-053)."""
        since = time_from(self.group["status"]["lastTransitionTime"])
        return since + timedelta(seconds=self.spec.get("retryIntervalSeconds") or 0)
