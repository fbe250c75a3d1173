"""How long the suite takes on the embedded cluster, on either clock."""

import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

#: Scheduling takes as long as the schedules of its tasks.
_QUICK = "create,view,run,clean"


def measure():
    seconds, cpu, rows = _run("--clock", "virtual")
    real_seconds, _, _ = _run("--clock", "real", "--only", _QUICK, "--nodes", "16", "-n", "8")
    return {
        "rows": rows,
        "seconds of the suite, virtual clock": seconds,
        "CPU seconds per row, virtual clock": cpu / rows,
        "seconds of all but scheduling, real clock": real_seconds,
    }


def _run(*flags):
    """Seconds, CPU seconds, and how many rows of the features were played."""
    with TemporaryDirectory(prefix="kuscia-benchmark-") as out:
        command = [sys.executable, "-P", "-m", "kuscia_conformance", "run", "--cluster", "embedded"]
        before, start = os.times(), time.monotonic()
        done = subprocess.run([*command, *flags, "--out", out], capture_output=True, text=True)
        seconds, after = time.monotonic() - start, os.times()
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        rows = (Path(out) / "junit.xml").read_text().count("<testcase ")
    cpu = after.children_user - before.children_user
    return seconds, cpu + after.children_system - before.children_system, rows
