"""What the co-scheduler sees of one domain: waiting pods, holds, and free room of its nodes."""

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
    #: The pods that are not bound, sorted by name.
    waiting: tuple[Obj, ...] = ()
    #: How many pods are bound; those that have ended count, too.
    bound: int = 0

    @property
    def phase(self) -> str:
        """The stored phase of the TaskResource."""
        return phase_of(self.resource)

    @property
    def reservation(self) -> Mapping[str, str]:
        """The node that is held for each pod, by the pod's name."""
        return reservation_of(self.resource)

    @property
    def need(self) -> int:
        """How many more pods have to be placed; fewer are never placed (SCH-021, SCH-029)."""
        return int(self.resource["spec"]["minReservedPods"]) - self.bound

    @property
    def is_complete(self) -> bool:
        """Whether enough unbound pods exist to place as many as `need` says."""
        return len(self.waiting) >= max(self.need, 1)

    @property
    def held(self) -> list[tuple[Obj, str]]:
        """The unbound pods for which a node is held, each with the node's name."""
        nodes = self.reservation
        return [(pod, nodes[name_of(pod)]) for pod in self.waiting if name_of(pod) in nodes]

    @property
    def unheld(self) -> tuple[Obj, ...]:
        """The unbound pods for which no node is held."""
        return tuple(pod for pod in self.waiting if name_of(pod) not in self.reservation)

    @property
    def age(self) -> tuple[str, str, str]:
        """The older goes first (SC-15), of the same age one group in every domain (SC-18)."""
        group = annotations_of(self.resource).get(names.TASK_RESOURCE_GROUP, "")
        created = self.resource["metadata"].get("creationTimestamp", "")
        return created, group, name_of(self.resource)


@dataclass(frozen=True)
class Seen:
    """A domain: its gangs with unbound pods, the oldest first, and its nodes."""

    now: datetime
    domain: str
    gangs: tuple[Gang, ...] = ()
    #: Unbound pods for our scheduler without the annotation that names a TaskResource.
    singles: tuple[Obj, ...] = ()
    #: Unbound pods whose TaskResource cannot reserve for them, each with the message that says why.
    strays: tuple[tuple[Obj, str], ...] = ()
    #: Their free room is without the room of bound pods and of holds.
    nodes: tuple[Node, ...] = field(default_factory=tuple)

    def in_phase(self, phase: Phase) -> list[Gang]:
        """Returns the gangs whose TaskResource is in that phase, the oldest first."""
        return [gang for gang in self.gangs if gang.phase == phase]
