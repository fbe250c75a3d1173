"""Writes `features/guards.yaml`: for each requirement the wrong controllers that fail its checks.

A wrong controller is a miniature, whose patch names its check and its requirement, or a mutant that
a check has killed while it blamed one requirement. Mutants fill up what miniatures leave: each
requirement is to have two.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from kuscia_conformance.features.checks import requirements
from kuscia_conformance.lint.guards import Guard, guards, guards_file
from tests.mutation.forks import KILLED, Finding
from tests.mutation.mutants import ROOT

#: How many wrong controllers each requirement is to have.
ENOUGH = 2
MINIATURES = ROOT / "tests" / "miniatures"
TABLE = Path(__file__).parent / "README.md"
_HEAD = "# For each requirement its checks, and wrong controllers that fail them: miniatures, and\n\
# mutants of the reference controller. Written by `python -m tests.mutation --guards`.\n"


@dataclass(frozen=True, order=True)
class Kill:
    """A wrong controller that fails a check, which blames the requirement for it."""

    requirement: str
    check: str
    name: str

    @property
    def is_mutant(self) -> bool:
        """Whether the controller is generated; the name of a miniature has no spaces."""
        return " " in self.name


def miniature_kills() -> Iterator[tuple[str, Kill]]:
    """Yields the changed file of each miniature, with the check and requirement that it names."""
    pattern = re.compile(r"^Fails: (\S+)$\s^Requirement: (\S+)$.*?^--- a/\w+/(\S+)$", re.M | re.S)
    for path in sorted(MINIATURES.glob("*.patch")):
        if found := pattern.search(path.read_text()):
            yield found[3], Kill(found[2], found[1], path.stem)


def written() -> list[Kill]:
    """Returns what the file says."""
    rows: Iterable[Guard] = guards() if guards_file().exists() else ()
    return [Kill(row.requirement, row.check, name) for row in rows for name in row.wrong]


def kills_of(finding: Finding) -> list[Kill]:
    """Returns what a finding adds: a kill if one check has blamed one requirement."""
    if finding.outcome != KILLED or len(finding.checks) != 1 or len(finding.requirements) != 1:
        return []
    return [Kill(finding.requirements[0], finding.checks[0], finding.mutant)]


def chosen(findings: Iterable[Finding], mutants: Collection[str]) -> list[Kill]:
    """Returns all miniatures, and mutants of today for requirements with fewer than `ENOUGH`."""
    kills = [kill for _, kill in miniature_kills()]
    found = [*written(), *(kill for finding in findings for kill in kills_of(finding))]
    count = counted(kills)
    for kill in found:
        if kill.name in mutants and kill not in kills and count[kill.requirement] < ENOUGH:
            kills.append(kill)
            count[kill.requirement] += 1
    return sorted(kills)


def counted(kills: Iterable[Kill]) -> dict[str, int]:
    """Returns how many different wrong controllers break each requirement."""
    names: dict[str, set[str]] = defaultdict(set)
    for kill in kills:
        names[kill.requirement].add(kill.name)
    return defaultdict(int, {name: len(each) for name, each in names.items()})


def thin(kills: Iterable[Kill]) -> list[str]:
    """Returns the requirements that need a guard and have fewer than `ENOUGH` wrong controllers."""
    count = counted(kills)
    needed = (each for each in requirements().values() if each.strength != "MAY")
    return [each.id for each in needed if not each.planned and count[each.id] < ENOUGH]


def write(kills: Sequence[Kill]) -> None:
    """Writes the file and the table."""
    guards_file().write_text(text(kills), encoding="utf-8")
    guards.cache_clear()
    intro = TABLE.read_text(encoding="utf-8").partition("\n| ")[0]
    TABLE.write_text(f"{intro}\n{table(kills)}", encoding="utf-8")


def text(kills: Iterable[Kill]) -> str:
    """Returns the file's text."""
    return _HEAD + yaml.safe_dump(_nested(kills), width=10_000, allow_unicode=True, sort_keys=False)


def table(kills: Iterable[Kill]) -> str:
    """Returns the table of requirements, checks, and how many wrong controllers fail each."""
    rows = ["| requirement | checks, and how many wrong controllers fail them |", "|---|---|"]
    for requirement, checks in _nested(kills).items():
        cells = ", ".join(f"`{check}` {len(names)}" for check, names in checks.items())
        rows.append(f"| {requirement} | {cells} |")
    return "\n".join(rows) + "\n"


def _nested(kills: Iterable[Kill]) -> Mapping[str, Mapping[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for kill in sorted(kills):
        found.setdefault(kill.requirement, {}).setdefault(kill.check, []).append(kill.name)
    return found
