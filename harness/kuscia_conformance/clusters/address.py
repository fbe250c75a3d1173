"""How a cluster is named: `KIND`, `KIND:NAME`, or `kubeconfig:PATH#CONTEXT`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from kuscia_conformance.errors import UsageError


@dataclass(frozen=True)
class Address:
    """A kind of cluster, and which one of that kind; without an argument the usual one."""

    kind: str
    argument: str = ""

    @property
    def kubeconfig(self) -> tuple[Path, str | None]:
        """The file and the context that a `kubeconfig` address names; None is the current one."""
        path, _, context = self.argument.partition("#")
        file = path or os.environ.get("KUBECONFIG") or Path.home() / ".kube" / "config"
        return Path(file), context or None

    def require_no_argument(self) -> None:
        """Raises UsageError if it has an argument, for kinds of which there is one cluster."""
        if self.argument:
            text = f"--cluster {self.kind}:{self.argument}: {self.kind} takes no name"
            raise UsageError(text)


def address_of(cluster: str) -> Address:
    """Returns the parts of an address, as `--cluster` has it and reports name it."""
    kind, _, argument = cluster.partition(":")
    return Address(kind, argument)
