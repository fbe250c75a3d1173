"""Runs a script against a server; returns its commands, their output and exit codes as text.

Each script has its own namespace, `kubectl-NAME`, and its own home folder, so that kubectl does
not use cached answers of another server.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.apiserver.kubectl.files import Script, Step
from tests.apiserver.kubectl.normal import normal

#: The longest time that a command may take, and the pause between reads of its output, in seconds.
WITHIN, LOOK = 60, 0.02


@dataclass(frozen=True)
class Place:
    """Where commands run: the path of kubectl, and its home folder."""

    kubectl: str
    folder: Path

    def begin(self, step: Step, to: str) -> subprocess.Popen[bytes]:
        """Starts the command of a step; its streams are the files `to`.in, `to`.out, `to`.err."""
        words = [self.kubectl, *shlex.split(self._said(step))]
        (self.folder / f"{to}.in").write_text(step.given)
        with (
            (self.folder / f"{to}.in").open("rb") as given,
            (self.folder / f"{to}.out").open("wb") as printed,
            (self.folder / f"{to}.err").open("wb") as complained,
        ):
            return subprocess.Popen(
                words,
                cwd=self.folder,
                env={
                    "PATH": os.environ["PATH"],
                    "HOME": str(self.folder),
                    "KUBECONFIG": str(self.folder / "kubeconfig"),
                    "KUBE_EDITOR": step.editor,
                    "TZ": "UTC",
                },
                stdin=given,
                stdout=printed,
                stderr=complained,
            )

    def _said(self, step: Step) -> str:
        if not step.uid_of:
            return step.run
        asking = Step(f"get {step.uid_of} -o jsonpath={{.metadata.uid}}")
        self.begin(asking, "uid").wait(WITHIN)
        return step.run.replace("UID", self.printed("uid"))

    def printed(self, to: str) -> str:
        return (self.folder / f"{to}.out").read_text(errors="replace")

    def complained(self, to: str) -> str:
        return (self.folder / f"{to}.err").read_text(errors="replace")


def play(script: Script, kubectl: str, kubeconfig: Path, folder: Path) -> str:
    """Returns the commands of the script and their output as text.

    Raises TimeoutError if a command does not print a text that a step waits for within WITHIN s.
    """
    place = Place(kubectl, folder)
    namespace = f"kubectl-{script.name}"
    _write_kubeconfig(kubeconfig, folder, namespace)
    for name, text in script.files.items():
        (folder / name).write_text(text)
    with _namespace(place, namespace):
        return "\n".join(
            _play(place, step, str(number)) for number, step in enumerate(script.steps)
        )


def _write_kubeconfig(kubeconfig: Path, folder: Path, namespace: str) -> None:
    config = yaml.safe_load(kubeconfig.read_text())
    config["contexts"][0]["context"]["namespace"] = namespace
    (folder / "kubeconfig").write_text(yaml.safe_dump(config))


@contextmanager
def _namespace(place: Place, name: str) -> Iterator[None]:
    _play(place, Step(f"create namespace {name}"), "before")
    try:
        yield
    finally:
        _play(place, Step(f"delete namespace {name}"), "after")


def _play(place: Place, step: Step, to: str) -> str:
    running = place.begin(step, to)
    try:
        inner = _play_meanwhile(place, step, to, running)
        if step.until:
            _wait_for(place, to, step.until, running)
            running.terminate()
        running.wait(WITHIN)
    finally:
        running.kill()
        running.wait()
    ended = "" if step.until or not running.returncode else f"(exit {running.returncode})\n"
    printed, complained = normal(place.printed(to)), normal(place.complained(to))
    complaints = "".join(f"! {line}\n" for line in complained.splitlines())
    return f"$ kubectl {step.run}\n{inner}{printed}{complaints}{ended}"


def _play_meanwhile(place: Place, step: Step, to: str, running: subprocess.Popen[bytes]) -> str:
    if step.begins:
        _wait_for(place, to, step.begins, running)
    texts = [_play(place, inner, f"{to}-{number}") for number, inner in enumerate(step.meanwhile)]
    return "".join(f"    {line}\n" for text in texts for line in text.splitlines())


def _wait_for(place: Place, to: str, text: str, running: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + WITHIN
    while text not in place.printed(to) + place.complained(to):
        if time.monotonic() > deadline or running.poll() is not None:
            said = place.printed(to) + place.complained(to)
            raise TimeoutError(f"{running.args!r} has not printed {text!r}, but {said!r}")
        time.sleep(LOOK)
