"""An environment that stands while an author works: `up` makes it, `down` ends it.

It belongs to one process in the background, the keeper, which runs this module: it holds cluster
and controller as a run does, and ends them when it is told to. A folder of the user's has
a lock that the keeper holds while it lives, however it dies; its pid; what it says; and, once it
stands, the environment, for `--reuse` to run on. A keeper that ends takes that away: if it is
there without one, the keeper was killed, and `up` and `down` clear away what it could not.
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
from kuscia_conformance.environment.processes import stand
from kuscia_conformance.environment.settings import Settings
from kuscia_conformance.errors import ConformanceError, EnvironmentFailure, UsageError

#: How often the keeper is looked at while it makes or ends the environment, in seconds.
_LOOK = 0.05
#: How long it may take to end everything, in seconds: a kind cluster takes a while.
_LONGEST_END = 120.0


def folder() -> Path:
    """Where the user's environment is written down: as the XDG base directories say."""
    if own := os.environ.get("KUSCIA_CONFORMANCE_STATE"):
        return Path(own)
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "kuscia-conformance"


def standing() -> Environment:
    """The environment that stands. UsageError if there is none."""
    environment, lives = _written_down(), _lives()
    if environment and lives:
        return environment
    if lives:
        hint = f"what is going on: {folder() / 'log'}"
        raise UsageError("--reuse: the environment is still being made, or ended", hint=hint)
    if environment:
        hint = "`kuscia-conformance down` clears away what is left, `up` makes another"
        raise UsageError("--reuse: the environment's keeper has died", hint=hint)
    hint = "make one with `kuscia-conformance up`"
    raise UsageError("--reuse: no environment stands", hint=hint)


def bring_up(settings: Settings, say: Callable[[str], None]) -> Environment:
    """Have a keeper make an environment, and wait until it stands.

    Raises UsageError if one stands already, EnvironmentFailure if it cannot be made; then, as
    after Ctrl-C, nothing is left.
    """
    with _writing(), _lock() as lock:
        _clear_away(say)
        _spawn(replace(settings, out=folder() / "logs"), lock)
        _follow_or_end(say)
    return standing()


def take_down(say: Callable[[str], None]) -> bool:
    """End the environment that stands, or what a killed keeper has left; whether there was any.

    EnvironmentFailure if it stays.
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
    """Why the keeper could not make the environment: what it says goes to people as it comes."""
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
    """The lock of whoever makes or keeps an environment. UsageError if somebody does."""
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / "lock").open("wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            hint = "use it with --reuse, or end it with `kuscia-conformance down`"
            raise UsageError(
                "an environment stands already, or is being made", hint=hint
            ) from error
        yield file


def _lives() -> bool:
    """Whether the lock is held. A pid says nothing: it is given again to others."""
    try:
        with (folder() / "lock").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _clear_away(say: Callable[[str], None]) -> None:
    """What was written down, and of what a killed keeper has left what did not end with it."""
    if left := _written_down():
        where = address_of(left.cluster)
        if where.kind == "kind" and not left.outlives:
            say(f"deleting the kind cluster {where.argument}")
            name = ("--name", where.argument)
            run("kind", "delete", "cluster", *name, "--kubeconfig", left.kubeconfig)
        if where.kind == "kubeconfig":
            say(f"what was done to the cluster: kuscia-conformance down --cluster {left.cluster}")
        shutil.rmtree(left.work, ignore_errors=True)
    for file in (_written(), _failure(), folder() / "pid"):
        file.unlink(missing_ok=True)


def _spawn(settings: Settings, lock: BinaryIO) -> None:
    """The keeper, in a session of its own: it outlives the terminal. Its settings come by stdin."""
    log = folder() / "log"
    command = [sys.executable, "-P", "-m", "kuscia_conformance.environment.background"]
    with log.open("wb") as output:
        keeper = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=[lock.fileno()],
        )
    (folder() / "pid").write_text(str(keeper.pid))
    assert keeper.stdin is not None
    with keeper.stdin as stdin:
        stdin.write(settings.to_json())
    keeper.returncode = 0  # it is not ours to wait for: whoever says `down` ends it
    lock.close()


def _follow_or_end(say: Callable[[str], None]) -> None:
    try:
        _follow(say)
    except BaseException:
        _end()
        raise


def _follow(say: Callable[[str], None]) -> None:
    """Tell what the keeper tells, until the environment stands."""
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
        return f"the keeper has ended; it said so much: {folder() / 'log'}"


def _end() -> None:
    """Have the keeper end everything, and wait until it has."""
    deadline, pid = time.monotonic() + _LONGEST_END, _pid()
    if pid and _lives():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    while _lives():
        if time.monotonic() > deadline:
            hint = f"look at {folder() / 'log'}; then `kill -9 {pid}`, and `down` once more"
            raise EnvironmentFailure(f"the keeper (process {pid}) does not end", hint=hint)
        time.sleep(_LOOK)


def _end_once(number: int, frame: FrameType | None) -> None:
    """On the first signal end everything; a second must not disturb that."""
    for each in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    signal.default_int_handler(number, frame)


def keep(settings: Settings) -> int:
    """What the keeper does: make the environment, write it down, and end it on SIGTERM."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end_once)
    try:
        with stand(settings, lambda text: print(text, flush=True)) as environment:  # noqa: T201
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
    sys.exit(keep(Settings.from_json(sys.stdin.buffer.read())))
