"""What has to hold of the suite as a whole: requirements have checks, files have users."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from harness.checks import Check, Requirement
from harness.errors import DocumentError, FeatureError
from harness.features import Case
from harness.settings import suite_folder
from harness.tasks import APP_IMAGE


def gaps(
    checks: Iterable[Check], requirements: Mapping[str, Requirement]
) -> Iterator[FeatureError]:
    """Requirements without a check, and a MUST that real pods alone can show."""
    checks = list(checks)
    for requirement in requirements.values():
        found = [check for check in checks if requirement.id in check.requirements]
        name = f"{_where(requirement)}: {requirement.id} ({requirement.strength})"
        if not found and requirement.strength != "MAY":
            hint = f"tag a scenario @req:{requirement.id}; it says: {requirement.text}"
            yield FeatureError(f"{name} has no check", hint=hint)
        elif requirement.strength == "MUST" and found and all(map(_needs_real_pods, found)):
            ids = ", ".join(check.id for check in found)
            hint = "a MUST has to be shown on every cluster: add a check without @needs:real-pods"
            yield FeatureError(f"{name} is covered with real pods only: {ids}", hint=hint)


def _needs_real_pods(check: Check) -> bool:
    return "real-pods" in check.needs


def _where(requirement: Requirement) -> str:
    path = suite_folder("features").resolve() / "requirements.yaml"
    lines = path.read_text().splitlines()
    row = f"- id: {requirement.id}"
    return f"{path}:{lines.index(row) + 1}" if row in lines else str(path)


def used_files(cases: Iterable[Case]) -> set[Path]:
    """The files that steps name, outlines filled in, as far as they are there."""
    return {path for case in cases for path in case.files.values()}


def unused(used: set[Path]) -> Iterator[DocumentError]:
    """Files of our fixtures that no step names."""
    features, fixtures = suite_folder("features").resolve(), suite_folder("fixtures").resolve()
    areas = [path.name for path in features.iterdir() if path.is_dir()]
    for area in sorted({*areas, "shared"}):
        for path in sorted((fixtures / area).rglob("*.y*ml")):
            # What tasks without a manifest run is applied without a feature naming it.
            if path not in used and path.stem != APP_IMAGE:
                feature = path.parent.relative_to(fixtures).with_suffix(".feature")
                hint = f"delete it, or name it in features/{feature}"
                yield DocumentError(f"{path}:1: no step uses this file", hint=hint)
