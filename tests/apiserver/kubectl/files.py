"""Reads the scripts and their stored outputs.

A step is a command, or a mapping with the command as `run` and these optional keys:

    given      the text of its standard input
    editor     the command that `kubectl edit` calls
    uid_of     an object whose uid replaces the word UID in the command
    begins     a text; the steps of `meanwhile` start once the command has printed or logged it
    meanwhile  steps that run while the command runs
    until      a text; the command is terminated once it has printed it
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
#: The file with the version of kubectl that printed the stored outputs: `1.34`.
CLIENT = FOLDER / "outputs" / "client"


@dataclass(frozen=True)
class Step:
    """A command of a script, with the options that the docstring of the module explains."""

    run: str
    given: str = ""
    editor: str = "false"
    uid_of: str = ""
    begins: str = ""
    meanwhile: tuple[Step, ...] = ()
    until: str = ""


@dataclass(frozen=True)
class Script:
    """A script: its name, the files that it reads, and its steps."""

    name: str
    files: Mapping[str, str]
    steps: tuple[Step, ...]


def names() -> list[str]:
    return sorted(path.stem for path in (FOLDER / "scripts").glob("*.yaml"))


def script(name: str) -> Script:
    read = yaml.safe_load((FOLDER / "scripts" / f"{name}.yaml").read_text())
    return Script(name, read.get("files", {}), _steps(read["steps"]))


def _steps(read: list[Any]) -> tuple[Step, ...]:
    return tuple(_step(each) for each in read)


def _step(read: str | dict[str, Any]) -> Step:
    if isinstance(read, str):
        return Step(read)
    return Step(**{**read, "meanwhile": _steps(read.get("meanwhile", []))})


def output(name: str) -> str:
    return _output(name).read_text()


def keep(name: str, text: str) -> None:
    _output(name).write_text(text)


def _output(name: str) -> Path:
    return FOLDER / "outputs" / f"{name}.txt"
