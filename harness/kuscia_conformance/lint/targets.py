"""What lint looks at: the suite, or the features and documents that somebody names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from kuscia_conformance.errors import UsageError
from kuscia_conformance.features.fixture_files import EXPECTED
from kuscia_conformance.features.reader import is_ours, suite_features


@dataclass(frozen=True)
class Targets:
    """Feature files, and documents beside those that the features name."""

    features: tuple[Path, ...]
    documents: frozenset[Path]


def find_targets(paths: Sequence[Path]) -> Targets:
    """What the paths name, folders with all that is below. UsageError if one names nothing."""
    if not paths:
        return Targets(suite_features(), frozenset())
    found = [path for given in paths for path in _below(given)]
    features = [path for path in found if path.suffix == ".feature"]
    load_conftests(path for path in features if not is_ours(path))
    documents = frozenset(path.resolve() for path in found if path.suffix != ".feature")
    return Targets(tuple(dict.fromkeys(features)), documents)


def _below(path: Path) -> list[Path]:
    """A file itself; of a folder, the features and expected documents in it."""
    if path.is_file() and path.name.endswith((".feature", ".yaml", ".yml")):
        return [path]
    if not path.exists():
        raise UsageError(f"{path}: there is no such file or folder")
    endings = (".feature", *EXPECTED)
    found = [each for each in sorted(path.rglob("*")) if each.name.endswith(endings)]
    if not found:
        what = "a file that ends in .feature or .yaml, or a folder with features in it"
        raise UsageError(f"{path}: there is nothing to look at", hint=f"expected {what}")
    return found


def load_conftests(features: Iterable[Path]) -> None:
    """Import the steps that an author has in a conftest.py, as pytest would: outermost first."""
    for folder in dict.fromkeys(feature.resolve().parent for feature in features):
        for conftest in reversed(list(_conftests(folder))):
            _load(conftest)


def _conftests(folder: Path) -> Iterator[Path]:
    """From the folder up to where the user is, or of the folder alone."""
    here = Path.cwd().resolve()
    parents = folder.parents if folder.is_relative_to(here) else ()
    for place in (folder, *parents):
        if (place / "conftest.py").is_file():
            yield place / "conftest.py"
        if place == here:
            break


#: Steps are known for as long as the module that defines them.
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
