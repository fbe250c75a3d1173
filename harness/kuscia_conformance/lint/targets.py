"""Finds the files that `lint` examines: those of the suite, or those that the user names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from kuscia_conformance.errors import UsageError
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
    load_conftests(path for path in features if not is_ours(path))
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


def load_conftests(features: Iterable[Path]) -> None:
    """Imports the conftest.py files for the features, the outermost first, as pytest does."""
    for folder in dict.fromkeys(feature.resolve().parent for feature in features):
        for conftest in reversed(list(_conftests(folder))):
            _load(conftest)


def _conftests(folder: Path) -> Iterator[Path]:
    """Yields the conftest.py files from the folder up to the current folder.

    If the folder is not below the current folder, only its own conftest.py.
    """
    here = Path.cwd().resolve()
    parents = folder.parents if folder.is_relative_to(here) else ()
    for place in (folder, *parents):
        if (place / "conftest.py").is_file():
            yield place / "conftest.py"
        if place == here:
            break


#: Keeps the imported modules alive, because their steps would disappear with them.
_loaded: list[object] = []


@cache
def _load(conftest: Path) -> None:
    spec = spec_from_file_location(f"conftest_{len(_loaded)}", conftest)
    if spec is None or spec.loader is None:
        raise UsageError(f"{conftest}: cannot be imported")
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        raise UsageError(f"{conftest}: cannot be imported: {why}") from error
    _loaded.append(module)
