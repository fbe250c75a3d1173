"""Times many tasks on a control plane with simulated nodes; measures CPU and memory."""

import asyncio
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from kuscia_conformance.clusters.process import Process
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import read_access
from kuscia_conformance.kube.kuscia import KUSCIA_TASKS
from tests.benchmarks import stage

FEW, MANY = 200, 1000
#: The largest allowed ratio of the times for five times as many tasks.
BUDGET = 5.5
#: 20 nodes with 110 pods each are enough for MANY tasks with one pod in each of two domains.
NODES = 20
_TICKS = os.sysconf("SC_CLK_TCK")


def measure(few=FEW, many=MANY):
    return figures([once(few), once(many)], many / few)


def once(count):
    """Runs `count` tasks on a fresh control plane; returns seconds and the controller's memory."""
    with stage.standing("controlplane", NODES) as made, TemporaryDirectory() as logs:
        command = [sys.executable, "-P", "-m", "kuscia_conformance", "controller"]
        command += ["--kubeconfig", str(made.kubeconfig)]
        log = Path(logs) / "controller.log"
        with Process("controller", command, log=log, ready="ready") as controller:
            before = cpu_seconds()
            wall = asyncio.run(_run(read_access(made.kubeconfig), made.nodes, count))
            after = cpu_seconds()
            used = {name: round(after[name] - before.get(name, 0), 2) for name in after}
            return {
                "tasks": count,
                "wall seconds": round(wall, 2),
                "cpu seconds": used,
                "peak memory of the controller, MB": peak_memory(controller.pid) // 1024,
            }


async def _run(access, nodes, count):
    names = [f"psi-{number}" for number in range(count)]
    async with Api(access, "benchmark") as api, stage.domains(api, nodes):
        await stage.create_image(api)
        start = time.monotonic()
        creating = asyncio.gather(*(api.create(KUSCIA_TASKS, stage.task(name)) for name in names))
        await asyncio.gather(creating, stage.all_succeeded(api, names))
        wall = time.monotonic() - start
        await stage.no_pods(api)
        return wall


def cpu_seconds():
    """Returns the CPU seconds of this process and of its child processes, by program name."""
    used = {"benchmark": sum(os.times()[:2])}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (found := _child(folder)):
            name, seconds = found
            used[name] = used.get(name, 0) + seconds
    return used


def _child(folder):
    try:
        stat = (folder / "stat").read_text()
        words = (folder / "cmdline").read_bytes().decode().split("\0")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    if int(fields[1]) != os.getpid():
        return None
    name = words[3] if words[1:3] == ["-P", "-m"] else Path(words[0]).name
    name = "controller" if name == "harness" else name.rpartition(".")[2]
    return name, (int(fields[11]) + int(fields[12])) / _TICKS


def peak_memory(pid):
    """Returns the peak memory of a process in kB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1])


def figures(runs, times):
    """Returns the figures for the JSON file; the second run has `times` as many tasks."""
    few, many = (run["wall seconds"] for run in runs)
    return {
        "benchmark": "tasks",
        "what": "all tasks created at once, until all have succeeded",
        "runs": runs,
        "ratio": round(many / few, 2),
        "budget": round(BUDGET * times / 5, 2),
        "original, 200 tasks, seconds": 30,
        "ok": many / few <= BUDGET * times / 5,
    }
