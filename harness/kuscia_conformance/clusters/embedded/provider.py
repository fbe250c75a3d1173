"""`--cluster embedded`: the embedded cluster in a process of its own, for a run."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kuscia_conformance.clusters import embedded, preparing
from kuscia_conformance.clusters.address import Address
from kuscia_conformance.clusters.process import Process, module_command
from kuscia_conformance.clusters.types import Cluster, ClusterOptions
from kuscia_conformance.kube.kubeconfig import read_access

CAN = frozenset({"simulated-nodes", "exec", "request-log"})


@contextmanager
def provide(address: Address, options: ClusterOptions) -> Iterator[Cluster]:
    """The cluster in a process of its own, gone at the end. ProcessError if it does not start."""
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
    return Process("embedded cluster", command, log=options.work / "embedded.log", ready="ready")
