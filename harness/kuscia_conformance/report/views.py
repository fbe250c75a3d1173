"""Writes the files for readers, `report.yaml` and `junit.xml`, from the evidence of a run.

They are views: one that cannot be written changes no verdict, and the caller says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import yaml

from kuscia_conformance.evidence.files import complete
from kuscia_conformance.evidence.run import Evidence
from kuscia_conformance.report.document import report_of
from kuscia_conformance.report.folder import JUNIT, REPORT
from kuscia_conformance.report.junit import write_junit


def write_views(out: Path, evidence: Evidence) -> dict[str, str]:
    """Writes the views into the results folder.

    Returns, by the name of the file, a text for each view that could not be written.
    """
    tried = {name: _tried(out / name, VIEWS[name], evidence) for name in VIEWS}
    return {name: text for name, text in tried.items() if text}


def write_report(path: Path, evidence: Evidence) -> None:
    """Writes `report.yaml`. Raises OSError if that is not possible."""
    text = yaml.dump(
        report_of(evidence), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100
    )
    path.write_text(text, encoding="utf-8")


#: The files, with the functions that write them.
VIEWS: Mapping[str, Callable[[Path, Evidence], None]] = {REPORT: write_report, JUNIT: write_junit}


def _tried(path: Path, write: Callable[[Path, Evidence], None], evidence: Evidence) -> str:
    try:
        with complete(path) as unfinished:
            write(unfinished, evidence)
    except Exception as error:  # noqa: BLE001 - whatever fails here must not hide the verdict
        return f"{path} could not be written: {error}"
    return ""


class _Dumper(yaml.SafeDumper):
    """A YAML dumper that writes texts of several lines as blocks, and no anchors."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return dumper.represent_scalar("tag:yaml.org,2002:str", lines if style else text, style=style)


_Dumper.add_representer(str, _text)
