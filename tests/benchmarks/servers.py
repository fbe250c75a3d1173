"""The two API servers that are compared: each as it is started for a run, and how fast."""

import asyncio
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from harness.clusters import preparing
from harness.kubeconfig import Access, read_access
from harness.process import Process
from harness.settings import suite_folder
from tests.benchmarks import stage
from tests.benchmarks.load import first_answer

STARTS = 5
_MODULE = [sys.executable, "-P", "-m", "harness.clusters.embedded"]


@dataclass
class Server:
    """One that runs, and how long it took until it answered first."""

    access: Access
    seconds: float
    pid: int = 0

    def cpu(self):
        """The seconds that its first thread has worked, to the microsecond."""
        return int(Path(f"/proc/{self.pid}/schedstat").read_text().split()[0]) / 1e9

    def memory(self):
        """What it holds of the machine's memory, in MB."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


@contextmanager
def real():
    """The provider's: until it first answers is not all that the provider does."""
    with ThreadPoolExecutor(1) as looking:
        start = time.monotonic()
        with stage.standing("controlplane", 1) as made:
            access = read_access(made.kubeconfig)
            yield Server(access, round(time.monotonic() - start, 2))


@contextmanager
def embedded():
    """In a process as the provider starts it, but without pace."""
    with TemporaryDirectory(prefix="kuscia-benchmark-") as folder:
        seconds = median(_start(Path(folder) / str(number)) for number in range(STARTS))
        process = _process(Path(folder) / "last")
        with process:
            access = read_access(Path(folder) / "last" / "kubeconfig")
            asyncio.run(preparing.install(access, suite_folder("fixtures") / "crds"))
            yield Server(access, round(seconds, 3), process.pid)


def _process(folder):
    command = [*_MODULE, "--folder", str(folder), "--pace", "0"]
    return Process("embedded cluster", command, log=folder.parent / "log", ready="ready")


def _start(folder):
    """Seconds from the start of the process until it answers."""
    process, start = _process(folder), time.monotonic()
    process.start()
    try:
        return first_answer(folder / "kubeconfig", "/readyz") - start
    finally:
        process.stop()
