"""Kills the controller under test and starts it again, from any process of a run.

    worker or main process: `ask`  ── unix socket in the run's folder ──►  main process: `listening`

The process that the user started owns the controller. A thread of that process listens on the
socket and does what the scenarios ask for. The scenarios may run in worker processes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from threading import Thread

from kuscia_conformance.clusters.process import Process
from kuscia_conformance.errors import ConformanceError, ControllerError

SOCKET = "controller.sock"
#: The requests. `look` fails if the controller has ended. `end` stops the listening thread; only
#: this module sends it.
KILL, START, LOOK, END = "kill", "start", "look", "end"


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


def ask(work: Path, what: str) -> None:
    """Sends KILL, START or LOOK, and returns when it is done.

    After START the reference controller is ready; other programs have only been started. Raises
    ControllerError if the request fails, if LOOK finds that a program has ended, or if the process
    that owns the controller does not answer.
    """
    try:
        with _address(work) as address, Client(address) as connection:
            connection.send(what)
            said: str = connection.recv()
    except (OSError, EOFError) as error:
        raise ControllerError(
            f"the process that runs the controller does not answer: {error}"
        ) from error
    if said:
        raise ControllerError(said)


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
    wanted = ""
    while wanted != END:
        with listener.accept() as connection, suppress(OSError, EOFError):
            wanted = connection.recv()  # suppressed: the asking process may be killed
            _answer(connection, wanted, processes)


def _answer(connection: Connection, wanted: str, processes: Sequence[Process]) -> None:
    try:
        for process in processes:
            if wanted == KILL:
                process.kill()
            elif wanted == START and not process.is_alive:
                process.start()
                process.wait_until_ready()
            elif wanted == LOOK:
                process.require_alive()
        connection.send("")
    except ConformanceError as error:
        connection.send(str(error))
