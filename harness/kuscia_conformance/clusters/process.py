"""Child processes: long-running ones (`Process`), and commands that end by themselves (`run`).

Every child runs in a session of its own. Ctrl-C in the terminal therefore reaches only this
process, which then ends its children in order. On Linux the kernel sends SIGTERM to a `Process`
when this process dies for any reason, even by SIGKILL. What survives that is found by the mark of
the run in its environment (`run_folder`).
"""

from __future__ import annotations

import ctypes
import errno
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
from typing import BinaryIO, Self

from kuscia_conformance.clusters.run_folder import environment_of_children
from kuscia_conformance.errors import ClusterError, EnvironmentFailure, HarnessError

#: The signals that end a run. Windows has no SIGHUP.
ENDING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
_PR_SET_PDEATHSIG = 1
#: The errors for which no program can be started now: no memory, too many processes or files.
_OF_THE_MACHINE = (errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE)
#: Seconds between two checks whether a child is ready. A log file sends no signal when it grows,
#: so the checks have to be repeated.
_LOOK = 0.02


def module_command(module: ModuleType, *arguments: str) -> list[str]:
    """Returns the command that runs one of our packages or modules as a separate process."""
    return [sys.executable, "-P", "-m", module.__name__, *arguments]


#: For the programs of the suite: they print UTF-8, whatever the encoding of the user's terminal is.
UTF8: Mapping[str, str] = {"PYTHONIOENCODING": "utf-8"}


class ProcessError(EnvironmentFailure):
    """A child process could not be started, is not ready in time, or ended too early."""


class NotRun(ProcessError):
    """The operating system cannot run the program of a child process."""


@dataclass(frozen=True)
class Patience:
    """How many seconds a process may take to become ready, and to end after SIGTERM."""

    start: float = 30
    end: float = 5


class Process:
    """A child process, as a context manager.

    Entering the context starts the process and waits until it is ready; leaving it stops the
    process. A caller can also use `start`, `wait_until_ready` and `stop` directly, for example to
    start the process again.

    `log` receives the output and the errors of the process. `ready` is either a text to wait for
    in the log, or a function that is called until it returns True. Without `ready` the process
    counts as ready once it has been started.
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
        self.environment = {**environment_of_children(), **(environment or {})}
        #: Where in the log the output since the latest start begins. The log also holds the output
        #: of earlier starts.
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
        """Starts the process.

        Raises NotRun if the program cannot be run, and HarnessError if the machine lacks what every
        program needs: memory, a place in the table of processes, a disk for the log.
        """
        started = False
        with self._opened_log() as output:
            try:
                with _held_back():
                    self._child = self._spawn(output)
                    started = True
            except OSError as error:
                raise self._not_run(error) from error
            except KeyboardInterrupt:
                if started:
                    self.stop()
                raise

    def _opened_log(self) -> BinaryIO:
        try:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            self._said_before = len(self.read())
            return self.log.open("ab")
        except OSError as error:
            text = f"{self.name}: cannot write its log {self.log}: {error.strerror}"
            raise HarnessError(text, hint="is the disk full?") from error

    def _spawn(self, output: BinaryIO) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=self.environment,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )

    def _not_run(self, error: OSError) -> EnvironmentFailure:
        program = self.command[0]
        if error.errno in _OF_THE_MACHINE:
            return HarnessError(f"cannot start {program}: {error.strerror}")
        why, hint = error.strerror or str(error), ""
        if error.errno == errno.ENOENT and os.path.exists(program):
            why, hint = "its interpreter does not exist", "see its first line"
        if error.errno == errno.ENOEXEC:
            why, hint = "it is no program", "a script begins with a line such as #!/bin/sh"
        whose = "" if self.name == program else f"{self.name}: "
        return NotRun(f"{whose}cannot start {program}: {why}", hint=hint)

    def wait_until_ready(self) -> None:
        """Waits until the process is ready.

        Raises ProcessError if the process has ended, or is not ready within `patience.start`
        seconds. The hint of the error holds the last lines of the log.
        """
        deadline = time.monotonic() + self.patience.start
        while self._is_ready and not self._is_ready():
            self.require_alive()
            if time.monotonic() > deadline:
                raise ProcessError(
                    f"{self.name} was not ready within {self.patience.start:g} s", hint=self.tail()
                )
            time.sleep(_LOOK)

    def require_alive(self) -> None:
        """Raises ProcessError, with the last lines of the log, if the process has ended."""
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
        """The exit code; -N if signal N ended the process; None while it runs."""
        return self._child.poll()

    @property
    def end(self) -> str:
        """How the process ended, such as `exited with code 3`; "" while it runs."""
        code = self.exit_code
        if code is None:
            return ""
        return f"exited with code {code}" if code >= 0 else f"was ended by {_signal_name(-code)}"

    @property
    def has_gone_to_the_background(self) -> bool:
        """Whether the process has ended with code 0 and left others of its group, as a daemon."""
        try:
            os.killpg(self._child.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:  # they run as another user
            pass
        return self.exit_code == 0

    def read(self) -> str:
        """Returns the whole log, with the output of earlier starts."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def _said(self) -> str:
        return self.read()[self._said_before :]

    def tail(self, lines: int = 8) -> str:
        """Returns the last lines of the log as a hint for an error message."""
        last = self.read().splitlines()[-lines:]
        return "\n  ".join([f"its last lines ({self.log}):", *last]) if last else "its log is empty"

    def kill(self) -> None:
        """Ends the process group with SIGKILL, as a crash would, and waits for the child's end."""
        self._signal(signal.SIGKILL)
        self._child.wait()

    def wait(self, within: float = 30) -> None:
        """Waits until the process ends by itself. Raises ProcessError after `within` seconds."""
        try:
            self._child.wait(within)
        except subprocess.TimeoutExpired as error:
            raise ProcessError(f"{self.name} still runs after {within:g} s") from error

    def stop(self) -> None:
        """Ends the process, and every process of its group that it has started itself.

        Sends SIGTERM, waits up to `patience.end` seconds, and then sends SIGKILL.
        """
        self._signal(signal.SIGTERM)
        try:
            with suppress(subprocess.TimeoutExpired):
                self._child.wait(self.patience.end)
        finally:
            self.kill()

    def _signal(self, number: signal.Signals) -> None:
        """Sends a signal to the group. Raises ProcessError if all of it belongs to other users."""
        try:
            os.killpg(self._child.pid, number)
        except ProcessLookupError:
            return
        except PermissionError as error:
            text = f"{self.name} runs as another user, and cannot be ended"
            raise ProcessError(text, hint=f"sudo kill -9 -- -{self.pid}") from error


@contextmanager
def _held_back() -> Iterator[None]:
    """Holds the signals back while a child is started, and raises them again afterwards.

    An interrupt during the start could leave a child whose pid was never stored, so that no code
    could end it.
    """
    if current_thread() is not main_thread():  # Python handles signals only in the main thread
        yield
        return
    came: list[int] = []
    before = {
        each: signal.signal(each, lambda which, _: came.append(which))
        for each in ENDING
        if signal.getsignal(each) is not signal.SIG_IGN
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    for each in came:
        signal.raise_signal(each)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # a real-time signal
        return f"signal {number}"


def die_with_parent(number: signal.Signals = signal.SIGTERM) -> None:
    """Lets the kernel send this signal to this process when the thread that started it ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)


#: How many of the last lines that a failed command printed are shown.
LINES = 12


def run(*command: str, seconds: float = 600, give: bytes | None = None) -> str:
    """Runs a command and returns what it prints to stdout, without surrounding white space.

    `give` is written to its stdin. Raises ClusterError if the command does not exist, fails (with
    the last lines that it printed) or runs longer than `seconds`; it is then killed.
    """
    words = " ".join(command[:3])
    try:
        code, printed, complaints = _run(command, seconds, give)
    except subprocess.TimeoutExpired as error:
        raise ClusterError(f"{words} did not end within {seconds:g} s and was killed") from error
    except OSError as error:
        raise ClusterError(f"{words}: {error}") from error
    if code:
        said = (printed + complaints).decode(errors="replace").strip().splitlines()
        raise ClusterError(f"{words} failed:\n  " + "\n  ".join(said[-LINES:]))
    return printed.decode(errors="replace").strip()


def succeeds(*command: str, seconds: float = 15) -> bool:
    """Returns whether the command ends with code 0 within that many seconds."""
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
        env=environment_of_children(),
        # Ctrl-C must reach only this process, which then ends its children in order.
        start_new_session=True,
    ) as child:
        try:
            printed, complaints = child.communicate(give, timeout=seconds)
        except BaseException:
            # Only this process: a docker command that it has started ends by itself. If it were
            # killed, Docker could make its container after the run has looked for containers.
            child.kill()
            raise
    return child.returncode, printed, complaints
