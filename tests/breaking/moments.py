"""The beginning of the conftest.py of each run that a test breaks: what breaks it, and when.

`given.broken` copies this text into the folder of the run, because the run must not import `tests`.
The three checks of that folder stand for the whole suite, so that a run which nothing breaks is
conformant. No standing rule is planned: some would find nothing in them to look at.
"""

import os
import signal
import subprocess
from pathlib import Path

from kuscia_conformance.pytest_plugin import session as kuscia_session

HERE = Path(__file__).parent
CHECKS = ("small-first", "small-second", "small-last")
IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ

SUITE = frozenset(("small.feature", check) for check in CHECKS)
kuscia_session.suite_checks = lambda: SUITE  # type: ignore[attr-defined]
kuscia_session.all_rules = dict  # type: ignore[attr-defined,assignment]
kuscia_session.chosen_rules = lambda *_, **__: []  # type: ignore[attr-defined]


def once():
    """Returns whether this is the first call in all processes of the run."""
    try:
        os.close(os.open(HERE / "broken", os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def send(name, pid=None):
    """Sends the signal of this name, to this process where no other is given."""
    os.kill(pid or os.getpid(), signal.Signals[name])


def child(word, parent=None):
    """Returns the pid of the child whose command line has the word; `parent` is this process."""
    command = ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(parent or os.getpid())]
    lines = subprocess.run(command, capture_output=True, text=True).stdout.splitlines()
    return next(int(line.split()[0]) for line in lines if word in line)
