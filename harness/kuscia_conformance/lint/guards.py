"""Rules for `features/guards.yaml`: for each requirement a wrong controller that fails a check.

The file is generated. Below each requirement are the checks that are known to fail, and below each
check the controllers that fail it: miniatures, and mutants of the reference controller.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from kuscia_conformance.errors import FeatureError
from kuscia_conformance.features.checks import Check, Requirement
from kuscia_conformance.features.folders import suite_folder
from kuscia_conformance.kube.yaml import LOADER
from kuscia_conformance.lint.coverage import place_of

_WRITE = "run `python -m tests.mutation --guards`, which writes the file"


@dataclass(frozen=True)
class Guard:
    """A check that wrong controllers fail, because they break the requirement."""

    requirement: str
    check: str
    #: The names of the wrong controllers.
    wrong: tuple[str, ...]
    line: int


def unguarded(requirements: Mapping[str, Requirement]) -> Iterator[FeatureError]:
    """Yields an error for each requirement that no row of the file is about.

    A MAY needs no guard, and neither does a requirement whose checks are still planned.
    """
    guarded = {guard.requirement for guard in guards() if guard.wrong}
    for name, requirement in requirements.items():
        if name not in guarded and requirement.strength != "MAY" and not requirement.planned:
            text = f"{place_of(requirement)}: {name} ({requirement.strength}) has no guard"
            hint = "add a miniature that breaks it and fails a check of it; then " + _WRITE
            yield FeatureError(f"{text}: no known wrong controller fails a check of it", hint=hint)


def unknown_names(
    checks: Iterable[Check], requirements: Mapping[str, Requirement]
) -> Iterator[FeatureError]:
    """Yields an error for each row whose requirement or check does not exist, or do not belong."""
    claims = {check.id: check.requirements for check in checks}
    for guard in guards():
        yield from _unknown(guard, claims, requirements)


def _unknown(
    guard: Guard, claims: Mapping[str, tuple[str, ...]], requirements: Mapping[str, Requirement]
) -> Iterator[FeatureError]:
    where = f"{guards_file()}:{guard.line}"
    if guard.requirement not in requirements:
        text = f"{where}: there is no requirement {guard.requirement}"
        yield FeatureError(text, hint=f"correct the miniatures that name it; then {_WRITE}")
    elif guard.check not in claims:
        text = f"{where}: the suite has no check {guard.check}"
        yield FeatureError(text, hint=f"correct the miniatures that name it; then {_WRITE}")
    elif guard.requirement not in claims[guard.check]:
        text = f"{where}: the check {guard.check} does not cover {guard.requirement}"
        yield FeatureError(text, hint=f"tag it @req:{guard.requirement}, or {_WRITE}")


@cache
def guards() -> tuple[Guard, ...]:
    """Returns the rows of the file, in order."""
    root = yaml.compose(guards_file().read_bytes(), LOADER)
    return tuple(
        Guard(
            requirement.value, check.value, tuple(name.value for name in names.value), _line(check)
        )
        for requirement, checks in _pairs(root)
        for check, names in _pairs(checks)
    )


def _pairs(node: Any) -> list[tuple[Any, Any]]:
    return node.value if isinstance(node, yaml.MappingNode) else []


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1


def guards_file() -> Path:
    """Returns the path of the generated file."""
    return suite_folder("features").resolve() / "guards.yaml"
