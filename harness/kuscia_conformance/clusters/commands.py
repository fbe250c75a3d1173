"""Other people's commands: docker and kind."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress

from kuscia_conformance.errors import ClusterError

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
