"""Finds the files that a feature names: manifests to apply, and documents to expect.

feature                               its files
features/<area>/<name>.feature        fixtures/<area>/<name>/
anywhere else: <folder>/<name>.feature  <folder>/ and <folder>/<name>/
every feature, after these            fixtures/shared/
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from kuscia_conformance import documents
from kuscia_conformance.errors import (
    DocumentError,
    FeatureError,
    MissingDocument,
    UsageError,
    meant,
)
from kuscia_conformance.features.folders import (
    suite_folder,
)
from kuscia_conformance.features.schemas import EXPECTED, schema_for, schema_of
from kuscia_conformance.kube.objects import Obj

#: The texts that `--update` has written in this run, by file.
_WRITTEN: dict[Path, str] = {}


@dataclass(frozen=True)
class FixtureFiles:
    """The files of one feature: where they are, what they contain, what is wrong with them."""

    feature: Path

    @cached_property
    def folders(self) -> tuple[Path, ...]:
        """The folders in which a file is looked for, in this order."""
        features, fixtures = suite_folder("features").resolve(), suite_folder("fixtures")
        path = self.feature.resolve()
        own: tuple[Path, ...] = (path.parent, path.with_suffix(""))
        if path.is_relative_to(features):
            own = (fixtures / path.relative_to(features).with_suffix(""),)
        return (*own, fixtures / "shared")

    def find(self, name: str) -> Path:
        """Returns the path of the file. Raises MissingDocument, which lists the folders.

        Raises DocumentError for a file outside of the folder in which it is looked for, and for a
        folder of this name.
        """
        for folder in self.folders:
            if _is_file(_below(folder, name)):
                return folder / name
        self._refuse_other(name)
        looked = ", ".join(str(folder) for folder in self.folders)
        there = {
            each.name for place in self.folders for each in place.glob("*.y*ml") if _is_file(each)
        }
        hint = f"{meant(name, there)}looked in {looked}"
        raise MissingDocument(f"there is no file {name!r}", hint=hint)

    def _refuse_other(self, name: str) -> None:
        """Raises an error if something of the name is there that is no file."""
        for path in (folder / name for folder in self.folders):
            if path.is_symlink() and not path.exists():
                text = f"{name!r} is a link to a file that does not exist"
                raise MissingDocument(text, hint=f"{path} leads to {path.readlink()}")
            if path.exists():
                kind = "a folder" if path.is_dir() else "no regular file"
                raise DocumentError(f"{name!r} is {kind}", hint=f"expected a file: {path}")

    def write(self, name: str, text: str) -> Path:
        """Writes an expected document for `--update`, and returns its path.

        An existing document is replaced. A new one goes into the folder of the feature's name, if
        there is one. Raises UsageError for documents of an installed suite, for shared documents,
        and if this run has written another text to the file: then two steps or rows expect
        different things of one document.
        """
        shared = suite_folder("fixtures") / "shared"
        try:
            path = self.find(name)
        except MissingDocument:
            path = _below(self._folder, name)
        if "_suite" in path.parts or path.is_relative_to(shared):
            raise UsageError(f"--update does not write {path}: it is not this feature's own")
        if _WRITTEN.setdefault(path.resolve(), text) != text:
            hint = "give this step, or row, a document of its own"
            raise UsageError(f"--update has already written another text to {path}", hint=hint)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"--update cannot write {path}: {error.strerror}") from error
        load_expected.cache_clear()
        return path

    @property
    def _folder(self) -> Path:
        """The folder for a new file: the one with the feature's name, if it exists."""
        *_, last, _ = self.folders
        return last if last.is_dir() or len(self.folders) == 2 else self.folders[0]

    def manifests(self, name: str) -> list[Obj]:
        """Returns the manifests of a file. Raises DocumentError if it is missing or wrong."""
        return documents.load_manifests(self.find(name))

    def manifest(self, name: str) -> Obj:
        """Returns the only manifest of a file. Raises FeatureError if it has several."""
        found = self.manifests(name)
        if len(found) != 1:
            hint = "a step that changes a manifest needs a file with exactly one"
            raise FeatureError(f"{name} has {len(found)} manifests", hint=hint)
        return found[0]

    def document(self, name: str) -> Any:
        """Returns an expected document.

        Raises DocumentError if it is missing, or names a field that the schema does not have.
        """
        return load_expected(self.find(name))

    def problems(self, name: str, where: str, *, expected: bool) -> list[DocumentError]:
        """Returns the mistakes in a file, or that it is missing.

        `where` is the line of the feature that names it. `expected` says that the file is an
        expected document and not a manifest.
        """
        try:
            path = self.find(name)
        except DocumentError as error:
            return [type(error)(f"{where}: {error.message}", hint=error.hint)]
        found = file_problems(path, expected=expected)
        named = f"named in {where}"
        hints = [f"{error.hint}; {named}" if error.hint else named for error in found]
        return [DocumentError(e.message, hint=hint) for e, hint in zip(found, hints, strict=True)]


def _below(folder: Path, name: str) -> Path:
    """Returns the path of the file. Raises DocumentError for one outside of the folder.

    A feature may come from somebody else, so it reads no other files of the user's.
    """
    path = folder / name
    try:
        inside = path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError) as error:  # links that lead to one another
        raise DocumentError(f"{name!r} cannot be read: {error}") from error
    if not inside:
        hint = f"put it into {folder}, and name it by its path there"
        raise DocumentError(f"the file {name!r} is outside of the feature's folder", hint=hint)
    return path


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError as error:  # a name that is too long
        raise DocumentError(f"{str(path)!r} cannot be read: {error.strerror}") from error


@cache
def file_problems(path: Path, *, expected: bool = False) -> tuple[DocumentError, ...]:
    """Returns all mistakes in a file.

    The file is read as an expected document if `expected` or its name says so, else as manifests.
    """
    if expected or path.name.endswith(EXPECTED):
        return tuple(documents.document_problems(path, schema_for(path)))
    return tuple(documents.manifest_problems(path, schema_of))


@cache
def load_expected(path: Path) -> Any:
    """Returns an expected document whose fields were checked against the schema."""
    return documents.load_document(path, schema=schema_for(path))
