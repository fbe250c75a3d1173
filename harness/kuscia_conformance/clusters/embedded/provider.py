"""`--cluster embedded`: runs the embedded cluster as a child process of the run."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kuscia_conformance.clusters import embedded, preparing
from kuscia_conformance.clusters.address import Address
from kuscia_conformance.clusters.process import UTF8, Process, module_command
from kuscia_conformance.clusters.types import Cluster, ClusterOptions
from kuscia_conformance.kube.kubeconfig import read_access

CAN = frozenset({"simulated-nodes", "exec", "request-log", "watch-faults"})


@contextmanager
def provide(address: Address, options: ClusterOptions) -> Iterator[Cluster]:
    """Starts the cluster as a child process, and ends it when the context is left.

    Raises UsageError if the address has an argument, ProcessError if the process does not start,
    ClusterError if definitions or nodes do not become ready in time.
    """
    address.require_no_argument()
    folder = options.work / "embedded"
    options.say(f"starting the embedded cluster, with {options.nodes} simulated nodes")
    with _process(folder, options):
        kubeconfig = folder / "kubeconfig"
        access = read_access(kubeconfig)
        asyncio.run(preparing.install(access, options.definitions))
        nodes = asyncio.run(preparing.ready_nodes(access, options.nodes))
        yield Cluster("embedded", kubeconfig, None, CAN, nodes)


def _process(folder: Path, options: ClusterOptions) -> Process:
    arguments = ("--folder", str(folder), "--nodes", str(options.nodes))
    command = module_command(embedded, *arguments, "--pace", str(options.pace * 1000))
    log = options.work / "embedded.log"
    return Process("embedded cluster", command, log=log, environment=UTF8, ready="ready")
