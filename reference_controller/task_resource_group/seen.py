"""Everything that a decision about a TaskResourceGroup may depend on, the time included."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from kuscia_conformance.kube.objects import Obj, condition_of, key_of, time_from, uid_of
from reference_controller.task_resource.seen import Phase as ResourcePhase
from reference_controller.task_resource.seen import phase_of
from reference_controller.times import later, moved_at

#: Over how long the rounds are spread that are due in the same second.
APART = timedelta(seconds=0.5)


class Phase(StrEnum):
    """Where a group stands (scheduling.md TRG-003)."""

    NEW = ""
    PENDING = "Pending"
    CREATING = "Creating"
    RESERVING = "Reserving"
    RESERVED = "Reserved"
    RESERVE_FAILED = "ReserveFailed"
    FAILED = "Failed"


def group_phase(group: Obj) -> str:
    """Where the group stands; what its conditions know outlives its phase (RN-10)."""
    stored = phase_of(group)
    if stored == Phase.FAILED or is_true(group, "TaskResourceGroupFailed"):
        return Phase.FAILED
    if stored == Phase.RESERVED or is_true(group, "TaskResourcesReserved"):
        return Phase.RESERVED
    return stored if stored in set(Phase) else Phase.NEW


def is_true(group: Obj, kind: str) -> bool:
    return (condition_of(group, kind) or {}).get("status") == "True"


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
        return group_phase(self.group)

    @property
    def has_its_phase(self) -> bool:
        return phase_of(self.group) == self.phase

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
        return later(created, self.spec.get("lifecycleSeconds") or 0)

    @property
    def retry_at(self) -> datetime:
        """When the next round begins, within the second in which it is due (TRG-053).

        Groups that have stood in each other's way once would do so again in every round, if all
        began it at the same moment (SC-18): each has another part of the second in each round.
        """
        begun = f"{uid_of(self.group)}/{self.group['status'].get('retryCount') or 0}".encode()
        share = hashlib.sha256(begun).digest()[0] / 256
        due = moved_at(self.group) + share * APART
        return later(due, self.spec.get("retryIntervalSeconds") or 0)
