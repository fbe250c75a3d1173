"""Runs that a signal ends at some moment, and an inventory of everything that they could leave.

A moment is an event: a line of output, a file or a container that appears, or a hook of pytest.
Each run has a temporary folder and a home of its own, so the inventory has nothing of others in it.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from signal import Signals

import psutil

from kuscia_conformance.clusters.run_folder import LABEL
from tests.breaking.given import MOMENTS, SMALL, in_check, in_hook

SUITE = (sys.executable, "-P", "-m", "kuscia_conformance")
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGKILL")
#: The name of the kind cluster of these tests.
KIND = "kuscia-ends"
SEND = "send('{}')"
#: Before the cleaning of a check: the fixtures of the check are finalized after this hook.
TEARDOWN = """
import pytest
@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item):
    if once():
        send('{}')
"""


@dataclass(frozen=True)
class Place:
    """The folders of a run: where it is started, its temporary folder and its home."""

    folder: Path
    tmp: Path
    home: Path

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Starts the command in this place; its errors are in its output."""
        left_out = ("PYTEST_XDIST_", "PYTHONDONTWRITEBYTECODE", "XDG_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
        environment = {**kept, "TMPDIR": str(self.tmp), "HOME": str(self.home)}
        return subprocess.Popen(
            [*SUITE, *arguments],
            cwd=self.folder,
            env={**environment, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def command(self, *arguments: str) -> str:
        """Runs the command to its end, and returns what it prints; it has to succeed."""
        with self.start(*arguments) as process:
            said = process.communicate(timeout=180)[0]
        assert process.returncode == 0, said
        return said

    def inventory(self) -> dict[str, list[str]]:
        """Returns the processes, files and containers of the runs in this place."""
        files = [str(path) for top in (self.tmp, self.home) for path in top.rglob("*")]
        return {
            "processes": [str(each) for each in psutil.process_iter() if self.is_here(each)],
            "files": sorted(files),
            "containers": self._containers(),
        }

    def is_here(self, process: psutil.Process) -> bool:
        """Returns whether the process lives and belongs to a run in this place."""
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            return str(self.tmp) in process.environ().get("TMPDIR", "")
        except (psutil.Error, OSError):
            return False

    def _containers(self) -> list[str]:
        if (self.folder / "no-docker").exists():
            return []
        nodes = docker_ps(f"label=io.x-k8s.kind.cluster={KIND}", "{{.Names}}")
        others = docker_ps(f"label={LABEL}", f'{{{{.Label "{LABEL}"}}}}')
        return [*nodes, *(each for each in others if each.startswith(str(self.tmp)))]


def docker_ps(wanted: str, form: str) -> list[str]:
    """Returns what the format says of each container, running or not, that the filter lets pass."""
    command = ["docker", "ps", "-a", "--filter", wanted, "--format", form]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


@contextmanager
def place(folder, *, docker=False):
    """Yields a place whose paths are short, because they will contain sockets."""
    (folder / "small.feature").write_text(SMALL)
    if not docker:
        (folder / "no-docker").touch()
    with tempfile.TemporaryDirectory(prefix="e") as tmp, tempfile.TemporaryDirectory() as home:
        yield Place(folder, Path(tmp), Path(home))


@dataclass(frozen=True)
class Moment:
    """When the run gets its signal: a hook sends it, or this process sends it after an event."""

    name: str
    #: The rest of conftest.py, with the name of the signal left open.
    conftest: str = ""
    line: str = ""
    #: Returns whether the event has happened.
    event: Callable[[Place], object] | None = None


def line(name: str, text: str) -> Moment:
    return Moment(name, line=text)


def file(name: str, pattern: str) -> Moment:
    """Returns the moment at which a file of this name is in the run's folder.

    Unlike `Path.glob`, `glob` bears folders that vanish while it looks.
    """
    return Moment(name, event=lambda here: glob(f"{here.tmp}/*/*/{pattern}"))


FIRST = Moment("as-the-features-are-read", in_hook("collection_modifyitems()", SEND))
READY = Moment("before-the-environment", in_hook("collection_finish()", SEND))
IN_RUN = (
    line("as-the-controller-starts", "starting the controller"),
    Moment("in-a-check", in_check("small-first", SEND)),
    Moment("in-the-cleaning-of-a-check", TEARDOWN),
    Moment("between-two-checks", in_hook("runtest_logfinish()", f"once() and {SEND}")),
    Moment("after-the-last-check", in_hook("sessionfinish()", SEND)),
    line("as-the-controller-ends", "stopping the controller"),
)


def ended(here: Place, moment: Moment, name: str, options: tuple[str, ...]) -> tuple[int, str]:
    """Runs the feature, sends the signal at the moment, and returns exit code and output."""
    conftest = moment.conftest.format(name) if moment.conftest else ""
    (here.folder / "conftest.py").write_text(f"{MOMENTS}\n{conftest}")
    with here.start("run", "small.feature", *options) as run:
        try:
            said = _reached(here, moment, run)
            if not moment.conftest:
                run.send_signal(Signals[name])
            said += run.communicate(timeout=180)[0]
        finally:
            run.kill()
    return run.returncode, said


def _reached(here: Place, moment: Moment, run: "subprocess.Popen[str]") -> str:
    """Waits until the moment has come, and returns what the run has printed until then."""
    assert run.stdout is not None
    if moment.line:
        said = []
        for each in run.stdout:
            said.append(each)
            if moment.line in each:
                return "".join(said)
        raise AssertionError("".join(said))
    while moment.event and not moment.event(here):
        assert run.poll() is None, run.communicate()[0]
        time.sleep(0.005)  # neither a file nor a container announces itself
    return ""
