"""Reads and writes the files of questions, answers and known differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from kuscia_conformance.kube.objects import Obj

FOLDER = Path(__file__).parent
GIVEN = FOLDER / "given"


@dataclass(frozen=True)
class Question:
    """A question with its steps; the docstring of the package explains the fields of a step."""

    name: str
    steps: tuple[Obj, ...]
    #: The paths of the objects that the question creates outside its namespace.
    clean: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """An accepted difference: a path in the answers (with all paths below it), and the reason."""

    question: str
    path: str
    why: str


def questions() -> list[Question]:
    """Returns all questions, sorted by file and in the order of each file."""
    files = sorted((FOLDER / "asked").glob("*.yaml"))
    return [_question(document) for file in files for document in _load_all(file)]


def _question(document: Obj) -> Question:
    return Question(
        document["question"], tuple(document["steps"]), tuple(document.get("clean", ()))
    )


def given() -> list[Obj]:
    """Returns the definitions of the custom kinds that questions use."""
    return [document for file in sorted(GIVEN.glob("*.yaml")) for document in _load_all(file)]


def answers_of(name: str) -> list[Obj] | None:
    """Returns the recorded answers of kube-apiserver, or None if they do not exist yet."""
    file = _answers(name)
    if not file.exists():
        return None
    kept: list[Obj] = yaml.load(file.read_text(), yaml.CSafeLoader)
    return kept


def keep_answers(name: str, answers: Sequence[Obj]) -> None:
    """Writes the answers to their file. Raises ValueError if the question was stopped early."""
    if answers and "stopped" in answers[-1]:
        raise ValueError(f"{name}: {answers[-1]['stopped']}")
    text = yaml.dump(list(answers), Dumper=_Dumper, width=100, allow_unicode=True, sort_keys=False)
    _answers(name).write_text(text)


def kept() -> set[str]:
    """Returns the names of the questions that have recorded answers."""
    return {file.stem for file in (FOLDER / "answers").glob("*.yaml")}


def differences() -> list[Difference]:
    return [Difference(**entry) for entry in _load(FOLDER / "differences.yaml") or ()]


def _answers(name: str) -> Path:
    return FOLDER / "answers" / f"{name}.yaml"


class _Dumper(yaml.CSafeDumper):
    """Writes repeated values in full, because YAML aliases are hard to read."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _load(file: Path) -> Any:
    return yaml.load(file.read_text(), yaml.CSafeLoader)


def _load_all(file: Path) -> list[Obj]:
    return list(yaml.load_all(file.read_text(), yaml.CSafeLoader))
