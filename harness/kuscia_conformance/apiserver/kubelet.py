"""The interface to the nodes: reads a container's output, and runs commands in a container."""

from __future__ import annotations

from typing import Protocol

from kuscia_conformance.kube.objects import Obj


class Kubelet(Protocol):
    """The kubelets of a cluster.

    Both methods raise LookupError, with the reason as its text, if they cannot do what is asked.
    """

    def logs(self, pod: Obj, container: str) -> str:
        """Returns what the container has printed so far."""
        ...

    async def run(self, pod: Obj, container: str, command: list[str]) -> tuple[int, str, str]:
        """Runs a command in the container. Returns its exit code, stdout and stderr."""
        ...


class NoKubelet:
    """The kubelets of a cluster without nodes: every request raises LookupError."""

    def logs(self, pod: Obj, container: str) -> str:
        raise LookupError("this cluster has no kubelets")

    async def run(self, pod: Obj, container: str, command: list[str]) -> tuple[int, str, str]:
        raise LookupError("this cluster has no kubelets")
