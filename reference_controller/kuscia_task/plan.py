"""A task with its parties' kits and ports: all that the objects to create are made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from kuscia_conformance.kube.objects import Obj, annotations_of, labels_of, name_of, uid_of
from reference_controller import names
from reference_controller.kuscia_task import ports
from reference_controller.kuscia_task.parties import Kit, Port


def generation_of(task: Obj) -> str:
    """Which edition of the task's spec this is; what is made of it bears it as an annotation."""
    return str(task["metadata"].get("generation", 1))


def is_outdated(made: Obj, task: Obj) -> bool:
    """Whether it was made of an earlier edition of the spec."""
    return annotations_of(made).get(names.GENERATION, "") not in ("", generation_of(task))


@dataclass(frozen=True)
class Plan:
    """What is to be created for a task; `allocated` is the status' `allocatedPorts`."""

    task: Obj
    kits: tuple[Kit, ...]
    allocated: tuple[Obj, ...]

    @property
    def name(self) -> str:
        return name_of(self.task)

    @property
    def local(self) -> tuple[Kit, ...]:
        """The parties for which something is made here."""
        return tuple(kit for kit in self.kits if not kit.is_partner)

    @cached_property
    def _numbers(self) -> ports.Numbers:
        return ports.numbers(self.allocated)

    def number(self, kit: Kit, pod: str, port: Port) -> int:
        """As allocated; of a partner only what its template declares is known, else 0 (KT-153)."""
        if kit.is_partner:
            return port.number or 0
        return self._numbers[kit.domain, f"{pod}/{port.name}"]

    @property
    def labels(self) -> dict[str, str]:
        """The labels of everything that is made for the task (KT-130, KT-143, KT-152)."""
        protocol = labels_of(self.task).get(names.INTERCONN_PROTOCOL)
        return {
            names.CONTROLLER: names.CONTROLLER_NAME,
            names.TASK_UID: uid_of(self.task),
            **({names.INTERCONN_PROTOCOL: protocol} if protocol else {}),
        }

    @property
    def annotations(self) -> dict[str, str]:
        return {
            names.INITIATOR: self.task["spec"]["initiator"],
            names.TASK_ID: self.name,
            names.GENERATION: generation_of(self.task),
        }
