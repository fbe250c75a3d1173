"""`--cluster embedded`: the embedded cluster in a process of its own, for a run."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kuscia_conformance.clusters import preparing
from kuscia_conformance.clusters.process import Process
from kuscia_conformance.clusters.types import Cluster, ClusterOptions
from kuscia_conformance.errors import UsageError
from kuscia_conformance.kube.kubeconfig import read_access

CAN = frozenset({"simulated-nodes", "exec", "request-log"})


@contextmanager
def provide(argument: str, options: ClusterOptions) -> Iterator[Cluster]:
    """The cluster in a process of its own, gone at the end. ProcessError if it does not start."""
    if argument:
        raise UsageError(f"--cluster embedded:{argument}: embedded takes no name")
    folder = options.work / "embedded"
    options.say(f"starting the embedded cluster, with {options.nodes} simulated nodes")
    with _process(folder, options):
        kubeconfig = folder / "kubeconfig"
        access = read_access(kubeconfig)
        asyncio.run(preparing.install(access, options.definitions))
        nodes = asyncio.run(preparing.ready_nodes(access, options.nodes))
        yield Cluster("embedded", kubeconfig, None, CAN, nodes)


def _process(folder: Path, options: ClusterOptions) -> Process:
    command = [sys.executable, "-P", "-m", "kuscia_conformance.apiserver", "--folder", str(folder)]
    command += ["--nodes", str(options.nodes), "--pace", str(options.pace * 1000)]
    return Process("embedded cluster", command, log=options.work / "embedded.log", ready="ready")
