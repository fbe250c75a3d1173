"""Rules for the suite as a whole: every requirement has a check, every file is used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from kuscia_conformance.errors import DocumentError, FeatureError
from kuscia_conformance.features.checks import Check, Requirement, requirements
from kuscia_conformance.features.folders import (
    suite_folder,
)
from kuscia_conformance.features.reader import Case, cases_in, is_ours, suite_features
from kuscia_conformance.features.rules import FILE, rules
from kuscia_conformance.features.schemas import EXPECTED
from kuscia_conformance.features.tasks import APP_IMAGE


def gaps(
    checks: Iterable[Check], requirements: Mapping[str, Requirement]
) -> Iterator[FeatureError]:
    """Yields an error for each requirement that is not covered as it should be.

    Each MUST and SHOULD needs a check, unless it is marked as planned. Each MUST needs a check that
    decides in every run: a core check that needs no real pods.
    """
    checks = list(checks)
    for requirement in requirements.values():
        found = [check for check in checks if requirement.id in check.requirements]
        name = f"{place_of(requirement)}: {requirement.id} ({requirement.strength})"
        if found and requirement.planned:
            hint = "delete the key `planned` of the requirement"
            yield FeatureError(f"{name} is marked as planned, but has checks", hint=hint)
        elif not found and not requirement.planned and requirement.strength != "MAY":
            hint = f"tag a scenario @req:{requirement.id}; it says: {requirement.text}"
            yield FeatureError(f"{name} has no check", hint=hint)
        elif requirement.strength == "MUST" and found and not any(map(_always_decides, found)):
            ids = ", ".join(check.id for check in found)
            hint = "add a @core check without @needs:real-pods, which decides in every run"
            text = f"{name} is covered only with real pods, or by checks that do not decide: {ids}"
            yield FeatureError(text, hint=hint)


def _always_decides(check: Check) -> bool:
    return check.level == "core" and check.needs.isdisjoint({"real-pods", "exec"})


def repeated() -> Iterator[FeatureError]:
    """Yields an error for each id that two requirements share: the last one would win."""
    for name, lines in _lines().items():
        for line in lines[1:]:
            text = f"{_catalogue()}:{line}: {name} exists already, in line {lines[0]}"
            yield FeatureError(text, hint="give each requirement an id of its own")


def of_rules() -> Iterator[FeatureError]:
    """Yields an error for each standing rule that not exactly one clause owns, and vice versa."""
    known = {rule.subject for rule in rules().values()}
    for rule in rules().values():
        if len(rule.owners) != 1:
            who = " and ".join(rule.owners) or "no clause"
            text = f"{_rules()}:{rule.line}: {rule.name!r} is owned by {who}"
            yield FeatureError(text, hint=f"write {rule.subject!r} into the owns of one clause")
    for requirement in requirements().values():
        for pattern in requirement.owns:
            if pattern.startswith("rules[") and pattern not in known:
                what = f"{requirement.id} owns {pattern!r}, which is no rule"
                hint = f"valid names are in {_rules()}"
                yield FeatureError(f"{place_of(requirement)}: {what}", hint=hint)


def _rules() -> Path:
    return suite_folder("features").resolve() / FILE


def place_of(requirement: Requirement) -> str:
    """Returns the file and the line of a requirement in the catalogue, for messages."""
    lines = _lines()[requirement.id]
    return f"{_catalogue()}:{lines[0]}" if lines else f"{_catalogue()}"


def _catalogue() -> Path:
    return suite_folder("features").resolve() / "requirements.yaml"


def _lines() -> defaultdict[str, list[int]]:
    """Returns the line numbers of each requirement in the catalogue, by id."""
    found = defaultdict(list)
    for number, line in enumerate(_catalogue().read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("- id: "):
            found[line.removeprefix("- id: ").strip()].append(number)
    return found


def used_files(cases: Iterable[Case]) -> set[Path]:
    """Returns the existing files that the steps of the cases name."""
    return {path for case in cases for path in case.files.values()}


def unused(used: set[Path]) -> Iterator[DocumentError]:
    """Yields an error for each file in the suite's fixtures that no step names."""
    features, fixtures = suite_folder("features").resolve(), suite_folder("fixtures").resolve()
    areas = [path.name for path in features.iterdir() if path.is_dir()]
    for area in sorted({*areas, "shared"}):
        for path in sorted((fixtures / area).rglob("*.y*ml")):
            # The AppImage of tasks without a manifest is applied without a step that names it.
            if path not in used and path.stem != APP_IMAGE:
                feature = path.parent.relative_to(fixtures).with_suffix(".feature")
                hint = f"delete it, or name it in features/{feature}"
                yield DocumentError(f"{path}:1: no step uses this file", hint=hint)


def taken_ids(cases: Iterable[Case]) -> Iterator[FeatureError]:
    """Yields an error for each id of an author's own checks that a check of the suite has."""
    ours = (case for path in suite_features() for case in cases_in(path))
    first = {case.check.id.partition("#")[0]: case for case in ours}
    for case in cases:
        name = case.check.id.partition("#")[0]
        if name in first and not is_ours(case.path):
            text = f"{case.where}: the suite has a check @id:{name} already, in {first[name].where}"
            yield FeatureError(text, hint="choose another id, such as one that begins with mine-")


def orphans(features: Iterable[Path], used: set[Path]) -> Iterator[DocumentError]:
    """Yields an error for each expected document that no step of its author's feature names.

    They are looked for in the folder of the feature's name, because others may share its own.
    """
    for feature in features:
        folder = feature.resolve().with_suffix("")
        found = (path for ending in EXPECTED for path in sorted(folder.rglob(f"*{ending}")))
        for path in found:
            if path.is_file() and path not in used and not is_ours(feature):
                hint = f"delete it, or name it in {feature.name}"
                yield DocumentError(f"{path}:1: no step uses this file", hint=hint)
