"""Keeps what came of each mutant, sorts the checks for the next one, and prints the table."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import yaml

from tests.mutation.forks import KILLED, STOPPED, SURVIVED, Finding
from tests.mutation.guards import miniature_kills
from tests.mutation.mutants import Mutant

HERE = Path(__file__).parent
#: Why survivors are no fault of the checks, by the id of the mutant: `same` for one that does what
#: the original does, `free` for one that does what the requirements leave open.
SURVIVORS = HERE / "survivors.yaml"


@dataclass
class Results:
    """The findings of a file, one JSON document in each line."""

    path: Path
    findings: dict[str, Finding] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Results:
        """Returns the findings of a file, none if it does not exist."""
        lines = path.read_text().splitlines() if path.exists() else []
        findings = (Finding(**json.loads(line)) for line in lines)
        return cls(path, {each.mutant: each for each in findings})

    def add(self, finding: Finding) -> None:
        """Appends a finding to the file, so that a run that is ended can go on."""
        self.findings[finding.mutant] = finding
        with self.path.open("a") as file:
            file.write(json.dumps(asdict(finding), ensure_ascii=False) + "\n")


@dataclass
class Likely:
    """Sorts checks by how many mutants and miniatures they failed, those of the same file first."""

    by_file: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Likely:
        likely = cls()
        for path, kill in miniature_kills():
            likely.by_file[path][kill.check] += 1
        for finding in findings:
            likely.learn(finding)
        return likely

    def learn(self, finding: Finding) -> None:
        path = finding.mutant.split(" ")[0]
        self.by_file[path].update(finding.checks)

    def order(self, mutant: Mutant, checks: Sequence[str]) -> list[str]:
        """Returns the checks, the most likely to fail first; equals stay in their order."""
        here = self.by_file[mutant.path]
        everywhere = sum(self.by_file.values(), Counter[str]())
        return sorted(checks, key=lambda check: (-here[check], -everywhere[check]))


def explained() -> Mapping[str, str]:
    """Returns why each mutant of `survivors.yaml` survives: `same: …` or `free: …`."""
    if not SURVIVORS.exists():
        return {}
    return dict(yaml.safe_load(SURVIVORS.read_text()) or {})


def disagreements(findings: Iterable[Finding]) -> list[str]:
    """Returns the mutants that survive without a reason, or are killed though they have one."""
    reasons = explained()
    lines = []
    for each in findings:
        if each.outcome != KILLED and each.mutant not in reasons:
            lines.append(f"{each.outcome}: {each.mutant}")
        elif each.outcome == KILLED and each.mutant in reasons:
            lines.append(
                f"{SURVIVORS.name} explains a mutant that {each.checks[0]} kills: {each.mutant}"
            )
    return lines


def table(findings: Iterable[Finding]) -> str:
    """Returns, for each file and in sum, how many mutants were killed and how many survived."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    reasons = explained()
    for finding in findings:
        word = "explained" if _is_explained(finding, reasons) else finding.outcome
        for row in (finding.mutant.split(" ")[0], "all"):
            counts[row][word] += 1
    head = (
        "| module | mutants | killed | stopped | survived | explained |\n|---|---|---|---|---|---|"
    )
    rows = sorted(counts, key=lambda row: (row == "all", row))
    return "\n".join([head, *(_row(row, counts[row]) for row in rows)])


def _is_explained(finding: Finding, reasons: Mapping[str, str]) -> bool:
    return finding.outcome != KILLED and finding.mutant in reasons


def _row(name: str, count: Counter[str]) -> str:
    words = (KILLED, STOPPED, SURVIVED, "explained")
    cells = (name, sum(count.values()), *(count[word] for word in words))
    return f"| {' | '.join(map(str, cells))} |"
