"""Writes and reads `steps.ndjson`: the scenario, then each step as it ended, then the cleaning.

    {"scenario": "run-pod-fails", "token": "ghkmnp", "began": …, "timeouts": …, …}
    {"step": "Given", "text": …, "began": …, "ended": …, "cursor": …, "length": …, "state": …}
    {"step": "Then", "text": …, "waits": […], "answers": […], "retried": […], "error": …}
    {"cleaned": …, "retried": […]}

Each line is written and flushed when its step has ended, so that a killed run loses one step at
most. Entries that are empty are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import orjson

from kuscia_conformance.errors import NotRecorded
from kuscia_conformance.evidence.files import writing
from kuscia_conformance.evidence.lines import lines_of
from kuscia_conformance.evidence.tape import Wait
from kuscia_conformance.kube.objects import Obj

STEPS = "steps.ndjson"
#: The errors that blame the controller, by the names of their classes.
FAILED, EXITED = "CheckFailed", "ControllerExited"
FAILURES = (FAILED, EXITED)
#: The version of the file's form. A file of another version cannot be replayed.
FORMAT = 1


class Record(AbstractContextManager["Record"]):
    """The file `steps.ndjson` of a check while its scenario runs.

    Its methods raise HarnessError if the file cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / STEPS
        with writing(self._path):
            folder.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("wb")

    def write(self, line: Obj) -> None:
        """Adds a line, without its empty entries, and flushes it."""
        full = {name: value for name, value in line.items() if value not in (None, [], {})}
        with writing(self._path):
            self._file.write(orjson.dumps(full, option=orjson.OPT_APPEND_NEWLINE))
            self._file.flush()

    def __exit__(self, *_: object) -> None:
        with writing(self._path):
            self._file.close()

    @contextmanager
    def cleaning(self, retried: Callable[[], list[str]]) -> Iterator[None]:
        """Writes the last line when the context ends, with the error of the cleaning, if any.

        `retried` returns a line for each request of the cleaning that was sent again. An
        interruption writes none: the record is not complete then.
        """
        try:
            yield
        except Exception as error:
            self._cleaned(error, retried())
            raise
        self._cleaned(None, retried())

    def _cleaned(self, error: Exception | None, retried: list[str]) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        self.write({"cleaned": now, "retried": retried, "error": ended_by(error)})


def ended_by(error: BaseException | None) -> Obj | None:
    """Returns the class and the text of the error that ended a step; None without an error."""
    if error is None:
        return None
    text, name = str(error), type(error).__name__
    return {"class": name, "text": text if name in FAILURES else without_folders(text)}


def without_folders(text: str) -> str:
    """Returns the text with only the last part of each absolute path, to be published."""
    return re.sub(r"(?<![\w.:/])/(?:[^\s/:'\"]+/)+", "", text)


@dataclass(frozen=True)
class StepRecord:
    """One recorded step. Moments are those of the cluster's clock."""

    keyword: str
    text: str
    #: Whether the step only looked at what happened. Other steps have acted.
    looks: bool
    began: datetime
    ended: datetime
    #: How many versions the history had when the step began, and when it ended.
    first: int
    last: int
    cursor: int
    table: list[list[str]] | None = None
    docstring: str | None = None
    waits: list[Wait] = field(default_factory=list)
    answers: list[Obj] = field(default_factory=list)
    #: The state of the scenario after a step that acted: only what the step has changed.
    state: Obj = field(default_factory=dict)
    #: The digests of the manifests that the step has used, by the names of their files.
    files: dict[str, str] = field(default_factory=dict)
    error: Obj | None = None
    #: The requests by which the step has changed something.
    acts: list[str] = field(default_factory=list)
    #: When a step that acts began to act, as the timeline shows it; None if it did not.
    acted: datetime | None = None

    @classmethod
    def read(cls, line: Obj) -> Self:
        """Returns the step of a line. Raises KeyError, TypeError or ValueError for another line."""
        optional = ("table", "docstring", "answers", "state", "files", "error", "acts")
        first, last = map(int, line["length"])
        return cls(
            keyword=line["step"],
            text=line["text"],
            looks=line["looks"],
            began=datetime.fromisoformat(line["began"]),
            ended=datetime.fromisoformat(line["ended"]),
            first=first,
            last=last,
            cursor=line["cursor"],
            waits=[Wait.from_dict(wait) for wait in line.get("waits", [])],
            acted=datetime.fromisoformat(line["acted"]) if "acted" in line else None,
            **{name: line[name] for name in optional if name in line},
        )


@dataclass(frozen=True)
class Recorded:
    """Everything in a `steps.ndjson`."""

    about: Obj
    steps: tuple[StepRecord, ...]
    #: The error of the cleaning, as `ended_by` returned it.
    cleaning: Obj | None


def read_record(folder: Path) -> Recorded:
    """Returns what the `steps.ndjson` of the folder has.

    Raises NotRecorded, with file and line, if it is missing, damaged or incomplete.
    """
    file = folder / STEPS
    lines = list(lines_of(file))
    if not lines or lines[0][1].get("format") != FORMAT:
        raise NotRecorded(f"{file}:1: expected the line of a scenario, in format {FORMAT}")
    if "cleaned" not in lines[-1][1]:
        text = f"{file}:{len(lines)}: the record ends before the scenario did"
        raise NotRecorded(text, hint="the run was killed at this step; run the check again")
    steps = tuple(_step(file, number, line) for number, line in lines[1:-1])
    return Recorded(lines[0][1], steps, lines[-1][1].get("error"))


def _step(file: Path, number: int, line: Any) -> StepRecord:
    try:
        return StepRecord.read(line)
    except (KeyError, TypeError, ValueError) as error:
        text = f"{file}:{number}: this is not a step: {type(error).__name__} {error}"
        raise NotRecorded(text) from error
