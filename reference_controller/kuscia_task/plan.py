"""A task with its parties' kits and ports: all that is needed to build its objects."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from kuscia_conformance.kube.objects import Obj, annotations_of, labels_of, name_of, uid_of
from reference_controller import names
from reference_controller.kuscia_task import ports
from reference_controller.kuscia_task.parties import Kit, Port


def generation_of(task: Obj) -> str:
    """Returns the generation of the task's spec. Pods, services and config maps bear it."""
    return str(task["metadata"].get("generation", 1))


def is_outdated(made: Obj, task: Obj) -> bool:
    """Returns whether the object was built from another generation of the task's spec."""
    return annotations_of(made).get(names.GENERATION, "") not in ("", generation_of(task))


@dataclass(frozen=True)
class Plan:
    """What is needed to build the objects of a task.

    `allocated` is the list `allocatedPorts` of the status.
    """

    task: Obj
    kits: tuple[Kit, ...]
    allocated: tuple[Obj, ...]

    @property
    def name(self) -> str:
        return name_of(self.task)

    @property
    def local(self) -> tuple[Kit, ...]:
        """The parties of this cluster, for which objects are created here."""
        return tuple(kit for kit in self.kits if not kit.is_partner)

    @cached_property
    def _numbers(self) -> ports.Numbers:
        return ports.numbers(self.allocated)

    def number(self, kit: Kit, pod: str, port: Port) -> int:
        """Returns the number of the port, as allocated.

        For a party in another cluster only a number that its template declares is known; else
        it is 0 (KT-153).
        """
        if kit.is_partner:
            return port.number or 0
        return self._numbers[kit.domain, f"{pod}/{port.name}"]

    @property
    def labels(self) -> dict[str, str]:
        """The labels of the task's objects (KT-130, KT-143, KT-152)."""
        protocol = labels_of(self.task).get(names.INTERCONN_PROTOCOL)
        return {
            names.CONTROLLER: names.CONTROLLER_NAME,
            names.TASK_UID: uid_of(self.task),
            **({names.INTERCONN_PROTOCOL: protocol} if protocol else {}),
        }

    @property
    def annotations(self) -> dict[str, str]:
        """The annotations of the task's pods, services and config maps."""
        return {
            names.INITIATOR: self.task["spec"]["initiator"],
            names.TASK_ID: self.name,
            names.GENERATION: generation_of(self.task),
        }
