"""The files of questions, answers and known differences."""

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
    """What is asked, step by step; `__init__` explains the fields."""

    name: str
    steps: tuple[Obj, ...]
    #: The paths of what it makes outside of its namespace.
    clean: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """A difference that stays: where in the answers, with all beneath it, and why."""

    question: str
    path: str
    why: str


def questions() -> list[Question]:
    """All of them, by topic and in the order of their files."""
    files = sorted((FOLDER / "asked").glob("*.yaml"))
    return [_question(document) for file in files for document in _load_all(file)]


def _question(document: Obj) -> Question:
    return Question(
        document["question"], tuple(document["steps"]), tuple(document.get("clean", ()))
    )


def given() -> list[Obj]:
    """The definitions of the custom kinds that questions ask about."""
    return [document for file in sorted(GIVEN.glob("*.yaml")) for document in _load_all(file)]


def answers_of(name: str) -> list[Obj] | None:
    """What kube-apiserver answered; None if it has not been asked yet."""
    file = _answers(name)
    if not file.exists():
        return None
    kept: list[Obj] = yaml.load(file.read_text(), yaml.CSafeLoader)
    return kept


def keep_answers(name: str, answers: Sequence[Obj]) -> None:
    """Keep them. ValueError if the question was not answered to its end."""
    if answers and "stopped" in answers[-1]:
        raise ValueError(f"{name}: {answers[-1]['stopped']}")
    text = yaml.dump(list(answers), Dumper=_Dumper, width=100, allow_unicode=True, sort_keys=False)
    _answers(name).write_text(text)


def kept() -> set[str]:
    """The names of the questions of which answers are kept."""
    return {file.stem for file in (FOLDER / "answers").glob("*.yaml")}


def differences() -> list[Difference]:
    return [Difference(**entry) for entry in _load(FOLDER / "differences.yaml") or ()]


def _answers(name: str) -> Path:
    return FOLDER / "answers" / f"{name}.yaml"


class _Dumper(yaml.CSafeDumper):
    """Writes what occurs twice twice: an alias is no easy reading."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _load(file: Path) -> Any:
    return yaml.load(file.read_text(), yaml.CSafeLoader)


def _load_all(file: Path) -> list[Obj]:
    return list(yaml.load_all(file.read_text(), yaml.CSafeLoader))
