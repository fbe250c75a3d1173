"""What a run stands on: a cluster, and the controller under test on it.

It is made once per run, by the process that the user started (`processes`, `virtual`). Its
description is plain data, so that the workers of a parallel run get it from their parent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from kuscia_conformance.environment.connection import Connection
from kuscia_conformance.environment.controllers import control


class InProcess(Protocol):
    """A cluster and a controller that live in this very process, on a clock of their own."""

    @property
    def connection(self) -> Connection: ...

    def ask(self, what: str) -> None:
        """Has the controller killed, started or looked at, as `control.ask` does."""
        ...


@dataclass(frozen=True)
class Environment:
    """Where the scenarios run, and against what."""

    cluster: str
    kubeconfig: str
    context: str | None
    can: tuple[str, ...]
    nodes: tuple[str, ...]
    outlives: bool
    controller: str
    controller_log: str | None
    #: The id of the run, which everything bears that it makes or changes.
    run: str
    #: A folder of this run's own, shared by its processes: locks, kubeconfigs.
    work: str
    #: All of it, where it is in this process.
    virtual: InProcess | None = field(default=None, repr=False)

    def ask(self, what: str) -> None:
        """Have the controller killed, started or looked at. ControllerError if that fails."""
        if self.virtual:
            self.virtual.ask(what)
        else:
            control.ask(Path(self.work), what)

    def to_dict(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "virtual"}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Environment:
        return cls(**{**data, "can": tuple(data["can"]), "nodes": tuple(data["nodes"])})
