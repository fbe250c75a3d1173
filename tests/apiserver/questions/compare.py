"""Finds differences between answers, and removes those that `differences.yaml` lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from deepdiff import DeepDiff

from kuscia_conformance.kube.objects import Obj
from tests.apiserver.questions.files import Difference


@dataclass(frozen=True)
class Found:
    """A path at which two answers differ, with both values."""

    path: str
    expected: Any
    actual: Any

    def __str__(self) -> str:
        return f"{self.path}\n    real:   {self.expected!r}\n    actual: {self.actual!r}"


def compare(expected: Sequence[Obj], actual: Sequence[Obj]) -> list[Found]:
    """Returns the differences sorted by path, such as `1.body.metadata.name`."""
    tree = DeepDiff(
        list(expected), list(actual), view="tree", zip_ordered_iterables=True,
        threshold_to_diff_deeper=0,
    )  # fmt: skip
    found = [
        Found(".".join(str(key) for key in change.path(output_format="list")), change.t1, change.t2)
        for changes in tree.values()
        for change in changes
    ]
    return sorted(found, key=lambda each: each.path)


def complaints(name: str, found: Iterable[Found], known: Iterable[Difference]) -> list[str]:
    """Returns messages about unknown differences, and about listed ones that no longer occur.

    A listed difference covers every path below its own.
    """
    paths = {each.path for each in known if each.question == name}
    covering = [(each, {path for path in paths if _covers(path, each.path)}) for each in found]
    unknown = [str(each) for each, covers in covering if not covers]
    stale = sorted(paths.difference(*(covers for _, covers in covering)))
    return unknown + [
        f"{path}: differences.yaml lists it, and it does not differ" for path in stale
    ]


def _covers(above: str, path: str) -> bool:
    return path == above or path.startswith(f"{above}.")
