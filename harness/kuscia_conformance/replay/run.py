"""Judges all checks of a results folder again, and compares with what the run has found."""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from kuscia_conformance.errors import NotRecorded, NotReplayable, UsageError
from kuscia_conformance.evidence.breaches import is_rule
from kuscia_conformance.evidence.files import folder_of
from kuscia_conformance.evidence.record import without_folders
from kuscia_conformance.features.own_steps import load_own_steps
from kuscia_conformance.features.reader import Case, read_feature
from kuscia_conformance.replay.judge import NO_EVIDENCE, NOT_REPLAYABLE, Judged, judge
from kuscia_conformance.replay.recorded import (
    NOT_RUN,
    Outcome,
    chosen,
    feature_path,
    recorded_outcomes,
    require_used,
    same_text,
)
from kuscia_conformance.replay.rules import found_in, judged_by
from kuscia_conformance.steps import definitions

#: The path of a feature, and its checks.
Group = tuple[Path, list[Outcome]]
G = TypeVar("G")
R = TypeVar("R")


@dataclass(frozen=True)
class Replayed:
    """A check with its recorded outcome, and its outcome by the evidence with today's documents."""

    recorded: Outcome
    judged: Judged

    @property
    def word(self) -> str:
        """`same`, `differs`, `no evidence`, `not replayable`, or `skipped`."""
        if self.judged.outcome in (NO_EVIDENCE, NOT_REPLAYABLE, "skipped"):
            return self.judged.outcome
        same = self.judged.outcome == self.recorded.outcome and self._says_the_same()
        return "same" if same and not self.decided_otherwise else "differs"

    @property
    def decided_otherwise(self) -> dict[str, tuple[str, str]]:
        """What was and what is found about each requirement that is now decided otherwise."""
        before, now = self.recorded.requirements, self.judged.requirements
        return {
            name: (before.get(name, "-"), now.get(name, "-"))
            for name in sorted({*before, *now})
            if before.get(name) != now.get(name)
        }

    def _says_the_same(self) -> bool:
        """Compares the texts; of an error, a run may have reported more, such as a traceback."""
        before, after = self.recorded.text, self.judged.text
        if self.judged.outcome == "error":
            return without_folders(after) in without_folders(before)
        return same_text(before, after) or without_folders(before) == after


@dataclass(frozen=True)
class Replay:
    """All checks of a replay, in the order of the plan."""

    checks: Sequence[Replayed]

    def of(self, word: str) -> list[Replayed]:
        return [each for each in self.checks if each.word == word]

    @property
    def exit_code(self) -> int:
        """0: all are the same; 1: some differ; 3: some, or all, could not be judged again."""
        words = {each.word for each in self.checks}
        if "differs" in words:
            return 1
        return 3 if words & {NO_EVIDENCE, NOT_REPLAYABLE} or "same" not in words else 0

    def __str__(self) -> str:
        count = Counter(each.word for each in self.checks)
        left = f"; {count['skipped']} skipped in the run" if count["skipped"] else ""
        replayed = len(self.checks) - count["skipped"]
        return (
            f"{replayed} check{'s' * (replayed != 1)} replayed: {count['same']} same, "
            f"{count['differs']} differ, {count[NO_EVIDENCE]} no evidence, "
            f"{count[NOT_REPLAYABLE]} not replayable{left}"
        )


def replay(results: Path, only: Sequence[str] = (), features: Sequence[Path] = ()) -> Replay:
    """Returns what the evidence in the results folder says today of each check.

    `only` has patterns as for `run --only`. `features` are files and folders in which features of
    an author's lie. Raises UsageError if the folder has no plan, or if a pattern
    or one of `features` names nothing of the run.
    """
    recorded = recorded_outcomes(results)
    require_used(features, [each.check for each in recorded])
    outcomes = chosen(recorded, only)
    rules = [each for each in outcomes if is_rule(each.check)]
    outcomes = [each for each in outcomes if not is_rule(each.check)]
    path_of = partial(feature_path, results=results, features=features)
    by_feature = [
        (path, list(same)) for path, same in groupby(outcomes, lambda each: path_of(each.check))
    ]
    definitions().all()
    work = partial(_of_feature, results)
    scenarios = [each for found in _in_processes(work, by_feature) for each in found]
    return Replay([*scenarios, *_of_rules(results, rules, recorded)])


def _of_rules(
    results: Path, rules: Sequence[Outcome], recorded: Sequence[Outcome]
) -> list[Replayed]:
    """Judges the rules again, by every scenario of the run, which need not be chosen itself."""
    checks = [each.check for each in recorded if not is_rule(each.check)] if rules else []
    by_feature = [list(same) for _, same in groupby(checks, lambda check: check.feature)]
    try:
        parts = _in_processes(partial(found_in, results), by_feature)
        found = {place: each for part in parts for place, each in part.items()}
    except (NotRecorded, UsageError) as error:
        return [Replayed(each, Judged(NO_EVIDENCE, str(error))) for each in rules]
    return [Replayed(each, judged_by(each.check, found)) for each in rules]


def _in_processes(work: Callable[[G], R], groups: Sequence[G]) -> Iterable[R]:
    """Does the work for each group, in as many processes as there are cores."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    if len(groups) < 2 or cores == 1 or "fork" not in multiprocessing.get_all_start_methods():
        return [work(group) for group in groups]
    # A forked process has all modules already; nothing in this command has started a thread.
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(cores, mp_context=context) as pool:
        return list(pool.map(work, groups))


def _of_feature(results: Path, group: Group) -> list[Replayed]:
    """Replays the checks of one feature."""
    path, outcomes = group
    try:
        cases = _cases(path, [each.check.id for each in outcomes])
    except NotRecorded as error:
        return [Replayed(each, Judged(NO_EVIDENCE, str(error))) for each in outcomes]
    except NotReplayable as error:
        return [Replayed(each, Judged(NOT_REPLAYABLE, str(error))) for each in outcomes]
    return [Replayed(each, _judged(each, cases, results)) for each in outcomes]


def _cases(path: Path, ids: Sequence[str]) -> dict[str, Case]:
    if not path.is_file():
        hint = "name the folder of the feature with --features"
        raise NotRecorded(f"the feature {path.name} is not there", hint=hint)
    try:
        load_own_steps([path])
    except UsageError as error:
        raise NotReplayable(error.message, hint="replay imports it without pytest") from error
    text = read_feature(path, definitions(), ids)
    if text.problems:
        raise NotReplayable("\n".join(str(problem) for problem in text.problems))
    return {case.check.id: case for case in text.cases}


def _judged(outcome: Outcome, cases: dict[str, Case], results: Path) -> Judged:
    if outcome.outcome == "skip":
        return Judged("skipped")
    if outcome.outcome == NOT_RUN:
        return Judged(NO_EVIDENCE, "the check was not run, or its result was not written")
    case = cases.get(outcome.check.id)
    if case is None:
        return Judged(NOT_REPLAYABLE, f"{outcome.check.feature} has no check of this name any more")
    return judge(case, folder_of(results, outcome.check))
