"""Everything that a decision about a TaskResourceGroup may depend on, including the time."""

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

#: Rounds that are due in the same second begin at different times within this span (SC-18).
APART = timedelta(seconds=0.5)


class Phase(StrEnum):
    """The phases of a TaskResourceGroup (scheduling.md TRG-003)."""

    NEW = ""
    PENDING = "Pending"
    CREATING = "Creating"
    RESERVING = "Reserving"
    RESERVED = "Reserved"
    RESERVE_FAILED = "ReserveFailed"
    FAILED = "Failed"


def group_phase(group: Obj) -> str:
    """Returns the phase of the group, restored from its conditions if need be (RN-10).

    A group that has failed or reserved stays Failed or Reserved, even if another client has
    written another phase. An unknown phase counts as NEW.
    """
    stored = phase_of(group)
    if stored == Phase.FAILED or is_true(group, "TaskResourceGroupFailed"):
        return Phase.FAILED
    if stored == Phase.RESERVED or is_true(group, "TaskResourcesReserved"):
        return Phase.RESERVED
    return stored if stored in set(Phase) else Phase.NEW


def is_true(group: Obj, kind: str) -> bool:
    """Returns whether the condition of that type is True."""
    return (condition_of(group, kind) or {}).get("status") == "True"


def resource_key(party: Obj) -> str:
    """Returns the `namespace/name` of the party's TaskResource, which need not exist."""
    return f"{party['domainID']}/{party['taskResourceName']}"


@dataclass(frozen=True)
class Seen:
    """A group, its TaskResources, and the pods of its parties by `namespace/name`."""

    now: datetime
    group: Obj
    resources: tuple[Obj, ...] = ()
    pods: Mapping[str, Obj] = field(default_factory=dict)

    @property
    def phase(self) -> str:
        """The phase of the group (`group_phase`)."""
        return group_phase(self.group)

    @property
    def has_its_phase(self) -> bool:
        """Whether the stored phase is the phase of the group (`group_phase`)."""
        return phase_of(self.group) == self.phase

    @property
    def spec(self) -> Obj:
        spec: Obj = self.group["spec"]
        return spec

    @property
    def parties(self) -> list[Obj]:
        """The local parties, then those of other clusters, which have no pods here."""
        return [
            *(self.spec.get("parties") or ()),
            *(self.spec.get("outOfControlledParties") or ()),
        ]

    @property
    def need(self) -> int:
        """How many parties have to hold their room at the same time (TRG-026)."""
        return int(self.spec["minReservedMembers"])

    @cached_property
    def by_key(self) -> dict[str, Obj]:
        """The TaskResources by `namespace/name`."""
        return {key_of(resource): resource for resource in self.resources}

    def in_phase(self, *phases: ResourcePhase) -> list[Obj]:
        """Returns the TaskResources that are in one of these phases."""
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
        """When the next round begins: up to `APART` after it is due (TRG-053).

        Two groups that have blocked each other would do so in every round if they always began it
        at the same time (SC-18). So the delay differs from group to group and from round to round.
        It is computed from uid and retryCount, and so is the same after a restart.
        """
        begun = f"{uid_of(self.group)}/{self.group['status'].get('retryCount') or 0}".encode()
        share = hashlib.sha256(begun).digest()[0] / 256
        due = moved_at(self.group) + share * APART
        return later(due, self.spec.get("retryIntervalSeconds") or 0)
