"""Reads which outcome each check of a run had, from the results folder."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from kuscia_conformance.environment.settings import exists
from kuscia_conformance.errors import NotRecorded, UsageError
from kuscia_conformance.evidence.files import folder_of
from kuscia_conformance.evidence.lines import lines_of
from kuscia_conformance.evidence.plan import PlannedCheck
from kuscia_conformance.evidence.record import STEPS
from kuscia_conformance.evidence.results import Result, read_result
from kuscia_conformance.evidence.run import Evidence
from kuscia_conformance.features.catalogue import like
from kuscia_conformance.features.checks import Check
from kuscia_conformance.features.folders import suite_folder

#: The word for a planned check without a result.
NOT_RUN = "not run"


@dataclass(frozen=True)
class Outcome:
    """The outcome of a check as the run reported it."""

    check: Check
    outcome: str
    text: str = ""
    #: pass, fail or undecided, for each requirement that the check claims.
    requirements: Mapping[str, str] = field(default_factory=dict)


def recorded_outcomes(results: Path) -> list[Outcome]:
    """Returns the outcomes in the order of the plan.

    Raises UsageError if the folder has no plan, or if one of its files is damaged.
    """
    evidence = Evidence.read(results)
    if evidence.plan is None:
        why = [failure.text for failure in evidence.ending.failures]
        raise UsageError("\n".join(why) or f"{results}: the run ended before its first check")
    return [_outcome(planned, _result(results, planned.check)) for planned in evidence.plan.checks]


def _result(results: Path, check: Check) -> Result | None:
    """Returns the result, also if its steps are damaged: the replay says of what kind this is."""
    with suppress(UsageError):
        return read_result(results, check)
    return None


def _outcome(planned: PlannedCheck, result: Result | None) -> Outcome:
    if not planned.applies:
        return Outcome(planned.check, "skip")
    if result is None or result.outcome == "skip":
        return Outcome(planned.check, NOT_RUN)
    return Outcome(planned.check, result.outcome, result.text, result.requirements)


def chosen(outcomes: Sequence[Outcome], only: Sequence[str]) -> list[Outcome]:
    """Returns the outcomes of the checks that a pattern names; without patterns, all.

    Raises UsageError for a pattern that names no check of the run.
    """
    for pattern in only:
        if not any(each.check.is_named([pattern]) for each in outcomes):
            names = {name for outcome in outcomes for name in outcome.check.names}
            text = f"--only {pattern}: the run has no check of this name"
            raise UsageError(text, hint=like(pattern, names))
    return [each for each in outcomes if not only or each.check.is_named(only)]


def require_used(features: Sequence[Path], checks: Sequence[Check]) -> None:
    """Raises UsageError for a path that is no feature of the run, and holds none."""
    own = sorted({check.feature for check in checks if not check.area})
    for path in features:
        what = f"--features {path}"
        if not exists(path, what):
            raise UsageError(f"{what}: there is no such feature or folder")
        if not any(_is_feature(_below(path, name), name) for name in own):
            what += ": this folder has no" if path.is_dir() else ": this is no"
            hint = f"features of the run: {', '.join(own) or 'those of the suite only'}"
            raise UsageError(f"{what} feature of the run", hint=hint)


def _below(path: Path, name: str) -> Path:
    return path / name if path.is_dir() else path


def _is_feature(path: Path, name: str) -> bool:
    return path.name == name and path.is_file()


def feature_path(check: Check, results: Path, features: Sequence[Path]) -> Path:
    """Returns where the feature of a check lies today; the path need not exist.

    A feature of the suite is in the suite. A feature of an author's is in one of `features`, which
    are files and folders, or at the path that the run has recorded, from the working folder.
    """
    if check.area:
        return suite_folder("features").resolve() / check.feature
    candidates = [_below(path, check.feature) for path in features]
    found = [path for path in candidates if _is_feature(path, check.feature)]
    return (found or [_path_in_the_run(check, results)])[0].resolve()


def _path_in_the_run(check: Check, results: Path) -> Path:
    with suppress(NotRecorded):
        _, about = next(lines_of(folder_of(results, check) / STEPS), (0, {}))
        return Path(str(about.get("feature", check.feature)))
    return Path(check.feature)


def same_text(one: str, other: str) -> bool:
    """Returns whether two texts of a failure are the same.

    Blanks at the ends of lines do not count, nor does the line of the step in its feature.
    """
    return _bare(one) == _bare(other)


def _bare(text: str) -> str:
    bare = re.sub(r"[ \t]+$", "", text.strip(), flags=re.MULTILINE)
    return re.sub(r"\A(\S+\.feature):\d+", r"\1", bare)
