"""The background environment, which stays between runs: `up` starts it, `down` ends it.

One background process, which runs this module, owns the environment. It creates cluster and
controller as a run does, and ends both on SIGTERM. Its state is in a folder of the user's:

    lock              held by the process while it lives; the kernel frees it however it dies
    pid, log          of the process
    environment.json  the description, which `--reuse` reads; there while the environment is ready
    failure           why the environment could not be created
    logs/             the log of the controller

The process deletes the description when it ends. A description without a held lock means that the
process was killed: `up` and `down` then clear away what it has left.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import BinaryIO

import orjson

from kuscia_conformance.clusters.address import address_of
from kuscia_conformance.clusters.process import run
from kuscia_conformance.environment.model import Environment
from kuscia_conformance.environment.processes import environment_for
from kuscia_conformance.environment.settings import Settings
from kuscia_conformance.errors import ConformanceError, EnvironmentFailure, UsageError

#: The pause between two looks at the background process while it starts or ends, in seconds.
_LOOK = 0.05
#: How long the process may take to end everything, in seconds; deleting a kind cluster is slow.
_LONGEST_END = 120.0


def folder() -> Path:
    """Returns the folder of the state, as the XDG base directory specification wants it.

    KUSCIA_CONFORMANCE_STATE overrides it.
    """
    if own := os.environ.get("KUSCIA_CONFORMANCE_STATE"):
        return Path(own)
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "kuscia-conformance"


def running_environment() -> Environment:
    """Returns the background environment.

    Raises UsageError if it does not exist, if it is starting or ending, or if its process has died.
    """
    environment, lives = _written_down(), _lives()
    if environment and lives:
        return environment
    if lives:
        hint = f"see its log: {folder() / 'log'}"
        raise UsageError("--reuse: the environment is still starting, or ending", hint=hint)
    if environment:
        hint = "`kuscia-conformance down` clears away what is left, `up` also starts a new one"
        raise UsageError("--reuse: the environment's process has died", hint=hint)
    hint = "start one with `kuscia-conformance up`"
    raise UsageError("--reuse: there is no environment", hint=hint)


def bring_up(settings: Settings, say: Callable[[str], None]) -> Environment:
    """Starts a background process, waits until its environment is ready, and returns that.

    `say` is called with the messages of the process. Raises UsageError if there is an environment
    already, and EnvironmentFailure if it cannot be created. After an error, or Ctrl-C, nothing is
    left behind.
    """
    with _writing(), _lock() as lock:
        _clear_away(say)
        _spawn(replace(settings, out=folder() / "logs"), lock)
        _follow_or_end(say)
    return running_environment()


def take_down(say: Callable[[str], None]) -> bool:
    """Ends the background environment, or clears away what a killed process has left of it.

    Returns whether there was an environment, or anything left of one. Raises EnvironmentFailure if
    the background process does not end.
    """
    if not _lives() and not _written_down():
        return False
    with _writing():
        _end()
        _clear_away(say)
    return True


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        hint = "KUSCIA_CONFORMANCE_STATE can name another folder"
        raise UsageError(f"cannot write to {folder()}: {error.strerror}", hint=hint) from error


def _written() -> Path:
    return folder() / "environment.json"


def _failure() -> Path:
    """Returns the file with the message that says why the environment could not be created."""
    return folder() / "failure"


def _written_down() -> Environment | None:
    try:
        return Environment.from_dict(orjson.loads(_written().read_bytes()))
    except (OSError, orjson.JSONDecodeError, TypeError, KeyError):
        return None


def _pid() -> int | None:
    try:
        return int((folder() / "pid").read_text())
    except (OSError, ValueError):
        return None


@contextmanager
def _lock() -> Iterator[BinaryIO]:
    """Takes the lock of the environment. Raises UsageError if another process holds it."""
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / "lock").open("wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            hint = "use it with --reuse, or end it with `kuscia-conformance down`"
            raise UsageError(
                "there is an environment already, or one is being started", hint=hint
            ) from error
        yield file


def _lives() -> bool:
    """Checks whether the lock is held. A pid would not do: another process may get it later."""
    try:
        with (folder() / "lock").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _clear_away(say: Callable[[str], None]) -> None:
    """Deletes the state files, and what a killed background process has left behind."""
    if left := _written_down():
        where = address_of(left.cluster)
        if where.kind == "kind" and not left.outlives:
            say(f"deleting the kind cluster {where.argument}")
            name = ("--name", where.argument)
            run("kind", "delete", "cluster", *name, "--kubeconfig", left.kubeconfig)
        if where.kind == "kubeconfig":
            say(f"to restore the cluster: kuscia-conformance down --cluster {left.cluster}")
        shutil.rmtree(left.work, ignore_errors=True)
    for file in (_written(), _failure(), folder() / "pid"):
        file.unlink(missing_ok=True)


def _spawn(settings: Settings, lock: BinaryIO) -> None:
    """Starts the background process in a session of its own, so that it outlives the terminal.

    It inherits the lock, and reads its settings from stdin.
    """
    log = folder() / "log"
    command = [sys.executable, "-P", "-m", "kuscia_conformance.environment.background"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=[lock.fileno()],
        )
    (folder() / "pid").write_text(str(process.pid))
    assert process.stdin is not None
    with process.stdin as stdin:
        stdin.write(settings.to_json())
    process.returncode = 0  # this process does not wait for it: `down` ends it
    lock.close()


def _follow_or_end(say: Callable[[str], None]) -> None:
    try:
        _follow(say)
    except BaseException:
        _end()
        raise


def _follow(say: Callable[[str], None]) -> None:
    """Passes on the messages of the background process until the environment is ready."""
    told = 0
    while True:
        stands, lives = _written().exists(), _lives()
        lines = (folder() / "log").read_text(errors="replace").splitlines()
        for line in lines[told:]:
            say(line)
        told = len(lines)
        if stands:
            return
        if not lives:
            raise EnvironmentFailure(_why_not())
        time.sleep(_LOOK)


def _why_not() -> str:
    try:
        return _failure().read_text()
    except FileNotFoundError:
        return f"the background process has ended; its log: {folder() / 'log'}"


def _end() -> None:
    """Tells the background process to end everything, and waits until it has ended."""
    deadline, pid = time.monotonic() + _LONGEST_END, _pid()
    if pid and _lives():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    while _lives():
        if time.monotonic() > deadline:
            hint = f"see {folder() / 'log'}; then run `kill -9 {pid}`, and `down` again"
            raise EnvironmentFailure(f"the background process ({pid}) does not end", hint=hint)
        time.sleep(_LOOK)


def _end_once(number: int, frame: FrameType | None) -> None:
    """Ends everything on the first signal; later signals must not interrupt that."""
    for each in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    signal.default_int_handler(number, frame)


def main(settings: Settings) -> int:
    """Runs the background process: creates the environment, describes it, ends it on SIGTERM.

    Returns the exit code: 0, or 4 if the environment could not be created.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end_once)
    try:
        with environment_for(settings, lambda text: print(text, flush=True)) as environment:  # noqa: T201
            new = folder() / "environment.new"
            new.touch(mode=0o600)
            new.write_bytes(orjson.dumps(environment.to_dict()))
            new.rename(_written())
            signal.pause()
    except KeyboardInterrupt:
        return 0
    except ConformanceError as error:
        _failure().write_text(str(error))
        return 4
    finally:
        _written().unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(Settings.from_json(sys.stdin.buffer.read())))
