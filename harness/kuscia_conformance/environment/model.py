"""The environment of a run, as data: a cluster, and the controller under test on it.

The process that the user started creates the environment once per run (`processes`, `virtual`).
Its description is plain data: the workers of a parallel run get it from their parent as JSON, and
`background` stores it in a file for `--reuse`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from kuscia_conformance.environment.connection import Connection
from kuscia_conformance.environment.controllers import control


class InProcess(Protocol):
    """A cluster and a controller that run in this process, on a virtual clock."""

    @property
    def connection(self) -> Connection: ...

    def ask(self, what: str) -> str:
        """Kills, starts or checks the controller, as `control.ask` does."""
        ...


@dataclass(frozen=True)
class Environment:
    """The cluster on which the scenarios run, and the controller that they test.

    `can` lists what the cluster supports, such as `exec` or `faults`. Scenarios that need more
    (`@needs:…`) are skipped. `outlives` says whether the cluster is still there after the run.
    """

    cluster: str
    kubeconfig: str
    context: str | None
    can: tuple[str, ...]
    nodes: tuple[str, ...]
    outlives: bool
    controller: str
    controller_log: str | None
    #: The id of the run. Every object that the run creates or changes carries it.
    run: str
    #: The folder that the processes of this run share, for locks and kubeconfigs.
    work: str
    #: The cluster and the controller themselves, if both run in this process.
    virtual: InProcess | None = field(default=None, repr=False)

    def ask(self, what: str) -> str:
        """Kills, starts or checks the controller (`control.KILL`, `START`, `LOOK`).

        Returns how a checked controller has ended on its own, "" while it runs. Raises
        ControllerError if the request fails.
        """
        if self.virtual:
            return self.virtual.ask(what)
        return control.ask(Path(self.work), what)

    def to_dict(self) -> dict[str, Any]:
        """Returns everything but `virtual`, which exists only within its own process."""
        return {name: value for name, value in vars(self).items() if name != "virtual"}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Environment:
        """Returns the environment from what `to_dict` returned.

        Raises KeyError or TypeError if entries are missing or unknown.
        """
        return cls(**{**data, "can": tuple(data["can"]), "nodes": tuple(data["nodes"])})
