"""An environment that stands while an author works: `up` makes it, `down` ends it.

It belongs to one process in the background, the keeper (`python -m harness.standing`), which holds
cluster and controller as a run does, and ends them when it is told to. A folder of the user's has
the keeper's pid, what it says, and, once it stands, the environment, for `--reuse` to run on.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

from harness.environment import Environment, stand
from harness.errors import ConformanceError, EnvironmentFailure, UsageError
from harness.settings import read_settings

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
    try:
        environment = Environment.from_dict(orjson.loads(_written().read_bytes()))
    except (OSError, orjson.JSONDecodeError, TypeError) as error:
        hint = "make one with `kuscia-conformance up`"
        raise UsageError("--reuse: no environment stands", hint=hint) from error
    if not _lives():
        hint = "`kuscia-conformance down` clears away what is left, `up` makes another"
        raise UsageError("--reuse: the environment's keeper has died", hint=hint)
    return environment


def bring_up(chosen: Mapping[str, Any], say: Callable[[str], None]) -> Environment:
    """Have a keeper make an environment, and wait until it stands.

    Raises UsageError if one stands already, EnvironmentFailure if it cannot be made; then, as
    after Ctrl-C, nothing is left.
    """
    read_settings(chosen)
    if _lives():
        hint = "use it with --reuse, or end it with `kuscia-conformance down`"
        raise UsageError("an environment stands already", hint=hint)
    folder().mkdir(parents=True, exist_ok=True)
    _written().unlink(missing_ok=True)
    pid = _spawn(chosen)
    try:
        _follow(pid, say)
    except BaseException:
        _end(pid)
        raise
    return standing()


def take_down() -> bool:
    """End the environment that stands; whether there was one. EnvironmentFailure if it stays."""
    pid = _pid()
    if pid is None:
        return False
    _end(pid)
    for file in (_written(), folder() / "pid"):
        file.unlink(missing_ok=True)
    return True


def _written() -> Path:
    return folder() / "environment.json"


def _pid() -> int | None:
    try:
        return int((folder() / "pid").read_text())
    except (OSError, ValueError):
        return None


def _lives() -> bool:
    pid = _pid()
    return pid is not None and _is_keeper(pid)


def _is_keeper(pid: int) -> bool:
    """Whether that process is one of ours: a pid is given again to others."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, 0)
            return not Path("/proc").is_dir()
        return False
    return b"harness.standing" in command


def _spawn(chosen: Mapping[str, Any]) -> int:
    """The keeper, in a session of its own: it outlives the terminal."""
    log = folder() / "log"
    given = {key: value for key, value in chosen.items() if value}
    command = [sys.executable, "-P", "-m", "harness.standing", json.dumps(given)]
    with log.open("wb") as output:
        keeper = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    (folder() / "pid").write_text(str(keeper.pid))
    keeper.returncode = 0  # it is not ours to wait for: whoever says `down` ends it
    return keeper.pid


def _follow(pid: int, say: Callable[[str], None]) -> None:
    """Tell what the keeper tells, until the environment stands."""
    told = 0
    while True:
        stands, ended = _written().exists(), _has_ended(pid)
        lines = (folder() / "log").read_text(errors="replace").splitlines()
        if ended and not stands:
            raise EnvironmentFailure("\n".join(lines[told:]) or "the keeper has ended")
        for line in lines[told:]:
            say(line)
        told = len(lines)
        if stands:
            return
        time.sleep(_LOOK)


def _has_ended(pid: int) -> bool:
    """Whether a process is over; of a child of ours also its remains are cleared away."""
    with suppress(ChildProcessError):
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    return not _is_keeper(pid)


def _end(pid: int) -> None:
    with suppress(ProcessLookupError):
        if _is_keeper(pid):
            os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _LONGEST_END
    while not _has_ended(pid):
        if time.monotonic() > deadline:
            hint = f"look at {folder() / 'log'}"
            raise EnvironmentFailure(f"the keeper (process {pid}) does not end", hint=hint)
        time.sleep(_LOOK)


def keep(chosen: Mapping[str, Any]) -> int:
    """What the keeper does: make the environment, write it down, and end it on SIGTERM."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        settings = read_settings({**chosen, "out": str(folder() / "logs")})
        with stand(settings, lambda text: print(text, flush=True)) as environment:  # noqa: T201
            new = folder() / "environment.new"
            new.touch(mode=0o600)
            new.write_bytes(orjson.dumps(environment.to_dict()))
            new.rename(_written())
            signal.pause()
    except KeyboardInterrupt:
        return 0
    except ConformanceError as error:
        print(error, flush=True)  # noqa: T201
        return 4
    finally:
        _written().unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(keep(json.loads(sys.argv[1])))
