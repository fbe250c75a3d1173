"""What the co-scheduler sees of one domain: who waits, what is held, and what is free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kuscia_conformance.kube.objects import Obj, annotations_of, name_of
from reference_controller import names
from reference_controller.co_scheduler.fit import Node
from reference_controller.task_resource.seen import Phase, phase_of, reservation_of


@dataclass(frozen=True)
class Gang:
    """A party's pods that are to be placed together, and their TaskResource."""

    resource: Obj
    #: Those that are not bound, sorted by name.
    waiting: tuple[Obj, ...] = ()
    #: How many are bound, whatever has become of them.
    bound: int = 0

    @property
    def phase(self) -> str:
        return phase_of(self.resource)

    @property
    def reservation(self) -> Mapping[str, str]:
        return reservation_of(self.resource)

    @property
    def need(self) -> int:
        """How many more must be placed at once for any to be."""
        return int(self.resource["spec"]["minReservedPods"]) - self.bound

    @property
    def is_complete(self) -> bool:
        """Whether enough of its pods exist."""
        return len(self.waiting) >= max(self.need, 1)

    @property
    def held(self) -> list[tuple[Obj, str]]:
        """The pods that wait on a node that is held for them."""
        nodes = self.reservation
        return [(pod, nodes[name_of(pod)]) for pod in self.waiting if name_of(pod) in nodes]

    @property
    def unheld(self) -> tuple[Obj, ...]:
        return tuple(pod for pod in self.waiting if name_of(pod) not in self.reservation)

    @property
    def age(self) -> tuple[str, str, str]:
        """The older goes first (SC-15), of the same age one group in every domain (SC-18)."""
        group = annotations_of(self.resource).get(names.TASK_RESOURCE_GROUP, "")
        created = self.resource["metadata"].get("creationTimestamp", "")
        return created, group, name_of(self.resource)


@dataclass(frozen=True)
class Seen:
    """A domain: its gangs, the oldest first, and its nodes with what is free of them."""

    now: datetime
    domain: str
    gangs: tuple[Gang, ...] = ()
    #: Pods for our scheduler that belong to no gang.
    singles: tuple[Obj, ...] = ()
    #: Pods that name a TaskResource which cannot reserve for them, and why.
    strays: tuple[tuple[Obj, str], ...] = ()
    #: What is bound and what is held is taken off already.
    nodes: tuple[Node, ...] = field(default_factory=tuple)

    def in_phase(self, phase: Phase) -> list[Gang]:
        return [gang for gang in self.gangs if gang.phase == phase]
