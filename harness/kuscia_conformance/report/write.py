"""Writes `report.yaml` (v1alpha1), and prepares the folder for it.

The other files of the folder come from elsewhere: pytest writes `junit.xml`, and each scenario
writes its events when it ends.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from kuscia_conformance import __version__
from kuscia_conformance.errors import UsageError
from kuscia_conformance.features.checks import requirements, strength
from kuscia_conformance.report.outcome import Result
from kuscia_conformance.report.verdict import judge

REPORT = "report.yaml"
#: The files that a run writes into its folder. Other files are never changed.
OURS = (REPORT, "junit.xml", "controller*.log", "checks")


def prepare_folder(out: Path) -> None:
    """Deletes the files of an older run from the folder.

    Raises UsageError if the path is a file, or if the folder has a file that no run writes.
    """
    if not out.exists():
        return
    if not out.is_dir():
        raise UsageError(f"--out {out}: this is a file", hint="name a folder")
    foreign = sorted(path.name for path in out.iterdir() if not any(map(path.match, OURS)))
    if foreign:
        raise UsageError(
            f"--out {out}: holds {foreign[0]!r}, which is not from a conformance run",
            hint="name another folder, or empty this one",
        )
    for path in out.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


@dataclass(frozen=True)
class Outcome:
    """The data for a report."""

    controller: str
    #: The name of the cluster and its capabilities; None if no cluster was started.
    cluster: tuple[str, Sequence[str]] | None
    results: Sequence[Result]
    interrupted: bool
    #: Whether the user asked for less than the whole suite.
    partial: bool


def write_report(out: Path, outcome: Outcome) -> None:
    """Writes `report.yaml` into the folder."""
    out.mkdir(parents=True, exist_ok=True)
    report = report_of(outcome)
    text = yaml.dump(report, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    (out / REPORT).write_text(text)


class _Dumper(yaml.SafeDumper):
    """A YAML dumper that writes texts of several lines as blocks."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return dumper.represent_scalar("tag:yaml.org,2002:str", lines if style else text, style=style)


_Dumper.add_representer(str, _text)


def report_of(outcome: Outcome) -> dict[str, Any]:
    """Returns the report as plain data, the checks in the order of the features."""
    results = sorted(outcome.results, key=lambda result: (result.check.feature, result.check.line))
    verdict = judge(results, interrupted=outcome.interrupted, partial=outcome.partial)
    name, can = outcome.cluster or ("", ())
    return {
        "apiVersion": "conformance.kuscia.secretflow/v1alpha1",
        "kind": "ConformanceReport",
        "date": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "suite": {"name": "kuscia-conformance", "version": __version__},
        "cluster": {"name": name, "can": list(can)} if outcome.cluster else None,
        "controller": outcome.controller,
        "verdict": str(verdict),
        "counts": dict(Counter(result.outcome for result in results)),
        "requirements": _requirements(results),
        "checks": [_check(result) for result in results],
    }


def _requirements(results: list[Result]) -> dict[str, Any]:
    covered = sorted({name for result in results for name in result.check.requirements})
    return {
        name: {
            "strength": requirements()[name].strength,
            "outcomes": {
                r.check.id: r.requirements.get(name, r.outcome)
                for r in results
                if name in r.check.requirements
            },
        }
        for name in covered
    }


def _check(result: Result) -> dict[str, Any]:
    check = result.check
    entry = {
        "id": check.id,
        "feature": f"{check.feature}:{check.line}",
        "title": check.title,
        "requirements": result.requirements or list(check.requirements),
        "strength": strength(check),
        "level": check.level,
        "outcome": result.outcome,
        "reason": result.reason,
        "seconds": round(result.seconds, 2),
        "text": result.text,
    }
    return {name: value for name, value in entry.items() if value not in ("", [])}
