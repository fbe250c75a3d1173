"""Addresses of clusters: `KIND`, `KIND:NAME`, or `kubeconfig:PATH#CONTEXT`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kuscia_conformance.errors import UsageError


@dataclass(frozen=True)
class Address:
    """A kind of cluster and, as `argument`, which cluster of that kind; empty for the default."""

    kind: str
    argument: str = ""

    @property
    def kubeconfig(self) -> tuple[Path | None, str | None]:
        """The file and the context of a `kubeconfig` address.

        None for the file means those that kubectl reads: $KUBECONFIG, then ~/.kube/config. None
        for the context means the current one.
        """
        path, _, context = self.argument.partition("#")
        return (Path(path).expanduser() if path else None), context or None

    def require_no_argument(self) -> None:
        """Raises UsageError if there is an argument. For kinds that have only one cluster."""
        if self.argument:
            text = f"--cluster {self.kind}:{self.argument}: {self.kind} takes no name"
            raise UsageError(text)


def address_of(cluster: str) -> Address:
    """Returns the parts of an address, in the form that `--cluster` takes and reports show."""
    kind, _, argument = cluster.partition(":")
    return Address(kind, argument)
