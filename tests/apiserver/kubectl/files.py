"""The scripts, and what is kept of their outputs.

A step is a command, or a mapping that has one as `run`. Beside it may stand

    given      what it reads from its standard input
    editor     the command that `kubectl edit` calls
    uid_of     an object whose uid stands where the command says UID
    begins     what it prints, or logs, once what is meanwhile may begin
    meanwhile  steps that are played while it runs
    until      what it prints last of all that is of interest: then it is ended
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
#: The version of kubectl that has printed what is kept: `1.34`.
CLIENT = FOLDER / "outputs" / "client"


@dataclass(frozen=True)
class Step:
    run: str
    given: str = ""
    editor: str = "false"
    uid_of: str = ""
    begins: str = ""
    meanwhile: tuple[Step, ...] = ()
    until: str = ""


@dataclass(frozen=True)
class Script:
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
