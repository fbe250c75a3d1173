"""Checks and requirements. A check is a scenario, or one row of an outline, with its tags.

    tag                                        meaning
    @id:NAME                                   the name of the scenario; unique, never reused
    @req:SC-02a                                a requirement, or a clause, that the check covers
    @core, @extended:FEATURE or @provisional   the level: who has to pass the check
    @needs:CAPABILITY                          what the cluster must be able to do
    @exclusive                                 uses plain names, so it runs alone

The requirements are data, in `features/requirements.yaml`. Where a requirement promises several
things, each *clause* has a row of its own: SC-02a and SC-02b. Elsewhere a clause is a requirement.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from kuscia_conformance.errors import FeatureError, choice, similar
from kuscia_conformance.features.folders import (
    suite_folder,
)
from kuscia_conformance.kube.yaml import read_own


@dataclass(frozen=True)
class Requirement:
    """One promise of an implementation.

    `strength` is MUST, SHOULD or MAY. Only a MUST decides conformance.
    """

    id: str
    strength: str
    text: str
    source: str
    #: Whether its checks have not been written yet.
    planned: bool = False
    #: The patterns of what it owns: a mismatch there breaks this requirement (see `ownership`).
    owns: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Its own id, and that of the requirement whose clause it is."""
        return _names(self.id)

    def is_named(self, patterns: Iterable[str]) -> bool:
        """Returns whether one of the patterns, with `*` and `?`, fits one of the names."""
        return any(fnmatchcase(name, pattern) for pattern in patterns for name in self.names)


def _names(requirement: str) -> tuple[str, ...]:
    return requirement, requirement.rstrip("abcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True)
class Check:
    """One scenario, or one row of an outline (then its id ends in `#` and the row's id).

    `feature` is the path of the file below the suite's features, else the file's name. `level` is
    `core`, `provisional` or `extended:FEATURE`.
    """

    id: str
    feature: str
    line: int
    title: str
    requirements: tuple[str, ...]
    level: str = "core"
    needs: frozenset[str] = frozenset()
    exclusive: bool = False
    #: The standing rules that do not judge it, each with the reason.
    without: tuple[tuple[str, str], ...] = ()

    @property
    def optional(self) -> str:
        """The optional feature that the check is about; "" if it is about none."""
        return self.level.partition("extended:")[2]

    @property
    def alone(self) -> bool:
        """Whether the check must run alone.

        It does if it uses plain names, or if it may kill the controller or cut it off.
        """
        return self.exclusive or bool(FAULTS & self.needs)

    @property
    def area(self) -> str:
        """The folder of the feature, such as `schedule`."""
        return self.feature.rpartition("/")[0]

    @property
    def names(self) -> tuple[str, ...]:
        """All names by which a user may select the check: with `--only`, or in `list`."""
        scenario = self.id.partition("#")[0]
        stem = self.feature.removesuffix(".feature")
        required = (name for each in self.requirements for name in _names(each))
        return (self.id, scenario, self.area, self.feature, stem, *required)

    def is_named(self, patterns: Iterable[str]) -> bool:
        """Returns whether one of the patterns, with `*` and `?`, fits one of the names."""
        return any(fnmatchcase(name, pattern) for pattern in patterns for name in self.names)


@cache
def requirements() -> dict[str, Requirement]:
    """Returns the catalogue of requirements, by id."""
    [rows] = read_own(suite_folder("features") / "requirements.yaml")
    return {row["id"]: Requirement(**{**row, "owns": tuple(row.get("owns", ()))}) for row in rows}


def strength(check: Check) -> str:
    """Returns the strongest of MUST, SHOULD and MAY among the requirements of the check.

    Returns "" if it has none. Unknown requirements are ignored; `tag_problems` reports them.
    """
    found = {requirements()[name].strength for name in check.requirements if name in requirements()}
    return next((word for word in ("MUST", "SHOULD", "MAY") if word in found), "")


def check_from_tags(
    tags: Iterable[str], *, feature: Path, line: int, title: str, row: str | None = None
) -> Check:
    """Returns the check that the tags of a scenario describe.

    `row` is the id of the outline's row. Raises FeatureError unless there is exactly one `@id`.
    Other mistakes in tags are not looked for here; `tag_problems` reports them.
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
    """Yields the mistakes in a scenario's tags. Messages begin with `where`, its file and line."""
    values = _Tags(tags)
    yield from _id_problems(values, where, title)
    for tag in sorted(_unknown_tags(values)):
        yield FeatureError(f"{where}: unknown tag @{tag}", hint=_meant(tag))


#: What a name may not contain, as it has a meaning in paths, in `--only` and in pytest's names.
_RESERVED = "/\\:#*?[],<>"
#: The bytes that the names of a scenario and of its row may have: they become a folder's name.
_LONGEST = 100


def name_problems(name: str, where: str) -> Iterator[FeatureError]:
    """Yields what is wrong with the id of a scenario or a row; letters of any script are fine."""
    wrong = sorted({each for each in name if each in _RESERVED or not each.isprintable()})
    if wrong or not name or name.startswith("."):
        found = f" has {' '.join(map(ascii, wrong))}" if wrong else " is empty or begins with a dot"
        hint = f"use letters, digits and dashes; reserved: {' '.join(_RESERVED)}"
        yield FeatureError(f"{where}: the id {name[:_LONGEST]!r}{found}", hint=hint)
    elif not _is_file_name(name):
        text = f"{where}: the id {name!a} cannot be the name of a folder here"
        hint = f"the encoding of file names is {sys.getfilesystemencoding()}: set PYTHONUTF8=1"
        yield FeatureError(text, hint=hint)
    elif len(name.encode(errors="replace")) > _LONGEST:
        text = f"{where}: the id {name[:20]!r}… has more than {_LONGEST} bytes"
        yield FeatureError(text, hint="choose a shorter one: it becomes the name of a folder")


def _is_file_name(name: str) -> bool:
    try:
        return bool(os.fsencode(name))
    except UnicodeEncodeError:
        return False


class _Tags:
    """The tags of a scenario, split into words (`core`) and pairs (`id:run-pod-fails`)."""

    def __init__(self, tags: Iterable[str]) -> None:
        pairs = [tag.partition(":") for tag in tags]
        self.plain = {word for word, colon, _ in pairs if not colon}
        self.pairs = [(word, value) for word, colon, value in pairs if colon]

    def of(self, word: str) -> list[str]:
        return [value for found, value in self.pairs if found == word]


_PAIRS = frozenset({"id", "req", "extended", "needs", "without"})
PLAIN_TAGS = frozenset({"core", "provisional", "exclusive"})
#: What only a scenario that runs alone may use, because it concerns the controller as a whole.
FAULTS = frozenset({"faults", "watch-faults"})
CAPABILITIES = FAULTS | {"real-pods", "simulated-nodes", "exec", "virtual-clock"}


def _id_problems(tags: _Tags, where: str, title: str) -> Iterator[FeatureError]:
    ids = tags.of("id")
    if len(ids) != 1:
        found = "none" if not ids else ", ".join(sorted(ids))
        text = f"{where}: scenario {title!r} needs one @id tag, found {found}"
        yield FeatureError(text, hint="write one above the scenario, as in @id:run-pod-fails")
    else:
        yield from name_problems(ids[0], where)


def _unknown_tags(tags: _Tags) -> Iterator[str]:
    yield from (f"{word}:{value}" for word, value in tags.pairs if word not in _PAIRS)
    yield from tags.plain - PLAIN_TAGS
    yield from (f"needs:{value}" for value in tags.of("needs") if value not in CAPABILITIES)
    yield from (f"req:{value}" for value in tags.of("req") if value not in requirements())


def _meant(tag: str) -> str:
    """Returns a hint for an unknown tag: the tag that was meant, and all tags."""
    word, _, value = tag.partition(":")
    if word == "req":
        near = similar(value, requirements(), count=3)
        meant = f"did you mean {' or '.join(f'@req:{name}' for name in near)}? " if near else ""
        return f"{meant}`kuscia-conformance list --requirements` lists them"
    if word == "needs":
        return choice(f"@{tag}", [f"@needs:{name}" for name in sorted(CAPABILITIES)])
    known = [
        *(f"@{name}" for name in sorted(PLAIN_TAGS)),
        *(f"@{name}:" for name in sorted(_PAIRS)),
    ]
    return choice(f"@{word}:" if value else f"@{word}", known)


def _relative(feature: Path) -> str:
    """Returns `area/name.feature` for a feature of the suite, else only the file's name."""
    own = suite_folder("features").resolve()
    path = feature.resolve()
    return path.relative_to(own).as_posix() if path.is_relative_to(own) else path.name
