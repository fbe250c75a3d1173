"""Starts the two API servers of the comparison as a run does, and times their start."""

import asyncio
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from kuscia_conformance.clusters import ClusterOptions, cluster, preparing
from kuscia_conformance.clusters.process import Process
from kuscia_conformance.features.folders import (
    suite_folder,
)
from kuscia_conformance.kube.kubeconfig import Access, read_access
from tests.benchmarks.load import beginning, first_answer

STARTS = 5
_MODULE = [sys.executable, "-P", "-m", "kuscia_conformance.clusters.embedded"]
_DEFINITIONS = suite_folder("fixtures") / "crds"


@dataclass
class Server:
    """A running server, and the seconds until its first answer."""

    access: Access
    seconds: float
    pid: int = 0

    def cpu(self):
        """Returns the CPU seconds of the first thread, which does all the work."""
        return int(Path(f"/proc/{self.pid}/schedstat").read_text().split()[0]) / 1e9

    def memory(self):
        """Returns the resident memory in MB."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


@contextmanager
def real():
    """Starts kube-apiserver and etcd as a run does."""
    with TemporaryDirectory(prefix="kuscia-benchmark-") as name:
        folder, start = Path(name), time.monotonic()
        options = ClusterOptions("controlplane", definitions=_DEFINITIONS, work=folder, nodes=1)
        answered = beginning(folder / "controlplane" / "kubeconfig")
        with cluster(options) as made:
            yield Server(read_access(made.kubeconfig), round(answered.result() - start, 3))


@contextmanager
def embedded():
    """Starts the embedded server as a run does, but with pace 0."""
    with TemporaryDirectory(prefix="kuscia-benchmark-") as name:
        folder = Path(name)
        # The first start also compiles the modules, so it is not counted.
        starts = [_start(folder / str(number), folder / "modules") for number in range(STARTS + 1)]
        with _process(folder / "last", folder / "modules") as process:
            access = read_access(folder / "last" / "kubeconfig")
            asyncio.run(preparing.install(access, _DEFINITIONS))
            yield Server(access, round(median(starts[1:]), 3), process.pid)


def _process(folder, modules):
    command = [*_MODULE, "--folder", str(folder), "--pace", "0"]
    compiling = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(modules)}
    log = folder.with_suffix(".log")
    return Process("embedded cluster", command, log=log, ready="ready", environment=compiling)


def _start(folder, modules):
    """Returns the seconds from the start of the process until its first answer."""
    process, start = _process(folder, modules), time.monotonic()
    process.start()
    try:
        return first_answer(folder / "kubeconfig") - start
    finally:
        process.stop()
