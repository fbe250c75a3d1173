"""Pairs the steps of today's feature with the recorded ones.

Steps that act divide a scenario into blocks. They have to be the same as in the run, in the same
order. Within a block, each step that looks belongs to the recorded step of the same words; if the
words have changed, to the one in the same place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any

from pytest_bdd.parser import Step

from kuscia_conformance.errors import NotReplayable
from kuscia_conformance.evidence.record import StepRecord
from kuscia_conformance.features.step_definitions import Definition
from kuscia_conformance.scenario.recording import as_written


@dataclass(frozen=True)
class Today:
    """A step of today's feature, and the definition that it calls."""

    step: Step
    definition: Definition

    @property
    def line(self) -> str:
        return f"{self.step.keyword.strip()} {self.step.name}"

    @property
    def words(self) -> tuple[Any, ...]:
        """What the step says, without its keyword."""
        written = as_written(self.step)
        return written["text"], written["table"], written["docstring"]


@dataclass(frozen=True)
class Pair:
    """A step with its record, and the end of what the run has seen without acting again.

    `record` is None if the run has no record of the step.
    """

    today: Today
    record: StepRecord | None
    length: int
    moment: datetime


def words_of(record: StepRecord) -> tuple[Any, ...]:
    return record.text, record.table, record.docstring


def pairs(today: Sequence[Today], recorded: Sequence[StepRecord], began: datetime) -> list[Pair]:
    """Returns today's steps in their order, each with its record.

    Raises NotReplayable if a step that acts has changed, was added or was removed. The record of a
    check that failed may end early.
    """
    blocks, before = _blocks(today), _blocks(recorded)
    complete = not recorded or recorded[-1].error is None
    found: list[Pair] = []
    end = (0, began)
    for number, (block, known) in enumerate(zip_longest(blocks, before)):
        if block is None or (known is None and complete):
            raise NotReplayable(_other_steps(blocks, before, number))
        following = before[number + 1][0] if number + 1 < len(before) else None
        end = _end(following, known or [], end)
        found += _paired(block, known or [], end)
    return found


def _blocks(steps: Sequence[Any]) -> list[list[Any]]:
    """Returns the steps in blocks: the first has only looking steps, the others begin acting."""
    blocks: list[list[Any]] = [[]]
    for step in steps:
        looks = step.definition.looks if isinstance(step, Today) else step.looks
        if looks:
            blocks[-1].append(step)
        else:
            blocks.append([step])
    return blocks


def _other_steps(blocks: list[list[Any]], before: list[list[Any]], number: int) -> str:
    if number < len(blocks):
        return f"this step was not in the run: {blocks[number][0].line}"
    return f"a step of the run is not in the feature: {before[number][0].text}"


def _end(
    following: StepRecord | None, known: Sequence[StepRecord], before: tuple[int, datetime]
) -> tuple[int, datetime]:
    """Returns where the evidence of a block ends: where the run acted again, or its last step."""
    if following:
        return following.first, following.began
    return (known[-1].last, known[-1].ended) if known else before


def _paired(
    block: Sequence[Today], known: Sequence[StepRecord], end: tuple[int, datetime]
) -> Iterator[Pair]:
    looking, records = list(block), list(known)
    if looking and not looking[0].definition.looks:
        acting, record = looking.pop(0), records.pop(0) if records else None
        if record and acting.words != words_of(record):
            raise NotReplayable(f"the step has changed: {acting.line}", hint=f"was: {record.text}")
        yield Pair(acting, record, *end)
    for step, record in zip(looking, _records_for(looking, records), strict=True):
        yield Pair(step, record, *end)


def _records_for(
    looking: Sequence[Today], records: Sequence[StepRecord]
) -> list[StepRecord | None]:
    """Returns a record for each step: by its words, and the others by their place."""
    left = list(records)
    found: list[StepRecord | None] = []
    for step in looking:
        same = next((record for record in left if words_of(record) == step.words), None)
        found.append(same)
        left = [record for record in left if record is not same]
    places = [place for place, record in enumerate(found) if record is None]
    if len(places) == len(left):
        for place, record in zip(places, left, strict=True):
            found[place] = record
    return found
