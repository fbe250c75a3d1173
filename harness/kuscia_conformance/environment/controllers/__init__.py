"""The controller under test: starts it, and can kill it and start it again.

Comes in: the values of `--controller`, and a cluster. Goes out: a `Controller`, whose processes the
run may kill.

    reference     starts the suite's own controller in a process of its own
    cmd:COMMAND   starts any program; given several times, it starts several programs
    none          starts nothing: the controller runs on the cluster already

`command` turns a value of the option into a program. `control` kills and starts the programs from
any process of a run. The README in this folder is the contract for controllers. This room must not
know scenarios.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from kuscia_conformance.clusters import Cluster
from kuscia_conformance.clusters.process import NotRun, Process
from kuscia_conformance.environment.controllers import control
from kuscia_conformance.environment.controllers.command import (
    PREFIX,
    Program,
    program_from,
    reference,
    require_executable,
)
from kuscia_conformance.errors import UsageError, meant

VALID = "valid: reference, none, or cmd:COMMAND, which may be given several times"


@dataclass(frozen=True)
class Controller:
    """A running controller; `log` is the log of its first program, None if we started none."""

    name: str
    log: Path | None = None
    #: The processes that this run has started and may kill.
    processes: tuple[Process, ...] = ()


def programs(chosen: Sequence[str]) -> list[Program]:
    """Returns the programs that the values of `--controller` name; none for `none`.

    Raises UsageError for an unknown value, and for `reference` or `none` beside other values.
    """
    if list(chosen) == ["reference"]:
        return [reference()]
    if list(chosen) == ["none"]:
        return []
    if wrong := [text for text in chosen if not text.startswith(PREFIX)]:
        known = wrong[0] in ("reference", "none")
        why = "it has to be the only --controller" if known else "there is no such controller"
        near = "" if known else meant(wrong[0], ["reference", "none"])
        raise UsageError(f"--controller {wrong[0]}: {why}", hint=near + VALID)
    return [program_from(text) for text in chosen]


def require_programs(chosen: Sequence[str]) -> None:
    """Raises UsageError as `programs` does, and if a program is missing or cannot be executed."""
    for program in programs(chosen):
        require_executable(program.words[0])


@contextmanager
def start(chosen: Sequence[str], cluster: Cluster, work: Path, logs: Path) -> Iterator[Controller]:
    """Starts the programs, yields the controller, and ends the programs.

    Programs write `controller.log`, `controller-2.log`, … in `logs`; `work` gets the kubeconfig.
    Raises UsageError as `programs` does, and if a program cannot be run. The reference controller
    also has to become ready; other programs cannot say when they are ready. A program that ends at
    once is no error here: the first check fails by it.
    """
    with ExitStack() as running:
        processes = tuple(
            program.process(number, cluster, work, logs)
            for number, program in enumerate(programs(chosen), start=1)
        )
        for process in processes:
            _start(process, running)
        yield Controller(", ".join(chosen), processes[0].log if processes else None, processes)


def _start(process: Process, running: ExitStack) -> None:
    """Starts a program that ends with the context. Raises UsageError if it cannot be run."""
    try:
        process.start()
    except NotRun as error:
        raise UsageError(f"--controller: {error.message}", hint=error.hint) from error
    running.callback(process.stop)
    control.wait_until_ready(process)
