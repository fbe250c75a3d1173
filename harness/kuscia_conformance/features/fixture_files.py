"""Where the files that a feature names are: fixtures to apply, documents to expect.

For `features/<area>/<name>.feature` they lie in `fixtures/<area>/<name>/`; a feature anywhere
else has them beside itself, or in a folder of its name beside it. What several
features share is in `fixtures/shared/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kuscia_conformance import documents
from kuscia_conformance.errors import DocumentError, FeatureError, MissingDocument, UsageError
from kuscia_conformance.features.folders import (
    suite_folder,
)
from kuscia_conformance.kube.objects import Obj

#: Expected documents by the end of their names: of a task's status, and of whole objects.
STATUS, POD = ".status.yaml", ".pod.yaml"
GROUP, RESOURCE = ".group.yaml", ".resource.yaml"
EXPECTED = (STATUS, POD, GROUP, RESOURCE)
#: What `--update` has written in this run.
_WRITTEN: dict[Path, str] = {}


@dataclass(frozen=True)
class FixtureFiles:
    """The files of one feature."""

    feature: Path

    @property
    def folders(self) -> tuple[Path, ...]:
        features, fixtures = suite_folder("features").resolve(), suite_folder("fixtures")
        path = self.feature.resolve()
        own: tuple[Path, ...] = (path.parent, path.with_suffix(""))
        if path.is_relative_to(features):
            own = (fixtures / path.relative_to(features).with_suffix(""),)
        return (*own, fixtures / "shared")

    def find(self, name: str) -> Path:
        """The file of that name. DocumentError, with the places looked at, if there is none."""
        for folder in self.folders:
            if (folder / name).is_file():
                return folder / name
        looked = ", ".join(str(folder) for folder in self.folders)
        raise MissingDocument(f"there is no file {name!r}", hint=f"looked in {looked}")

    def write(self, name: str, text: str) -> Path:
        """Write an expected document where it is, or would be, looked for first.

        UsageError for the documents that came with an installed suite, for shared ones, and if
        this run has written another text to it: two steps or rows cannot both be met.
        """
        shared = suite_folder("fixtures") / "shared"
        try:
            path = self.find(name)
        except MissingDocument:
            path = self._folder / name
        if "_suite" in path.parts or path.is_relative_to(shared):
            raise UsageError(f"--update does not write {path}: it is not this feature's own")
        if _WRITTEN.setdefault(path.resolve(), text) != text:
            hint = "give this step, or row, a document of its own"
            raise UsageError(f"--update has already written {path}, otherwise", hint=hint)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        except OSError as error:
            raise UsageError(f"--update cannot write {path}: {error.strerror}") from error
        load_expected.cache_clear()
        return path

    @property
    def _folder(self) -> Path:
        """Where a new file belongs: in the folder of the feature's name, if there is one."""
        *_, last, _ = self.folders
        return last if last.is_dir() or len(self.folders) == 2 else self.folders[0]

    def manifests(self, name: str) -> list[Obj]:
        return documents.load_manifests(self.find(name))

    def manifest(self, name: str) -> Obj:
        """The one manifest of a file. FeatureError if it has several."""
        found = self.manifests(name)
        if len(found) != 1:
            hint = "a change is of one: give it a file of its own"
            raise FeatureError(f"{name} has {len(found)} manifests", hint=hint)
        return found[0]

    def document(self, name: str) -> Any:
        """An expected document; every path has to be in the schema of what it is about."""
        return load_expected(self.find(name))

    def problems(self, name: str, where: str, *, expected: bool) -> list[DocumentError]:
        """What is wrong with a file that is named at a place of the feature; missing, too.

        It is `expected` where something has to match it, else applied.
        """
        try:
            found = file_problems(self.find(name), expected=expected)
        except MissingDocument as error:
            return [MissingDocument(f"{where}: {error.message}", hint=error.hint)]
        named = f"named in {where}"
        hints = [f"{error.hint}; {named}" if error.hint else named for error in found]
        return [DocumentError(e.message, hint=hint) for e, hint in zip(found, hints, strict=True)]


@cache
def file_problems(path: Path, *, expected: bool = False) -> tuple[DocumentError, ...]:
    """All that is wrong with a file: an expected document, if its name says so, or a manifest."""
    if expected or path.name.endswith(EXPECTED):
        return tuple(documents.document_problems(path, schema_for(path)))
    try:
        documents.load_manifests(path)
    except DocumentError as error:
        return (error,)
    return ()


@cache
def load_expected(path: Path) -> Any:
    """An expected document, its paths checked against the definition's schema."""
    return documents.load_document(path, schema=schema_for(path))


def schema_for(path: Path) -> Obj | None:
    """The schema of what an expected document is about, by its name; None where we have none."""
    if path.name.endswith(STATUS):
        return status_schema()
    if path.name.endswith(GROUP):
        return object_schema("taskresourcegroups")
    return object_schema("taskresources") if path.name.endswith(RESOURCE) else None


@cache
def status_schema() -> Obj:
    """The schema of a KusciaTask's status, from our own definition of it."""
    schema: Obj = object_schema("kusciatasks")["properties"]["status"]
    return schema


@cache
def object_schema(plural: str) -> Obj:
    """The schema of a whole object, from our own definition of it; its metadata may be anything."""
    [definition] = documents.load_manifests(suite_folder("fixtures") / "crds" / f"{plural}.yaml")
    schema: Obj = definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    properties = {**schema["properties"], "metadata": {}}
    return {**schema, "title": definition["spec"]["names"]["kind"], "properties": properties}
