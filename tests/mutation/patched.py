"""Runs checks against patched controllers on request: `python -m tests.mutation.patched FOLDER`.

Each line of the standard input is a JSON document with the path of a patch and the id of a check,
or null for all checks; each line of the output is the finding about it. The features are collected
once, so that a finding about one check takes less than a second. `Patched` is the other end.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from tests.mutation.forks import Finding, Forks, suite_run, survey
from tests.mutation.mutants import PACKAGE, ROOT


@dataclass(frozen=True)
class Patch:
    """A patch of one module of the reference controller, and the check to run; None for all."""

    file: Path
    check: str | None

    @property
    def id(self) -> str:
        return self.file.stem

    @cached_property
    def path(self) -> str:
        [found] = re.findall(rf"^\+\+\+ b/{PACKAGE.name}/(\S+)$", self.file.read_text(), re.M)
        return str(found)

    def source(self) -> bytes:
        """Returns the source of the patched module. Raises CalledProcessError if git refuses it."""
        with TemporaryDirectory() as folder:
            copy = Path(folder) / PACKAGE.name / self.path
            copy.parent.mkdir(parents=True)
            copy.write_bytes((PACKAGE / self.path).read_bytes())
            subprocess.run(["git", "apply", "-p1", str(self.file)], cwd=folder, check=True)
            return copy.read_bytes()


class PatchedRuns:
    """A process that runs checks against patched controllers; a context ends it."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", __name__, str(folder)]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)

    def __enter__(self) -> PatchedRuns:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def find(self, patch: Path, check: str | None) -> Finding:
        """Returns the finding about the patch, with the check alone or with all checks."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps([str(patch), check]) + "\n")
        self._process.stdin.flush()
        return Finding(**json.loads(self._process.stdout.readline()))


def _requests() -> Iterator[Patch]:
    while line := sys.stdin.readline():
        file, check = json.loads(line)
        yield Patch(Path(file), check)


def _chosen(patch: Patch, checks: Sequence[str]) -> Sequence[str]:
    return [patch.check] if patch.check else checks


def _answer(finding: Finding) -> None:
    answer: dict[str, Any] = asdict(finding)
    click.echo(json.dumps(answer))


if __name__ == "__main__":
    run = suite_run(Path(sys.argv[1]))
    survey(Forks(run, _requests(), _chosen, _answer, workers=1, every=True, keep=True))
