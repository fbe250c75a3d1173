"""Kills the controller under test and starts it again, from any process of a run.

    worker or main process: `ask`  ── unix socket in the run's folder ──►  main process: `listening`

The process that the user started owns the controller. A thread of that process listens on the
socket and does what the scenarios ask for. The scenarios may run in worker processes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Client, Listener
from pathlib import Path
from threading import Thread

from kuscia_conformance.clusters.process import Process, ProcessError
from kuscia_conformance.errors import ConformanceError, ControllerError

SOCKET = "controller.sock"
#: The requests. `look` asks how the controller has ended on its own. `end` stops the listening
#: thread; only this module sends it.
KILL, START, LOOK, END = "kill", "start", "look", "end"
_IN_THE_BACKGROUND = (
    "a process that it has started still runs: the controller has to stay in the foreground"
)


@contextmanager
def listening(work: Path, processes: Sequence[Process]) -> Iterator[None]:
    """Answers requests about these processes until the context ends.

    The thread has to live as long as the processes that it starts, because Linux ends a child
    process when the thread that started it ends (`clusters.process`, PR_SET_PDEATHSIG).
    """
    with _address(work) as address, Listener(address) as listener:
        # A daemon thread: if the folder was deleted, END cannot reach it.
        thread = Thread(target=_serve, args=(listener, processes), daemon=True)
        thread.start()
        try:
            yield
        finally:
            ask(work, END)
            thread.join()


def ask(work: Path, what: str) -> str:
    """Sends KILL, START or LOOK, and returns the answer when it is done.

    The answer to LOOK is how the controller has ended on its own (`last_words`), "" while it runs;
    other answers are empty. After START the reference controller is ready; other programs have
    only been started. Raises ControllerError if the request fails, or if the process that owns the
    controller does not answer.
    """
    try:
        with _address(work) as address, Client(address) as connection:
            connection.send(what)
            answer: str
            answer, fault = connection.recv()
    except (OSError, EOFError) as error:
        raise ControllerError(
            f"the process that runs the controller does not answer: {error}"
        ) from error
    if fault:
        raise ControllerError(fault)
    return answer


def wait_until_ready(process: Process) -> None:
    """Waits until a program of the controller is ready, if it can say so, or has ended.

    That it has ended is no error here: LOOK finds it, and the controller is blamed. Raises
    ProcessError if the program is not ready in time.
    """
    try:
        process.wait_until_ready()
    except ProcessError:
        if process.is_alive:
            raise


def last_words(processes: Sequence[Process]) -> str:
    """Returns how the first program that has ended did so, and its last lines; "" if all run."""
    ended = next((process for process in processes if process.end), None)
    if ended is None:
        return ""
    which = f" (its program {ended.name})" if len(processes) > 1 else ""
    left = f"\n  {_IN_THE_BACKGROUND}" if ended.has_gone_to_the_background else ""
    return f"the controller{which} {ended.end}{left}\n  {ended.tail()}"


@contextmanager
def _address(work: Path) -> Iterator[str]:
    """Yields a path of the socket that the system accepts: at most 107 bytes on Linux.

    The folder may lie deeper, below a long TMPDIR. Then the path leads through its descriptor.
    """
    path = str(work / SOCKET)
    if len(os.fsencode(path)) < 100 or not Path("/proc/self/fd").is_dir():
        yield path
        return
    folder = os.open(work, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{SOCKET}"
    finally:
        os.close(folder)


def _serve(listener: Listener, processes: Sequence[Process]) -> None:
    wanted, killed = "", False
    while wanted != END:
        try:
            asking = listener.accept()
        except OSError:  # an interrupted start has closed the listener
            return
        with asking as connection, suppress(OSError, EOFError):
            wanted = connection.recv()  # suppressed: the asking process may be killed
            killed = wanted == KILL or (killed and wanted != START)
            connection.send(_answer(wanted, [] if killed and wanted == LOOK else processes))


def _answer(wanted: str, processes: Sequence[Process]) -> tuple[str, str]:
    """Does what is wanted; returns an answer, and a text if it has failed."""
    try:
        for process in processes:
            if wanted == KILL:
                process.kill()
            elif wanted == START and not process.is_alive:
                process.start()
                wait_until_ready(process)
    except ConformanceError as error:
        return "", str(error)
    return (last_words(processes) if wanted == LOOK else ""), ""
