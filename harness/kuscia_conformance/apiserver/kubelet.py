"""What the server asks the nodes: what a container has printed, and to run a command in it."""

from __future__ import annotations

from typing import Protocol

from kuscia_conformance.kube.objects import Obj


class Kubelet(Protocol):
    """The nodes of a cluster. Either question may raise LookupError, which says why not."""

    def logs(self, pod: Obj, container: str) -> str:
        """Returns what the container has printed so far."""
        ...

    async def run(self, pod: Obj, container: str, command: list[str]) -> tuple[int, str, str]:
        """Returns the exit code of a command in the container, its output and its errors."""
        ...


class NoKubelet:
    """The kubelet of a cluster that has no nodes."""

    def logs(self, pod: Obj, container: str) -> str:
        raise LookupError("this cluster has no kubelets")

    async def run(self, pod: Obj, container: str, command: list[str]) -> tuple[int, str, str]:
        raise LookupError("this cluster has no kubelets")
