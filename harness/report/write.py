"""The report: `report.yaml`, first shape. JUnit is pytest's own; events are written as they end."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from harness import __version__
from harness.checks import requirements, strength
from harness.errors import UsageError
from harness.report.outcome import Result
from harness.report.verdict import judge

if TYPE_CHECKING:
    from harness.run import Run

REPORT = "report.yaml"
#: What a run writes into its folder; nothing else in it is ever touched.
OURS = (REPORT, "junit.xml", "controller*.log", "checks")


def prepare_folder(out: Path) -> None:
    """Empty the folder of an older run; UsageError if it holds anything that is not a run's."""
    if not out.exists():
        return
    if not out.is_dir():
        raise UsageError(f"--out {out}: this is a file", hint="name a folder")
    foreign = sorted(path.name for path in out.iterdir() if not any(map(path.match, OURS)))
    if foreign:
        raise UsageError(
            f"--out {out}: holds {foreign[0]!r}, which no run of ours has written",
            hint="name another folder, or empty this one",
        )
    for path in out.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def write_report(run: Run) -> None:
    run.out.mkdir(parents=True, exist_ok=True)
    text = yaml.dump(report_of(run), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    (run.out / REPORT).write_text(text)


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as they are."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return dumper.represent_scalar("tag:yaml.org,2002:str", lines if style else text, style=style)


_Dumper.add_representer(str, _text)


def report_of(run: Run) -> dict[str, Any]:
    results = sorted(
        run.results.values(), key=lambda result: (result.check.feature, result.check.line)
    )
    verdict = judge(results, interrupted=run.interrupted, partial=run.partial)
    return {
        "apiVersion": "conformance.kuscia.secretflow/v1alpha1",
        "kind": "ConformanceReport",
        "date": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "suite": {"name": "kuscia-conformance", "version": __version__},
        "cluster": _cluster(run),
        "controller": ", ".join(run.settings.controller),
        "verdict": str(verdict),
        "counts": dict(Counter(result.outcome for result in results)),
        "requirements": _requirements(results),
        "checks": [_check(result) for result in results],
    }


def _cluster(run: Run) -> dict[str, Any] | None:
    """None where there has never been one."""
    if run.described:
        return {"name": run.described.cluster, "can": list(run.described.can)}
    if run.settings.virtual and run.results:  # each worker had its own
        from harness import virtual

        return {"name": virtual.NAME, "can": list(virtual.CAN)}
    return None


def _requirements(results: list[Result]) -> dict[str, Any]:
    covered = sorted({name for result in results for name in result.check.requirements})
    return {
        name: {
            "strength": requirements()[name].strength,
            "outcomes": {r.check.id: r.outcome for r in results if name in r.check.requirements},
        }
        for name in covered
    }


def _check(result: Result) -> dict[str, Any]:
    check = result.check
    entry = {
        "id": check.id,
        "feature": f"{check.feature}:{check.line}",
        "title": check.title,
        "requirements": list(check.requirements),
        "strength": strength(check),
        "level": check.level,
        "outcome": result.outcome,
        "reason": result.reason,
        "seconds": round(result.seconds, 2),
        "text": result.text,
    }
    return {name: value for name, value in entry.items() if value not in ("", [])}
