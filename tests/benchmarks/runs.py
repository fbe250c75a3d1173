"""Times the suite on the embedded cluster with the virtual and with the real clock."""

import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

#: All checks but those of scheduling, which last as long as the schedules of their tasks.
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
    """Runs the suite; returns seconds, CPU seconds, and the number of test cases that ran."""
    with TemporaryDirectory(prefix="kuscia-benchmark-") as out:
        command = [sys.executable, "-P", "-m", "kuscia_conformance", "run", "--cluster", "embedded"]
        before, start = os.times(), time.monotonic()
        done = subprocess.run([*command, *flags, "--out", out], capture_output=True, text=True)
        seconds, after = time.monotonic() - start, os.times()
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        rows = (Path(out) / "junit.xml").read_text().count("<testcase ")
    cpu = after.children_user - before.children_user
    return seconds, cpu + after.children_system - before.children_system, rows
