"""Makes a process run a mutant instead of the original.

modules        an importer offers the changed source
definitions    the environment installs the definitions of a folder with the changed one
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from types import ModuleType
from typing import Any, Protocol

from kuscia_conformance.environment import virtual
from tests.mutation.mutants import DEFINITIONS, PACKAGE


class Named(Protocol):
    """A controller that differs from the reference controller."""

    @property
    def id(self) -> str: ...


class Changed(Named, Protocol):
    """A controller with one changed module, or a cluster with one changed definition."""

    @property
    def path(self) -> str:
        """The file, from the package or from `fixtures`: `kuscia_task/parties.py`."""
        ...

    def source(self) -> bytes:
        """Returns the source of the changed file."""
        ...


def take_place(mutant: Changed) -> None:
    """Makes this process use the mutant from now on. It stays so until the process ends."""
    if mutant.path.endswith(".yaml"):
        _install(mutant)
    else:
        _import(mutant)


def _install(mutant: Changed) -> None:
    folder = Path(mkdtemp(prefix="mutation-"))
    shutil.copytree(DEFINITIONS, folder / "crds")
    (folder / mutant.path).write_bytes(mutant.source())
    vars(virtual)["suite_folder"] = {"fixtures": folder}.__getitem__


def _import(mutant: Changed) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == PACKAGE.name]:
        del sys.modules[name]
    parts = (PACKAGE.name, *Path(mutant.path).with_suffix("").parts)
    name = ".".join(part for part in parts if part != "__init__")
    sys.meta_path.insert(0, _Finder(name, mutant))


@dataclass(frozen=True)
class _Finder(importlib.abc.MetaPathFinder):
    name: str
    mutant: Changed

    def find_spec(
        self, fullname: str, path: Any = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.name:
            return None
        file = PACKAGE / self.mutant.path
        loader = _Loader(fullname, str(file), self.mutant)
        return importlib.util.spec_from_file_location(fullname, file, loader=loader)


class _Loader(importlib.machinery.SourceFileLoader):
    """Compiles the mutant; the base class would take the compiled original from its cache."""

    def __init__(self, name: str, path: str, mutant: Changed) -> None:
        super().__init__(name, path)
        self.mutant = mutant

    def get_code(self, fullname: str) -> Any:
        return compile(self.mutant.source(), self.path, "exec")
