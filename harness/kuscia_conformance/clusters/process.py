"""Child processes: started with a log, ready when they say so, ended in any case.

A child has a session of its own, so that Ctrl-C in the terminal reaches only us and we end
the children in order; and it is told to end when we die, however we die.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import current_thread, main_thread
from types import ModuleType, TracebackType
from typing import Self

from kuscia_conformance.errors import ClusterError, EnvironmentFailure

_PR_SET_PDEATHSIG = 1
#: How often a child is looked at until it is ready, in seconds: files and sockets tell nobody.
_LOOK = 0.02


def module_command(module: ModuleType, *arguments: str) -> list[str]:
    """Returns the command that runs a package or module of ours in a process of its own."""
    return [sys.executable, "-P", "-m", module.__name__, *arguments]


class ProcessError(EnvironmentFailure):
    """A child process could not be started, or has ended before its time."""


@dataclass(frozen=True)
class Patience:
    """How long a process may take, in seconds: to be ready, and to end once it is told to."""

    start: float = 30
    end: float = 5


class Process:
    """A child process, as a context manager.

    `ready` is a text to wait for in the log, or a question to ask until it is answered with
    True; without it the process counts as ready at once.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        ready: str | Callable[[], bool] | None = None,
        patience: Patience = Patience(),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.name, self.command, self.log = name, list(command), log
        self.patience = patience
        self.environment = {**os.environ, **(environment or {})}
        #: Where in the log its words begin: one that is started again has said something before.
        self._said_before = 0
        self._is_ready = (lambda: ready in self._said()) if isinstance(ready, str) else ready

    def __enter__(self) -> Self:
        self.start()
        try:
            self.wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start it. ProcessError if there is no such program."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._said_before = len(self.read())
        try:
            with self.log.open("ab") as output, _undisturbed():
                self._child = subprocess.Popen(
                    self.command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=self.environment,
                    start_new_session=True,
                    preexec_fn=_die_with_parent if sys.platform == "linux" else None,
                )
        except OSError as error:
            raise ProcessError(f"{self.name}: cannot start {self.command[0]}: {error}") from error
        except KeyboardInterrupt:
            self.stop()
            raise

    def wait_until_ready(self) -> None:
        """Wait for it. ProcessError, with its last lines, if it has ended or takes too long."""
        deadline = time.monotonic() + self.patience.start
        while self._is_ready and not self._is_ready():
            self.require_alive()
            if time.monotonic() > deadline:
                raise ProcessError(
                    f"{self.name} was not ready within {self.patience.start:g} s", hint=self.tail()
                )
            time.sleep(_LOOK)

    def require_alive(self) -> None:
        """ProcessError, with its last lines, if it has ended."""
        if self._child.poll() is not None:
            text = f"{self.name} has ended with code {self._child.returncode}"
            raise ProcessError(text, hint=self.tail())

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def is_alive(self) -> bool:
        return self._child.poll() is None

    @property
    def exit_code(self) -> int | None:
        """How it has ended, negative if by a signal; None while it runs."""
        return self._child.poll()

    def read(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def _said(self) -> str:
        return self.read()[self._said_before :]

    def tail(self, lines: int = 8) -> str:
        last = self.read().splitlines()[-lines:]
        return "\n  ".join([f"its last lines ({self.log}):", *last]) if last else "it said nothing"

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self._signal(signal.SIGKILL)
        self._child.wait()

    def wait(self, within: float = 30) -> None:
        """Wait until it ends by itself. ProcessError if that takes longer."""
        try:
            self._child.wait(within)
        except subprocess.TimeoutExpired as error:
            raise ProcessError(f"{self.name} still runs after {within:g} s") from error

    def stop(self) -> None:
        """Tell it to end, and after its grace make it; so with what it has started itself."""
        self._signal(signal.SIGTERM)
        try:
            with suppress(subprocess.TimeoutExpired):
                self._child.wait(self.patience.end)
        finally:
            self.kill()

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._child.pid, number)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Have Ctrl-C wait meanwhile: a child would be there that nobody knows, and so nobody ends."""
    if current_thread() is not main_thread():  # signals disturb only that
        yield
        return
    came: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {each: signal.signal(each, lambda which, _: came.append(which)) for each in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    for each in came:
        signal.raise_signal(each)


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


#: How many of a failed command's last lines are shown.
LINES = 12


def run(*command: str, seconds: float = 600, give: bytes | None = None) -> str:
    """What the command prints. ClusterError, with its last lines, if it fails or takes longer."""
    words = " ".join(command[:3])
    try:
        code, printed, complaints = _run(command, seconds, give)
    except subprocess.TimeoutExpired as error:
        raise ClusterError(f"{words} has not ended within {seconds:g} s") from error
    except OSError as error:
        raise ClusterError(f"{words}: {error}") from error
    if code:
        said = (printed + complaints).decode(errors="replace").strip().splitlines()
        raise ClusterError(f"{words} failed:\n  " + "\n  ".join(said[-LINES:]))
    return printed.decode(errors="replace").strip()


def succeeds(*command: str, seconds: float = 15) -> bool:
    try:
        run(*command, seconds=seconds)
    except ClusterError:
        return False
    return True


def _run(command: tuple[str, ...], seconds: float, give: bytes | None) -> tuple[int, bytes, bytes]:
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL if give is None else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # Ctrl-C is ours: we end what we have begun, in order.
        start_new_session=True,
    ) as child:
        try:
            printed, complaints = child.communicate(give, timeout=seconds)
        except BaseException:
            # With what it has started: kind's own docker commands would go on making nodes.
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            raise
    return child.returncode, printed, complaints
