"""The background environment, which stays between runs: `up` starts it, `down` ends it.

One background process, which runs this module, owns the environment. It creates cluster and
controller as a run does, and ends both on SIGTERM. Its state is in a folder of the user's:

    lock              held by the process while it lives; the kernel frees it however it dies
    pid, log          of the process
    environment.json  the description, which `--reuse` reads; there while the environment is ready.
                      It says, too, when and by which checkout the environment was made
    failure           why the environment could not be created
    logs/             the log of the controller

The process deletes the description when it ends. A description without a held lock means that the
process was killed: `down`, or the next run, then removes what it has left (`remains`).
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
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from kuscia_conformance.environment.controllers import control
from kuscia_conformance.environment.controllers.command import PREFIX
from kuscia_conformance.environment.facts import now
from kuscia_conformance.environment.model import Environment
from kuscia_conformance.environment.processes import environment_for
from kuscia_conformance.environment.settings import Settings
from kuscia_conformance.environment.signals import end_on_signals
from kuscia_conformance.errors import (
    ConformanceError,
    ControllerError,
    EnvironmentFailure,
    UsageError,
    told,
)
from kuscia_conformance.features.folders import suite_folder

#: The pause between two looks at the background process while it starts or ends, in seconds.
_LOOK = 0.05
#: How long the process may take to end everything, in seconds; deleting a kind cluster is slow.
_LONGEST_END = 120.0
#: How long a program of the user's has to run until its controller counts as started, in seconds.
_SETTLED = 1.0


@dataclass(frozen=True)
class Background:
    """The background environment, and who has made it when (RFC 3339)."""

    environment: Environment
    checkout: str
    at: str

    def __str__(self) -> str:
        what = f"{self.environment.cluster} with the controller {self.environment.controller}"
        return f"{what}, made at {self.at} by {self.checkout}"


def this_checkout() -> str:
    """Returns the folder of this checkout, or of the installed suite."""
    return str(suite_folder("features").parent)


def folder() -> Path:
    """Returns the folder of the state, as the XDG base directory specification wants it.

    KUSCIA_CONFORMANCE_STATE overrides it.
    """
    if own := os.environ.get("KUSCIA_CONFORMANCE_STATE"):
        return Path(own)
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "kuscia-conformance"


def reused_environment(say: Callable[[str], None]) -> Environment:
    """Returns the background environment, and says which one it is.

    Raises UsageError if `running` does, or if another checkout has made it: its definitions and
    its reference controller may be other ones.
    """
    found = running()
    if found.checkout != this_checkout():
        raise UsageError(
            f"--reuse: another checkout has made the environment: {found}",
            hint="`kuscia-conformance down` ends it, `up` makes one of this checkout "
            f"({this_checkout()}); with KUSCIA_CONFORMANCE_STATE=FOLDER each can have its own",
        )
    say(f"using the environment of `up`: {found}")
    return found.environment


def running() -> Background:
    """Returns the background environment.

    Raises UsageError if it does not exist, if it is starting or ending, or if its process has died.
    """
    found, lives = _written_down(), _lives()
    if found and lives:
        return found
    if lives:
        hint = f"see its log: {folder() / 'log'}"
        raise UsageError("--reuse: the environment is still starting, or ending", hint=hint)
    if found:
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
        _clear_away()
        shutil.rmtree(folder() / "logs", ignore_errors=True)
        _spawn(replace(settings, out=folder() / "logs"), lock)
        _follow_or_end(say)
    return running().environment


def take_down(say: Callable[[str], None]) -> bool:
    """Ends the background environment, or deletes the state files of a killed process.

    Returns whether there was an environment, or its state files. Raises EnvironmentFailure if the
    background process does not end.
    """
    if not _lives() and not _written_down():
        return False
    if found := _written_down():
        say(f"ending {found}")
    with _writing():
        _end()
        _clear_away()
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
    """Returns the file that says why the environment could not be created: exit code and text."""
    return folder() / "failure"


def _written_down() -> Background | None:
    try:
        data = orjson.loads(_written().read_bytes())
        return Background(**{**data, "environment": Environment.from_dict(data["environment"])})
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


def _clear_away() -> None:
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
    shown = 0
    while True:
        stands, lives = _written().exists(), _lives()
        lines = (folder() / "log").read_text(encoding="utf-8", errors="replace").splitlines()
        for line in lines[shown:]:
            say(line)
        shown = len(lines)
        if stands:
            return
        if not lives:
            raise _why_not()
        time.sleep(_LOOK)


def _why_not() -> ConformanceError:
    try:
        code, _, text = _failure().read_text(encoding="utf-8").partition(" ")
    except FileNotFoundError:
        log = folder() / "log"
        return EnvironmentFailure(f"the background process has ended; its log: {log}")
    return UsageError(text) if code == "2" else EnvironmentFailure(text)


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


def _description(environment: Environment) -> dict[str, Any]:
    made = Background(environment, this_checkout(), now())
    return {**vars(made), "environment": environment.to_dict()}


def _require_controller(settings: Settings, environment: Environment) -> None:
    """Raises ControllerError if a program of the user's ends at once.

    It cannot say that it is ready, as the reference controller does. One that ends later is found
    by the run that uses the environment.
    """
    begun = time.monotonic()
    while settings.controller[0].startswith(PREFIX) and time.monotonic() < begun + _SETTLED:
        if ended := environment.ask(control.LOOK):
            what, _, log = ended.partition("\n  ")
            raise ControllerError(f"--controller {environment.controller}: {what}", hint=log)
        time.sleep(_LOOK)


def main(settings: Settings) -> int:
    """Runs the background process: creates the environment, describes it, ends it on SIGTERM.

    Returns the exit code: 0, or 2 or 4 if the environment could not be created. The file `failure`
    then says why.
    """
    end_on_signals()
    try:
        with environment_for(settings, lambda text: print(text, flush=True)) as environment:  # noqa: T201
            _require_controller(settings, environment)
            new = folder() / "environment.new"
            new.touch(mode=0o600)
            new.write_bytes(orjson.dumps(_description(environment)))
            new.rename(_written())
            signal.pause()
    except KeyboardInterrupt:
        return 0
    except Exception as error:  # noqa: BLE001 - `up` shows the log, and a traceback is not for users
        code = 2 if isinstance(error, UsageError) else 4
        _failure().write_text(f"{code} {told(error)}", encoding="utf-8")
        return code
    finally:
        _written().unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(Settings.from_json(sys.stdin.buffer.read())))
