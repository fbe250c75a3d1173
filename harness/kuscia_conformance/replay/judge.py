"""Judges one check again: its looking steps are executed on what was recorded."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from kuscia_conformance.errors import NotRecorded, NotReplayable
from kuscia_conformance.evidence.events import read_events
from kuscia_conformance.evidence.record import (
    EXITED,
    FAILED,
    FAILURES,
    STEPS,
    Recorded,
    ended_by,
    read_record,
)
from kuscia_conformance.evidence.tape import Tape
from kuscia_conformance.features.own_steps import definition_of
from kuscia_conformance.features.ownership import UNDECIDED
from kuscia_conformance.features.reader import Case
from kuscia_conformance.kube.objects import Obj
from kuscia_conformance.replay.pairing import Pair, Today, pairs
from kuscia_conformance.replay.stage import Stage, stage_of
from kuscia_conformance.report.outcome import decided, remaining
from kuscia_conformance.scenario.failure import name_place
from kuscia_conformance.scenario.recording import digest_of
from kuscia_conformance.steps import definitions

#: The outcomes of a check that cannot be judged again.
NO_EVIDENCE, NOT_REPLAYABLE = "no evidence", "not replayable"


@dataclass(frozen=True)
class Judged:
    """The outcome of a check by its evidence, and the text of a failure or of what is missing."""

    outcome: str
    text: str = ""
    #: pass, fail or undecided, for each requirement that the check claims.
    requirements: Mapping[str, str] = field(default_factory=dict)


def judge(case: Case, folder: Path) -> Judged:
    """Returns the outcome of a check by the evidence in the folder, with today's documents."""
    try:
        recorded = read_record(folder)
        stage = _stage(case, recorded, folder)
        judged = _play(case, stage, _pairs(case, recorded))
    except NotRecorded as error:
        return Judged(NO_EVIDENCE, str(error))
    except NotReplayable as error:
        return Judged(NOT_REPLAYABLE, str(error))
    cleaning = recorded.cleaning
    if cleaning and judged.outcome == "pass":
        # As `report.outcome` judges a teardown.
        left = remaining(case) if cleaning["class"] == FAILED else {}
        outcome = "fail" if cleaning["class"] in FAILURES else "error"
        return Judged(outcome, str(cleaning["text"]), {**judged.requirements, **left})
    return judged


def _stage(case: Case, recorded: Recorded, folder: Path) -> Stage:
    try:
        return stage_of(case, recorded, read_events(folder))
    except (KeyError, TypeError, ValueError) as error:
        text = (
            f"{folder / STEPS}:1: this does not describe a scenario: {type(error).__name__} {error}"
        )
        raise NotRecorded(text) from error


def _pairs(case: Case, recorded: Recorded) -> list[Pair]:
    found = [(step, definition_of(step, case.path, definitions())) for step in case.steps]
    today = [Today(step, definition) for step, definition in found if definition]
    return pairs(today, recorded.steps, datetime.fromisoformat(recorded.about["began"]))


def _play(case: Case, stage: Stage, steps: list[Pair]) -> Judged:
    """Returns the outcome of the first step that fails, else a pass."""
    for pair in steps:
        if pair.record and pair.record.error and pair.record.error["class"] == EXITED:
            # Whatever the documents say today: nothing more was to be expected of the controller.
            return _of(pair.record.error, _undecided(case))
        judge_step = _look if pair.today.definition.looks else _act
        if judged := judge_step(case, stage, pair):
            return judged
    return Judged("pass", requirements=decided(case, definitions(), None))


def _act(case: Case, stage: Stage, pair: Pair) -> Judged | None:
    """Restores the state after a step that acted; a step that failed in the run fails again."""
    stage.restore(pair)
    record, files = pair.record, stage.scenario.files
    assert record is not None
    for name, digest in record.files.items():
        if digest_of(files, name) != digest:
            raise NotReplayable(f"{name} has changed since the run; {pair.today.line}")
    return _of(record.error, _undecided(case)) if record.error else None


def _look(case: Case, stage: Stage, pair: Pair) -> Judged | None:
    """Executes a step that looks; returns None if it passes."""
    stage.begin(pair)
    arguments = _arguments(stage, pair.today)
    try:
        pair.today.definition.function(**arguments)
    except (NotRecorded, NotReplayable):
        raise
    except (Exception, pytest.fail.Exception) as error:
        name_place(error, case.path, pair.today.step)
        judged = _of(ended_by(error) or {}, decided(case, definitions(), error))
        if stage.journal.short:
            raise NotRecorded(_short(judged)) from error
        return judged
    finally:
        stage.scenario.history.tape = Tape()
    return None


def _of(error: Obj, requirements: Mapping[str, str]) -> Judged:
    outcome = "fail" if error["class"] in FAILURES else "error"
    return Judged(outcome, str(error["text"]), requirements)


def _undecided(case: Case) -> Mapping[str, str]:
    return dict.fromkeys(case.check.requirements, UNDECIDED)


def _short(judged: Judged) -> str:
    return (
        "the run found in this step what it waited for, and did not look on; what it saw until "
        f"then does not suffice today\n{judged.text}"
    )


def _arguments(stage: Stage, today: Today) -> dict[str, Any]:
    """Returns the arguments of a step function, as pytest-bdd passes them.

    Raises NotReplayable if the function needs a fixture other than `scenario`.
    """
    function, step = today.definition.function, today.step
    known: dict[str, Any] = {"scenario": stage.scenario, **_parsed(today)}
    if step.datatable is not None:
        known["datatable"] = step.datatable.raw()
    if step.docstring is not None:
        known["docstring"] = step.docstring
    wanted: Mapping[str, inspect.Parameter] = inspect.signature(function).parameters
    needed = [name for name, each in wanted.items() if each.default is inspect.Parameter.empty]
    if missing := [name for name in needed if name not in known]:
        raise NotReplayable(f"{today.line}: its function needs the fixture {missing[0]}")
    if inspect.isgeneratorfunction(function):
        raise NotReplayable(f"{today.line}: its function is a generator")
    return {name: known[name] for name in wanted if name in known}


def _parsed(today: Today) -> dict[str, Any]:
    definition = today.definition
    found = definition.parser.parse_arguments(today.step.name) or {}
    convert = definition.converters
    return {name: convert[name](text) if name in convert else text for name, text in found.items()}
