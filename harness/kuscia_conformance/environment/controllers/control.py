"""Killing the controller under test and starting it again, from any process of a run.

The process that the user started owns the controller. A thread of it listens on a socket in the
run's folder and does what scenarios ask for, which may run in workers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from threading import Thread

from kuscia_conformance.clusters.process import Process
from kuscia_conformance.errors import ConformanceError, ControllerError

SOCKET = "controller.sock"
#: What may be asked for: `look` whether it still runs; `end`, our own, ends the listening.
KILL, START, LOOK, END = "kill", "start", "look", "end"


@contextmanager
def listening(work: Path, processes: Sequence[Process]) -> Iterator[None]:
    """Do with these processes what is asked for, until the end.

    The thread lives as long as what it has started: a child is told to end when the thread
    that started it does.
    """
    with Listener(str(work / SOCKET)) as listener:
        # A daemon, for it cannot be told to end if somebody has deleted the folder meanwhile.
        thread = Thread(target=_serve, args=(listener, processes), daemon=True)
        thread.start()
        try:
            yield
        finally:
            ask(work, END)
            thread.join()


def ask(work: Path, what: str) -> None:
    """Have the controller killed or started; it is ready then. ControllerError if that fails."""
    try:
        with Client(str(work / SOCKET)) as connection:
            connection.send(what)
            said: str = connection.recv()
    except (OSError, EOFError) as error:
        raise ControllerError(f"whoever runs the controller does not answer: {error}") from error
    if said:
        raise ControllerError(said)


def _serve(listener: Listener, processes: Sequence[Process]) -> None:
    wanted = ""
    while wanted != END:
        with listener.accept() as connection, suppress(OSError, EOFError):
            wanted = connection.recv()  # whoever asks may be killed meanwhile: others go on
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
