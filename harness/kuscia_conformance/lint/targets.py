"""Finds the files that `lint` examines: those of the suite, or those that the user names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kuscia_conformance.errors import UsageError
from kuscia_conformance.features.own_steps import load_own_steps
from kuscia_conformance.features.reader import is_ours, suite_features
from kuscia_conformance.features.schemas import EXPECTED


@dataclass(frozen=True)
class Targets:
    """The feature files, and the documents that the user named besides."""

    features: tuple[Path, ...]
    documents: frozenset[Path]


def find_targets(paths: Sequence[Path]) -> Targets:
    """Returns the files that the paths name; folders are searched with all their subfolders.

    Loads the conftest.py files beside the features, because they may define steps. Raises
    UsageError for a path without features and documents.
    """
    if not paths:
        return Targets(suite_features(), frozenset())
    found = [path for given in paths for path in _below(given)]
    features = [path for path in found if path.suffix == ".feature"]
    load_own_steps(path for path in features if not is_ours(path))
    documents = frozenset(path.resolve() for path in found if path.suffix != ".feature")
    return Targets(tuple(dict.fromkeys(features)), documents)


def _below(path: Path) -> list[Path]:
    """Returns a file itself, or the features and expected documents in a folder."""
    if path.is_file() and path.name.endswith((".feature", ".yaml", ".yml")):
        return [path]
    if not path.exists():
        raise UsageError(f"{path}: there is no such file or folder")
    endings = (".feature", *EXPECTED)
    found = [each for each in sorted(path.rglob("*")) if each.name.endswith(endings)]
    if not found:
        what = "a file that ends in .feature or .yaml, or a folder with features in it"
        raise UsageError(f"{path}: there is nothing to examine", hint=f"expected {what}")
    return found
