"""How a run ended, in `end.json` of the results folder.

It is written twice: when the run begins it says that the run was killed, and at its end, how it
has really ended.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from kuscia_conformance.evidence.files import read_json, write_json
from kuscia_conformance.evidence.shapes import require_shape, require_time

FILE = "end.json"
#: Who caused an error: the controller, which has exited; who wrote the features; the suite and its
#: machine; or the cluster.
CAUSES = ("controller", "author", "harness", "cluster")


@dataclass(frozen=True)
class Failure:
    """An error that belongs to no single check. `cause` is one of CAUSES."""

    cause: str
    text: str


@dataclass(frozen=True)
class Ending:
    """How the run ended, with everything that went wrong outside of the checks."""

    #: Why the run ended before its last check; "" if it did not.
    interrupted: str = ""
    failures: tuple[Failure, ...] = ()
    #: When the run ended, as an RFC 3339 time in UTC.
    at: str = ""


#: The ending of a run that has not written another, or whose `end.json` was deleted.
KILLED = Ending(interrupted="the run was killed, or has not ended yet")


def write_ending(out: Path, ending: Ending) -> None:
    """Writes `end.json`. Raises HarnessError if that is not possible."""
    write_json(out / FILE, asdict(ending))


def read_ending(out: Path) -> Ending:
    """Returns how the run ended; KILLED if it left no `end.json`.

    Raises UsageError if the file is something else.
    """
    data = read_json(out / FILE)
    if data is None:
        return KILLED
    require_shape(data, Ending, out / FILE, "the end of a run")
    require_time(data["at"], f"{out / FILE}: at")
    return Ending(**{**data, "failures": tuple(Failure(**each) for each in data["failures"])})
