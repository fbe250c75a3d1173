"""Other people's commands: docker and kind."""

from __future__ import annotations

import subprocess

from harness.errors import ClusterError

#: How many of a failed command's last lines are shown.
LINES = 12


def run(*command: str, seconds: float = 600, give: bytes | None = None) -> str:
    """What the command prints. ClusterError, with its last lines, if it fails."""
    try:
        done = subprocess.run(
            command,
            input=give,
            stdin=None if give is not None else subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
            # Ctrl-C is ours: we end what we have begun, in order.
            start_new_session=True,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ClusterError(f"{' '.join(command[:3])}: {error}") from error
    if done.returncode:
        said = (done.stdout + done.stderr).decode(errors="replace").strip().splitlines()
        words = " ".join(command[:3])
        raise ClusterError(f"{words} failed:\n  " + "\n  ".join(said[-LINES:]))
    return done.stdout.decode(errors="replace").strip()


def succeeds(*command: str, seconds: float = 15) -> bool:
    try:
        run(*command, seconds=seconds)
    except ClusterError:
        return False
    return True
