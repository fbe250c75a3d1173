"""The controller under test: how it is started, and killed, by what the user chooses.

Comes in: `--controller`, and a cluster. Goes out: a `Controller`, whose processes the run may kill.
`reference` starts ours in a process of its own, `cmd:COMMAND` any program (several, if it takes
several), `none` tests what runs on the cluster already. `control` kills and starts from any process
of a run. It must not know scenarios. The README beside this is the contract for controllers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from kuscia_conformance.clusters import Cluster
from kuscia_conformance.clusters.process import Process
from kuscia_conformance.environment.controllers.command import (
    PREFIX,
    Program,
    program_from,
    reference,
)
from kuscia_conformance.errors import UsageError

VALID = "valid: reference, none, or cmd:COMMAND, which may be given several times"


@dataclass(frozen=True)
class Controller:
    """A controller at work; `log` is the file its first program writes to, if it is ours."""

    name: str
    log: Path | None = None
    #: What we have started, and may kill.
    processes: tuple[Process, ...] = ()


def programs(chosen: Sequence[str]) -> list[Program]:
    """What is to be started; nothing for `none`. UsageError for a choice that cannot be."""
    if list(chosen) == ["reference"]:
        return [reference()]
    if list(chosen) == ["none"]:
        return []
    if wrong := [text for text in chosen if not text.startswith(PREFIX)]:
        known = wrong[0] in ("reference", "none")
        why = "it cannot be one of several" if known else "there is no such controller"
        raise UsageError(f"--controller {wrong[0]}: {why}", hint=VALID)
    return [program_from(text) for text in chosen]


@contextmanager
def start(chosen: Sequence[str], cluster: Cluster, work: Path, logs: Path) -> Iterator[Controller]:
    """The controller at work; ControllerError if a program cannot be started, or ends at once."""
    with ExitStack() as running:
        processes = tuple(
            running.enter_context(program.process(number, cluster, work, logs))
            for number, program in enumerate(programs(chosen), start=1)
        )
        yield Controller(", ".join(chosen), processes[0].log if processes else None, processes)
