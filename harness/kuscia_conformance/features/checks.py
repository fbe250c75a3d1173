"""What a check is: a scenario or an outline's row, and what its tags say of it.

Tags: `@id:NAME` (unique, never reused), `@req:SC-02` (what it covers), a level (`@core`,
`@extended:FEATURE`, `@provisional`), `@needs:CAPABILITY`, `@exclusive`. The requirements
themselves are data, in `features/requirements.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from kuscia_conformance.errors import FeatureError
from kuscia_conformance.features.folders import (
    suite_folder,
)
from kuscia_conformance.kube.yaml import read_own


@dataclass(frozen=True)
class Requirement:
    """One promise of an implementation; only a MUST decides conformance."""

    id: str
    strength: str
    text: str
    source: str
    #: Whether its checks are still to be written.
    planned: bool = False


@dataclass(frozen=True)
class Check:
    """One scenario, or one row of an outline."""

    id: str
    feature: str
    line: int
    title: str
    requirements: tuple[str, ...]
    level: str = "core"
    needs: frozenset[str] = frozenset()
    exclusive: bool = False

    @property
    def alone(self) -> bool:
        """Whether it cannot run beside others: plain names, or the controller is killed."""
        return self.exclusive or "faults" in self.needs

    @property
    def area(self) -> str:
        return self.feature.rpartition("/")[0]

    @property
    def names(self) -> tuple[str, ...]:
        """All the words by which a user may select it."""
        scenario = self.id.partition("#")[0]
        stem = self.feature.removesuffix(".feature")
        return (self.id, scenario, self.area, self.feature, stem, *self.requirements)

    def is_named(self, patterns: Iterable[str]) -> bool:
        return any(fnmatchcase(name, pattern) for pattern in patterns for name in self.names)


@cache
def requirements() -> dict[str, Requirement]:
    """The catalogue, by id."""
    [rows] = read_own(suite_folder("features") / "requirements.yaml")
    return {row["id"]: Requirement(**row) for row in rows}


def strength(check: Check) -> str:
    """MUST if any of its requirements is one; the strength of an unknown one is not known."""
    found = {requirements()[name].strength for name in check.requirements if name in requirements()}
    return next((word for word in ("MUST", "SHOULD", "MAY") if word in found), "")


def check_from_tags(
    tags: Iterable[str], *, feature: Path, line: int, title: str, row: str | None = None
) -> Check:
    """The check that a scenario's tags describe. FeatureError unless they have one id.

    Whatever else may be wrong with them, `tag_problems` tells.
    """
    values = _Tags(tags)
    for problem in _id_problems(values, f"{feature}:{line}", title):
        raise problem
    levels = [f"extended:{name}" for name in values.of("extended")]
    levels += [word for word in ("provisional", "core") if word in values.plain]
    return Check(
        id=values.of("id")[0] + (f"#{row}" if row is not None else ""),
        feature=_relative(feature),
        line=line,
        title=title,
        requirements=tuple(sorted(values.of("req"))),
        level=levels[0] if levels else "core",
        needs=frozenset(values.of("needs")),
        exclusive="exclusive" in values.plain,
    )


def tag_problems(tags: Iterable[str], where: str, title: str) -> Iterator[FeatureError]:
    """What is wrong with a scenario's tags; `where` is its place, for the messages."""
    values = _Tags(tags)
    yield from _id_problems(values, where, title)
    yield from _unknown_tags(values, where)


class _Tags:
    """Tags as `word` or `word:value`."""

    def __init__(self, tags: Iterable[str]) -> None:
        pairs = [tag.partition(":") for tag in tags]
        self.plain = {word for word, colon, _ in pairs if not colon}
        self.pairs = [(word, value) for word, colon, value in pairs if colon]

    def of(self, word: str) -> list[str]:
        return [value for found, value in self.pairs if found == word]


_PAIRS = frozenset({"id", "req", "extended", "needs"})
PLAIN_TAGS = frozenset({"core", "provisional", "exclusive"})
CAPABILITIES = frozenset({"real-pods", "simulated-nodes", "exec", "virtual-clock", "faults"})


def _id_problems(tags: _Tags, where: str, title: str) -> Iterator[FeatureError]:
    ids = tags.of("id")
    if len(ids) != 1:
        found = "none" if not ids else ", ".join(sorted(ids))
        text = f"{where}: scenario {title!r} needs one @id tag, found {found}"
        yield FeatureError(text, hint='give each scenario one, as in "@id:run-pod-fails"')


def _unknown_tags(tags: _Tags, where: str) -> Iterator[FeatureError]:
    unknown = [f"@{word}:{value}" for word, value in tags.pairs if word not in _PAIRS]
    unknown += [f"@{word}" for word in tags.plain - PLAIN_TAGS]
    unknown += [f"@needs:{value}" for value in tags.of("needs") if value not in CAPABILITIES]
    unknown += [f"@req:{value}" for value in tags.of("req") if value not in requirements()]
    if unknown:
        yield FeatureError(
            f"{where}: unknown tags: {', '.join(sorted(unknown))}",
            hint="valid: @id: @req: @core @extended: @provisional @exclusive @needs:"
            + "|".join(sorted(CAPABILITIES)),
        )


def _relative(feature: Path) -> str:
    """As `area/name.feature` below our own features, else the file's name alone."""
    own = suite_folder("features").resolve()
    path = feature.resolve()
    return path.relative_to(own).as_posix() if path.is_relative_to(own) else path.name
